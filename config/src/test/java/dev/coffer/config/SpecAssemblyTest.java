package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.AutoMounts;
import dev.coffer.model.Capability;
import dev.coffer.model.Cgroups;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerSpec.EnvironmentEntry;
import dev.coffer.model.Hook;
import dev.coffer.model.HookType;
import dev.coffer.model.IdMap;
import dev.coffer.model.Limits;
import dev.coffer.model.MountEntry;
import dev.coffer.model.Namespace;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.Seccomp;
import dev.coffer.model.Signals;
import dev.coffer.model.Sourced;
import dev.coffer.model.SpecBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an lxc.conf means in the model. */
class SpecAssemblyTest {
  @Test
  void nothingWrittenGivesTheModelsDefaults() {
    SpecBuilder defaults = new SpecBuilder("c", Path.of("/lxc"));
    defaults.configFile = Optional.of(Configs.FILE);
    assertEquals(defaults.build(), Configs.spec(""));
  }

  @Test
  void theFirstProcessAndItsSurroundings() {
    ContainerSpec spec =
        Configs.spec(
            """
            lxc.uts.name = web
            lxc.arch = armhf
            lxc.init.cmd = /bin/sh -c 'exec sleep 9'
            lxc.init.cwd = /srv
            lxc.init.uid = 0x10
            lxc.init.gid = 5
            lxc.init.groups = 10, 20
            lxc.execute.cmd = /bin/true
            lxc.environment = A=B=C
            lxc.environment.hooks = H=
            lxc.environment.runtime = R=1
            lxc.ephemeral = 1
            """);
    assertEquals(Optional.of(at("web", 1, "lxc.uts.name")), spec.hostname());
    assertEquals(
        Optional.of(at(ContainerSpec.Personality.LINUX32, 2, "lxc.arch")), spec.personality());
    assertEquals(
        new ContainerSpec.Init(
            Optional.of(at("/bin/sh -c 'exec sleep 9'", 3, "lxc.init.cmd")),
            Optional.of(at("/bin/true", 8, "lxc.execute.cmd")),
            at("/srv", 4, "lxc.init.cwd"),
            at(16L, 5, "lxc.init.uid"),
            at(5L, 6, "lxc.init.gid"),
            List.of(at(10L, 7, "lxc.init.groups"), at(20L, 7, "lxc.init.groups"))),
        spec.init());
    assertEquals(
        List.of(
            new EnvironmentEntry("A", "B=C", EnvironmentEntry.Scope.ALL),
            new EnvironmentEntry("H", "", EnvironmentEntry.Scope.HOOKS),
            new EnvironmentEntry("R", "1", EnvironmentEntry.Scope.INIT)),
        values(spec.environment()));
    assertTrue(spec.ephemeral());
  }

  @ParameterizedTest
  @CsvSource({
    "/srv/c, dir, /srv/c",
    "dir:/srv/c, dir, /srv/c",
    "overlayfs:/a:/b, overlay, /a:/b",
    "zfs:tank/c, zfs, tank/c",
    "nbd:/c.img, nbd, /c.img"
  })
  void theRootsStorageTypeStandsBeforeItsPath(String value, String type, String path) {
    ContainerSpec spec = Configs.spec("lxc.rootfs.path = " + value + "\n");
    assertEquals(type, spec.rootfs().type());
    assertEquals(path, spec.rootfs().path().orElseThrow().value());
    assertEquals(
        type.equals("nbd") ? List.of("lxc.rootfs.path") : List.of(), values(spec.notInEffect()));
  }

  @Test
  void theIdMapOfTheRootIsTakenOutOfItsOptions() {
    ContainerSpec spec =
        Configs.spec("lxc.rootfs.options = ro,idmap=container,,noatime\nlxc.rootfs.managed = 0\n");
    assertEquals(List.of("ro", "noatime"), spec.rootfs().options());
    assertEquals("container", spec.rootfs().idmap());
    assertEquals(Origin.of(Configs.FILE, 1, "lxc.rootfs.options"), spec.rootfs().optionsOrigin());
  }

  @Test
  void mountEntriesAreTakenApart() {
    ContainerSpec spec =
        Configs.spec(
            "lxc.mount.entry = /a\\040b mnt none bind,create=dir,optional 0 0\n"
                + "lxc.mount.entry = # nothing\n"
                + "lxc.mount.entry = x y tmpfs\n");
    assertEquals(
        List.of(
            new MountEntry(
                "/a b",
                "mnt",
                "none",
                List.of("bind"),
                MountEntry.Create.DIRECTORY,
                true,
                false,
                ""),
            new MountEntry(
                "x", "y", "tmpfs", List.of(), MountEntry.Create.NOTHING, false, false, "")),
        values(spec.mounts().entries()));
  }

