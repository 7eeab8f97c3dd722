package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.CofferException;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.StorageFacts.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RootPlannerTest {
  private static final StorageFacts EXT4_FILE =
      new StorageFacts(Kind.FILE, Optional.of("ext4"), "/run/c/rootdev");

  private static List<String> steps(HostFacts facts, String... lines) {
    LxcConfig config =
        LxcConfig.parse(String.join("\n", lines) + "\n", Path.of("/c/config"), Map.of());
    StartRequest request =
        new StartRequest(
            config.spec("c1", Path.of("/var/lib/lxc")),
            false,
            false,
            Sourced.builtIn(List.of("/sbin/init"), "lxc.init.cmd"),
            List.of(),
            Map.of(),
            new SeccompChoice.None(),
            "/mnt/root");
    Plan plan = Planner.plan(request, facts);
    return plan.steps().stream()
        .map(Step::describe)
        .filter(text -> text.contains("root ") || text.contains("loop"))
        .filter(text -> !text.contains("pivot"))
        .toList();
  }

  private static CofferException refusal(HostFacts facts, String... lines) {
    return assertThrows(CofferException.class, () -> steps(facts, lines));
  }

  @Test
  void anOverlayIsMountedFromItsLayers() {
    assertEquals(
        List.of("mount root overlay of /c/overlay/delta over /b, /a on /mnt/root"),
        steps(Hosts.HYBRID, "lxc.rootfs.path = overlay:/b:/a/:/c/overlay/delta"));
  }

  @Test
  void aFileIsAttachedToALoopDeviceFirst() {
    List<String> wanted =
        List.of(
            "attach /c/rootdev to a loop device", "mount root ext4 of /run/c/rootdev on /mnt/root");
    HostFacts facts = Hosts.HYBRID.withStorage(EXT4_FILE);
    assertEquals(wanted, steps(facts, "lxc.rootfs.path = loop:/c/rootdev"));
    assertEquals(wanted, steps(facts, "lxc.rootfs.path = /c/rootdev"));
  }

  @Test
  void aVolumeIsMountedByItsType() {
    HostFacts facts =
        Hosts.HYBRID.withStorage(new StorageFacts(Kind.BLOCK_DEVICE, Optional.of("xfs"), ""));
    assertEquals(
        List.of("mount root xfs of /dev/lxc/c1 on /mnt/root"),
        steps(facts, "lxc.rootfs.path = lvm:/dev/lxc/c1"));
  }

  @Test
  void whatIsWrongWithAStoreIsToldWithItsLine() {
    assertEquals(
        "\"/a\" has no upper directory",
        refusal(Hosts.HYBRID, "lxc.rootfs.path = overlay:/a").getMessage());
    assertEquals(
        "\"a:/b\" is no overlay",
        refusal(Hosts.HYBRID, "lxc.rootfs.path = overlay:a:/b").getMessage());
    CofferException missing =
        refusal(
            Hosts.HYBRID.withStorage(new StorageFacts(Kind.MISSING, Optional.empty(), "")),
            "lxc.rootfs.path = lvm:/dev/lxc/c1");
    assertEquals("there is no /dev/lxc/c1", missing.getMessage());
    assertTrue(missing.details().contains("hint  activate the volume: lvchange -ay /dev/lxc/c1"));
    assertEquals(
        "no known file system is on /c/rootdev",
        refusal(
                Hosts.HYBRID.withStorage(new StorageFacts(Kind.FILE, Optional.empty(), "")),
                "lxc.rootfs.path = loop:/c/rootdev")
            .getMessage());
  }
}
