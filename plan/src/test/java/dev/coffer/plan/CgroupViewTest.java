package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.CofferException;
import dev.coffer.model.Sourced;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What is mounted on /sys/fs/cgroup, and what the plan says about the reason. */
class CgroupViewTest {
  private static final String UNIFIED = "mount cgroup2 on sys/fs/cgroup (nosuid,nodev,noexec)";

  /** The mount on the place itself, with its origin; empty for none. */
  private static String view(HostFacts facts, int systemd, String... lines) {
    String text = "lxc.rootfs.path = dir:/r\n" + String.join("\n", lines) + "\n";
    StartRequest request =
        new StartRequest(
            LxcConfig.parse(text, Path.of("c.conf"), Map.of()).spec("c", Path.of("/p")),
            false,
            false,
            Sourced.builtIn(List.of("/sbin/init"), "lxc.init.cmd"),
            List.of(),
            Map.of(),
            new SeccompChoice.None(),
            "/m");
    HostFacts host = facts.withGuest(systemd == 0 ? OptionalInt.empty() : OptionalInt.of(systemd));
    return Planner.plan(request, host).steps().stream()
        .filter(step -> step.describe().contains(" on sys/fs/cgroup ("))
        .map(step -> step.describe() + " <- " + step.origin().describe())
        .findFirst()
        .orElse("");
  }

  @Test
  void systemd258AndLaterGetV2OnAHostWithBoth() {
    String why =
        UNIFIED + " <- systemd 258 in the container, which knows v2 alone  coffer.cgroup.view";
    assertEquals(why, view(Hosts.HYBRID, 258));
    assertEquals(why, view(Hosts.HYBRID, 258, "lxc.mount.auto = sys:mixed cgroup:mixed:force"));
  }

  @Test
  void othersGetWhatIsConfigured() {
    assertEquals("", view(Hosts.HYBRID, 257, "lxc.mount.auto = cgroup:mixed"));
    assertEquals("", view(Hosts.HYBRID, 0, "lxc.mount.auto = cgroup:mixed"));
    assertEquals("", view(Hosts.V2, 258));
  }

  @Test
  void whatIsSaidGoesBeforeWhatIsFound() {
    assertEquals(
        "mount tmpfs on sys/fs/cgroup (nosuid,nodev,noexec) size=10240k,mode=755 <- c.conf:2 "
            + " coffer.cgroup.view",
        view(Hosts.HYBRID, 258, "coffer.cgroup.view = v1"));
  }

  @Test
  void containersInsideNeedOneTreeThatIsTheirsAsAWhole() {
    String nesting = UNIFIED + " <- c.conf:2  coffer.nesting";
    assertEquals(nesting, view(Hosts.HYBRID, 0, "coffer.nesting = 1"));
    assertEquals(nesting, view(Hosts.HYBRID, 233, "coffer.nesting = 1"));
    assertEquals("", view(Hosts.HYBRID, 232, "coffer.nesting = 1"));
    assertEquals("", view(Hosts.HYBRID, 252, "coffer.nesting = 0"));
  }

  @Test
  void aVersionThatTheHostHasNotIsRefusedWithTheReason() {
    CofferException noV1 =
        assertThrows(CofferException.class, () -> view(Hosts.V2, 0, "coffer.cgroup.view = hybrid"));
    assertEquals(
        "the container is to see cgroup v1, and this host has none mounted", noV1.getMessage());
    HostFacts legacy =
        Hosts.HYBRID.at(
            Hosts.HYBRID.trees().stream().filter(tree -> !tree.unified()).toList(),
            "lxc.payload.c",
            "lxc.monitor.c",
            false);
    CofferException noV2 = assertThrows(CofferException.class, () -> view(legacy, 260));
    assertEquals(
        List.of(
            "from  systemd 260 in the container, which knows v2 alone  coffer.cgroup.view",
            "hint  mount it: mkdir -p /sys/fs/cgroup/unified; mount -t cgroup2 cgroup2"
                + " /sys/fs/cgroup/unified; coffer engine stop"),
        noV2.details());
  }
}