  @ParameterizedTest
  @CsvSource({
    "proc sys, MIXED, MIXED, NONE, false",
    "proc:rw sys:ro cgroup:ro:force, RW, RO, RO, true",
    "proc:rw proc:mixed, MIXED, NONE, NONE, false",
    "cgroup, NONE, NONE, RW, false",
    "cgroup-full, NONE, NONE, FULL_RW, false",
    "cgroup-full:mixed, NONE, NONE, FULL_MIXED, false",
    "cgroup2, NONE, NONE, V2_RW, false",
    "cgroup cgroup2:ro:force, NONE, NONE, V2_RO, true"
  })
  void wordsOfAutomaticMountsWinByFamily(
      String words,
      AutoMounts.Proc proc,
      AutoMounts.Sys sys,
      AutoMounts.CgroupView cgroup,
      boolean forced) {
    AutoMounts auto = Configs.spec("lxc.mount.auto = " + words + "\n").mounts().auto().value();
    assertEquals(new AutoMounts(proc, sys, cgroup, forced, List.of()), auto);
  }

  @Test
  void cgroupWithoutModeIsMixedForWhoLosesTheRightToMount() {
    for (String caps : List.of("lxc.cap.drop = sys_admin\n", "lxc.cap.keep = chown\n")) {
      assertEquals(
          AutoMounts.CgroupView.MIXED,
          Configs.spec(caps + "lxc.mount.auto = cgroup\n").mounts().auto().value().cgroup());
    }
  }

  @Test
  void sharedMountsHaveADefaultPlaceInTheContainer() {
    assertEquals(
        List.of(
            new AutoMounts.SharedMounts("/h", "/dev/.lxc-mounts"),
            new AutoMounts.SharedMounts("/i", "/c")),
        Configs.spec("lxc.mount.auto = shmounts:/h shmounts:/i:/c\n")
            .mounts()
            .auto()
            .value()
            .shared());
  }

  @Test
  void capabilitiesAreNamesOrNumbersAndNoneKeepsNothing() {
    ContainerSpec drop = Configs.spec("lxc.cap.drop = sys_time 0x1\n");
    assertEquals(
        List.of(Capability.SYS_TIME, Capability.DAC_OVERRIDE), values(drop.privileges().drop()));
    assertEquals(Optional.empty(), drop.privileges().keep());
    assertEquals(
        Optional.of(List.of()), Configs.spec("lxc.cap.keep = kill none\n").privileges().keep());
    assertEquals(
        List.of(Capability.CHOWN),
        values(Configs.spec("lxc.cap.keep = kill none chown\n").privileges().keep().orElseThrow()));
  }

  @Test
  void idsNamespacesAndSignals() {
    ContainerSpec spec =
        Configs.spec(
            """
            lxc.idmap = u 0 100000 65536
            lxc.idmap = g 0 0x10 010
            lxc.namespace.keep = NET ipc
            lxc.namespace.keep = uts
            lxc.namespace.share.net = c2
            lxc.signal.halt = SIGRTMIN+3
            lxc.signal.stop = 0
            lxc.monitor.signal.pdeath = SIGTERM
            """);
    assertEquals(
        List.of(
            new IdMap(IdMap.Kind.USER, 0, 100000, 65536), new IdMap(IdMap.Kind.GROUP, 0, 16, 8)),
        values(spec.privileges().idMaps()));
    assertEquals(
        new ContainerSpec.Namespaces(
            Set.of(),
            Set.of(Namespace.NET, Namespace.IPC, Namespace.UTS),
            Map.of(Namespace.NET, at("c2", 5, "lxc.namespace.share.net")),
            Origin.of(Configs.FILE, 4, "lxc.namespace.keep")),
        spec.namespaces());
    assertEquals(new Signals(Optional.of(37), 2, 9, 15), spec.signals());
  }

