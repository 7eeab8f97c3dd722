package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When device rules hold from the beginning, and when only as the last restriction. */
class EarlyDevicesTest {
  private static final String SECURE =
      """
      lxc.rootfs.path = dir:/rootfs
      coffer.security = default
      """;
  private static final String MAPPED =
      "lxc.idmap = u 0 1000000 65536\nlxc.idmap = g 0 1000000 65536\n";

  @ParameterizedTest(name = "with \"{0}\" early is {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "lxc.arch = x86_64 | true",
        "lxc.cgroup.devices.allow = c 10:200 rwm | true",
        "lxc.mount.entry = /srv srv none bind 0 0 | true",
        "lxc.mount.entry = tmpfs tmp tmpfs defaults 0 0 | true",
        "lxc.mount.entry = /dev/sdb mnt ext4 defaults 0 0 | false",
        "lxc.hook.pre-mount = /bin/true | false",
        "lxc.hook.mount = /bin/true | false",
        "lxc.hook.autodev = /bin/true | false",
        "lxc.cgroup.devices.deny = c 5:2 rwm | false",
        "lxc.cgroup.devices.deny = a | false",
      })
  void rulesHoldEarlyWhereNothingOpensADevice(String line, boolean early) {
    assertEquals(early, isEarly(SECURE + MAPPED + line));
  }

  @Test
  void withoutAnIdMapNodesAreMadeFirst() {
    assertFalse(isEarly(SECURE + "coffer.idmap = none\n"));
  }

  private static boolean isEarly(String text) {
    LxcConfig config = LxcConfig.parse(text, Path.of("config"), Map.of("HOME", "/root"));
    ContainerSpec spec = config.spec("c", Path.of("/var/lib/lxc"));
    List<Step> steps = plan(spec);
    return first(steps, EarlyDevicesTest::limitsDevices)
        < first(steps, ContainerStep.MountRoot.class::isInstance);
  }

  private static int first(List<Step> steps, Predicate<Step> wanted) {
    return IntStream.range(0, steps.size())
        .filter(i -> wanted.test(steps.get(i)))
        .findFirst()
        .orElseThrow();
  }

  private static boolean limitsDevices(Step step) {
    return step instanceof HostStep.SetCgroupValue value && value.file().startsWith("devices.");
  }

  private static List<Step> plan(ContainerSpec spec) {
    return Planner.plan(
            new StartRequest(
                spec,
                false,
                false,
                Sourced.builtIn(List.of("/sbin/init"), "lxc.init.cmd"),
                List.of(),
                Map.of(),
                new SeccompChoice.None(),
                "/run/coffer-rootfs"),
            Hosts.HYBRID)
        .steps();
  }
}
