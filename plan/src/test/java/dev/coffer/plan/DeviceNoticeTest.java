package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.HostStep;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A start on a host where the default's device rules can be written nowhere. */
class DeviceNoticeTest {
  private static final String SECURE = "coffer.security = default\n";
  private static final List<CgroupTree> WITHOUT =
      Hosts.HYBRID.trees().stream()
          .filter(tree -> !tree.controllers().contains("devices"))
          .toList();

  private static ContainerSpec spec(String text) {
    return LxcConfig.parse(text, Path.of("config"), Map.of("HOME", "/root"))
        .spec("c", Path.of("/var/lib/lxc"));
  }

  private static List<Problem> notices(String text, List<CgroupTree> trees) {
    return DeviceNotice.of(spec(text), trees, true);
  }

  @Test
  void rulesThatAreLeftOutAreToldWithTheRemedy() {
    Problem notice = notices(SECURE, WITHOUT).getFirst();
    assertEquals("config:1  coffer.security", notice.origin().describe());
    assertEquals(
        "no cgroup tree of this host has the devices controller: which devices can be opened is"
            + " not limited",
        notice.message());
    assertEquals(
        "mkdir /sys/fs/cgroup/devices && mount -t cgroup -o devices cgroup /sys/fs/cgroup/devices;"
            + " or boot with cgroup v2 alone",
        notice.remedy());
    assertEquals(1, notices(SECURE, List.of()).size());
  }

  @Test
  void whereTheyHoldOrAreNotWantedNothingIsSaid() {
    assertEquals(List.of(), notices(SECURE, Hosts.HYBRID.trees()));
    assertEquals(List.of(), notices(SECURE, Hosts.V2.trees()));
    assertEquals(List.of(), notices("coffer.security = lxc\n", WITHOUT));
    assertEquals(List.of(), notices(SECURE + "lxc.cgroup.devices.allow = a\n", WITHOUT));
    assertEquals(List.of(), DeviceNotice.of(spec(SECURE), WITHOUT, false));
  }

  @Test
  void theComparisonWithTheDefaultTellsIt() {
    ContainerSpec spec = spec(SECURE);
    List<Protection> rows = Protections.of(spec, true, false);
    Protection told =
        DeviceNotice.correct(rows, DeviceNotice.of(spec, WITHOUT, true)).stream()
            .filter(row -> row.subject().equals("devices"))
            .findFirst()
            .orElseThrow();
    assertEquals(Protection.Strength.WEAKER, told.strength());
    assertEquals(
        "every node can be opened, for this host has no cgroup tree for devices", told.text());
    assertEquals(
        rows, DeviceNotice.correct(rows, DeviceNotice.of(spec, Hosts.HYBRID.trees(), true)));
  }

  @Test
  void aHostWithoutCgroupsStartsWithoutTheRules() {
    HostFacts none = Hosts.HYBRID.at(List.of(), "lxc.payload.c", "lxc.monitor.c", false);
    var steps =
        Planner.plan(
                new StartRequest(
                    spec(SECURE + "lxc.rootfs.path = dir:/rootfs\ncoffer.idmap = none\n"),
                    false,
                    false,
                    Sourced.builtIn(List.of("/sbin/init"), "lxc.init.cmd"),
                    List.of(),
                    Map.of(),
                    new SeccompChoice.None(),
                    "/run/coffer-rootfs"),
                none)
            .steps();
    assertEquals(0, steps.stream().filter(HostStep.FilterDevices.class::isInstance).count());
  }
}