  @Test
  void limitsKernelValuesAndCgroupsKeepTheirOrder() {
    ContainerSpec spec =
        Configs.spec(
            """
            lxc.prlimit.nofile = 5:unlimited
            lxc.prlimit.core = 0
            lxc.prlimit.nofile = 6
            lxc.sysctl.net.ipv4.ip_forward = 1
            lxc.proc.oom_score_adj = -5
            lxc.cgroup.devices.deny = a
            lxc.cgroup.cpuset.cpus = 0
            lxc.cgroup.devices.deny = b
            lxc.cgroup2.memory.max = 1G
            """);
    assertEquals(
        List.of(new Limits.Rlimit("nofile", 6, 6), new Limits.Rlimit("core", 0, 0)),
        values(spec.limits().rlimits()));
    assertEquals(
        List.of(new Limits.KernelValue("net.ipv4.ip_forward", "1")),
        values(spec.limits().sysctls()));
    assertEquals(
        List.of(new Limits.KernelValue("oom_score_adj", "-5")), values(spec.limits().procValues()));
    assertEquals(
        List.of(
            new Cgroups.Value("devices.deny", "a"),
            new Cgroups.Value("cpuset.cpus", "0"),
            new Cgroups.Value("devices.deny", "b")),
        values(spec.cgroups().v1()));
    assertEquals(List.of(new Cgroups.Value("memory.max", "1G")), values(spec.cgroups().v2()));
  }

  @Test
  void hooksStandInTheOrderOfALife() {
    assertEquals(
        List.of(
            new Hook(HookType.PRE_START, "c"),
            new Hook(HookType.START, "a"),
            new Hook(HookType.START, "b")),
        values(
            Configs.spec("lxc.hook.start = a\nlxc.hook.start = b\nlxc.hook.pre-start = c\n")
                .hooks()));
  }

  @Test
  void interfacesAreInTheOrderOfTheirNumbersWithListsJoined() {
    List<Nic> nics =
        Configs.spec(
                """
                lxc.net.3.type = empty
                lxc.net.3.ipv4.address = 10.0.0.1 10.0.0.255
                lxc.net.3.ipv4.address = 10.0.0.2/24
                lxc.net.1.flags = yes
                """)
            .nics();
    assertEquals(
        List.of(
            new Nic(
                1,
                Sourced.builtIn("empty", "lxc.net.1.type"),
                Map.of("flags", at("up", 4, "lxc.net.1.flags"))),
            new Nic(
                3,
                at("empty", 1, "lxc.net.3.type"),
                Map.of(
                    "ipv4.address",
                    at("10.0.0.1/8 10.0.0.255\n10.0.0.2/24", 2, "lxc.net.3.ipv4.address")))),
        nics);
  }

  @Test
  void whatIsNotYetInEffectIsListedOnceWithItsPlaceUnlessItIsTheDefault() {
    ContainerSpec spec =
        Configs.spec(
            """
            lxc.apparmor.profile = generated
            lxc.seccomp.allow_nesting = 0
            lxc.console.size = auto
            lxc.rootfs.path = nbd:/c.img
            lxc.net.0.type = phys
            """);
    assertEquals(List.of(at("lxc.rootfs.path", 4, "lxc.rootfs.path")), spec.notInEffect());
    assertEquals(131072, spec.terminals().consoleLogSize());
  }

  @Test
  void whatLxcRefusesOnlyAtAStartIsRefusedWithItsLine() {
    assertRefused(
        "lxc.rootfs.path = ovrelay:/a:/b\n",
        "/c/config:1  lxc.rootfs.path: Unknown storage type \"ovrelay\" (did you mean"
            + " \"overlay\"?)");
    assertRefused(
        "lxc.mount.entry = /a /b\n",
        "/c/config:1  lxc.mount.entry: \"/a /b\" is not a mount entry (write source, target, type"
            + " and options, for instance /srv/data mnt/data none bind,create=dir 0 0)");
    assertRefused(
        "lxc.cgroup.dir = a\nlxc.cgroup.dir.monitor = b\n",
        "/c/config:2  lxc.cgroup.dir.monitor: lxc.cgroup.dir conflicts with"
            + " lxc.cgroup.dir.payload/monitor (lxc.cgroup.dir is set at /c/config:1"
            + "  lxc.cgroup.dir)");
    assertRefused(
        "lxc.cgroup.dir.container = b\n",
        "/c/config:1  lxc.cgroup.dir.container: lxc.cgroup.dir.payload and lxc.cgroup.dir.monitor"
            + " must both be set (add lxc.cgroup.dir.monitor)");
  }

  private static void assertRefused(String text, String problem) {
    assertEquals(List.of(), Configs.problems(text));
    CofferException e = assertThrows(CofferException.class, () -> Configs.spec(text));
    assertEquals(List.of(problem), e.details());
  }

  private static <T> Sourced<T> at(T value, int line, String key) {
    return new Sourced<>(value, Origin.of(Configs.FILE, line, key));
  }

  private static <T> List<T> values(List<Sourced<T>> sourced) {
    return sourced.stream().map(Sourced::value).toList();
  }

  @Test
  void coffersOwnPolicyGoesBeforeTheOneThatIsMeantForLxc() {
    String both = "coffer.seccomp = default\nlxc.seccomp.profile = /p\n";
    assertEquals(
        new Sourced<>(Seccomp.DEFAULT_POLICY, Origin.of(Path.of("/c/config"), 1, "coffer.seccomp")),
        Configs.spec(both).privileges().seccomp().profile().orElseThrow());
    assertEquals(
        "/p",
        Configs.spec("lxc.seccomp = /p\n").privileges().seccomp().profile().orElseThrow().value());
    assertEquals(Seccomp.NONE, Configs.spec("").privileges().seccomp());
  }

  @Test
  void anUnknownPolicyOfCoffersIsRefused() {
    assertEquals(
        List.of(
            "/c/config:1  coffer.seccomp: There is no seccomp policy of Coffer's named \"defualt\""
                + " (did you mean \"default\"?)"),
        Configs.parse("coffer.seccomp = defualt\n").problems().stream()
            .map(Problem::describe)
            .toList());
  }

  @Test
  void aNestingContainerGetsThePolicyThatFitsItsIds() {
    String nesting = "coffer.nesting = 1\ncoffer.seccomp = default\n";
    assertEquals(Seccomp.ROOT_NESTING_POLICY, policy(nesting));
    assertEquals(Seccomp.NESTING_POLICY, policy(nesting + "coffer.idmap = auto\n"));
    assertEquals(Seccomp.NESTING_POLICY, policy(nesting + "coffer.security = default\n"));
    assertEquals(
        Seccomp.NESTING_POLICY,
        policy(nesting + "lxc.idmap = u 0 100000 65536\nlxc.idmap = g 0 100000 65536\n"));
    assertEquals(
        Seccomp.ROOT_NESTING_POLICY,
        policy(nesting + "coffer.security = default\ncoffer.idmap = none\n"));
  }

  private static String policy(String text) {
    return Configs.spec(text).privileges().seccomp().profile().orElseThrow().value();
  }

  @Test
  void theNumberOfIdsIsOneThatASystemCanHave() {
    assertEquals(List.of(), Configs.parse("coffer.idmap = auto 262144\n").problems());
    for (String number : List.of("65535", "many", "4294967296")) {
      assertEquals(
          List.of(
              "/c/config:1  coffer.idmap: \""
                  + number
                  + "\" is no number of ids a system can have (from 65536 to 4294967295, for"
                  + " instance auto 262144)"),
          Configs.parse("coffer.idmap = auto " + number + "\n").problems().stream()
              .map(Problem::describe)
              .toList());
    }
  }

  @Test
  void interceptedCallsAreNamedWithTheirFileSystems() {
    String line = "coffer.intercept = sysinfo mount:ext4,xfs mknod\n";
    assertEquals(
        "mknod sysinfo mount:ext4,xfs",
        Configs.spec(line).privileges().seccomp().intercepted().describe());
    assertEquals(
        List.of(
            "/c/config:1  coffer.intercept: Coffer does not intercept \"mknode\""
                + " (did you mean \"mknod\"?)"),
        Configs.parse("coffer.intercept = mknode\n").problems().stream()
            .map(Problem::describe)
            .toList());
    assertEquals(
        List.of(
            "/c/config:1  coffer.intercept: \"mount\" is not a call that is intercepted"
                + " (say which file systems: mount:ext4,xfs)"),
        Configs.parse("coffer.intercept = mount\n").problems().stream()
            .map(Problem::describe)
            .toList());
    assertEquals(
        List.of(
            "/c/config:1  coffer.intercept: Coffer mounts for no container the type \"overlayfs\""
                + " (one of btrfs, erofs, exfat, ext2, ext3, ext4, f2fs, ntfs3, vfat, xfs)"),
        Configs.parse("coffer.intercept = mount:overlayfs\n").problems().stream()
            .map(Problem::describe)
            .toList());
  }
}
