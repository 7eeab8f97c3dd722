package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.Step;
import dev.coffer.plan.LsmFacts.AppArmorFacts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LsmPlannerTest {
  private static final AppArmorFacts FULL = new AppArmorFacts(true, true, false, true, true);
  private static final LsmFacts APPARMOR = new LsmFacts(Optional.of(FULL), false, 7);
  private static final String OURS =
      "coffer-c_</var/lib/lxc>//&:coffer-c_<-var-lib-lxc>:unconfined";

  @Test
  void aGeneratedProfileIsLoadedFirstAndEnteredLate() {
    Plan plan = plan(APPARMOR, false, "lxc.apparmor.profile = generated");
    List<String> steps = texts(plan);
    assertEquals("create AppArmor namespace coffer-c_<-var-lib-lxc>", steps.get(1));
    assertTrue(steps.get(2).startsWith("load AppArmor profile coffer-c_</var/lib/lxc>, "));
    int entered = steps.indexOf("enter AppArmor profile " + OURS);
    assertTrue(entered > steps.indexOf("pivot to the root file system"), steps.toString());
    assertEquals("c.conf:2  lxc.apparmor.profile", plan.steps().get(entered).origin().describe());
  }

  @Test
  void rootsContainersGetOneUnlessTheySayOtherwise() {
    assertTrue(texts(plan(APPARMOR, false)).contains("enter AppArmor profile " + OURS));
    assertFalse(confined(plan(APPARMOR, false, "lxc.apparmor.profile = unconfined")));
    assertFalse(confined(plan(APPARMOR, false, "lxc.apparmor.profile = unchanged")));
    assertFalse(confined(plan(LsmFacts.NONE, false, "lxc.apparmor.profile = generated")));
    LsmFacts user = appArmor(new AppArmorFacts(true, true, false, false, true));
    assertFalse(confined(plan(user, false)));
    LsmFacts confined = appArmor(new AppArmorFacts(true, true, true, true, true));
    assertFalse(confined(plan(confined, false)));
    assertTrue(
        texts(plan(confined, false, "lxc.apparmor.profile = unconfined"))
            .contains("enter AppArmor profile unconfined at the execution"));
  }

  @Test
  void aNamedProfileIsEnteredAtTheExecutionButByTheInitOfAnApplicationAtOnce() {
    String line = "lxc.apparmor.profile = lxc-container-default-cgns";
    String text = "enter AppArmor profile lxc-container-default-cgns";
    assertTrue(texts(plan(APPARMOR, false, line)).contains(text + " at the execution"));
    List<String> steps = texts(plan(APPARMOR, true, line));
    assertTrue(
        steps.indexOf(text) >= 0
            && steps.indexOf(text) < steps.indexOf("run a minimal init, the command as its child"),
        steps.toString());
  }

  @Test
  void whatAHostLacksIsANoticeUntilItIsInsistedOn() {
    assertEquals(
        List.of(
            "c.conf:2  lxc.apparmor.profile: AppArmor is not active on this host: it starts"
                + " without a profile",
            "c.conf:3  lxc.selinux.context: SELinux is not active on this host: it starts without"
                + " a label"),
        notices(LsmFacts.NONE, "lxc.apparmor.profile = own", "lxc.selinux.context = u:r:t:s0"));
    assertEquals(List.of(), notices(LsmFacts.NONE));
    assertEquals(List.of(), notices(LsmFacts.NONE, "lxc.apparmor.profile = unconfined"));
    assertRefused(
        LsmFacts.NONE,
        List.of("lxc.apparmor.profile = own", "coffer.apparmor.required = 1"),
        "AppArmor is not active on this host",
        "from  c.conf:3  coffer.apparmor.required",
        "hint  set lxc.apparmor.profile = generated");
    assertEquals(
        List.of(
            "built-in default  lxc.apparmor.profile: there is no apparmor_parser: it starts without"
                + " a profile (apt install apparmor)"),
        notices(appArmor(new AppArmorFacts(true, true, false, true, false))));
  }

  @Test
  void whatCannotBeHadOnAHostWithAppArmorIsRefused() {
    assertRefused(
        appArmor(new AppArmorFacts(true, true, false, false, true)),
        List.of("lxc.apparmor.profile = generated"),
        "only the host's root can load a generated AppArmor profile",
        "from  c.conf:2  lxc.apparmor.profile",
        "hint  set lxc.apparmor.profile = unchanged, or the name of a profile that root has"
            + " loaded");
    LsmFacts partial = appArmor(new AppArmorFacts(false, true, false, true, true));
    assertRefused(
        partial,
        List.of("lxc.apparmor.profile = own"),
        "the kernel's AppArmor does not mediate mounts",
        "from  c.conf:2  lxc.apparmor.profile",
        "hint  lxc.apparmor.allow_incomplete = 1 starts all the same");
    assertTrue(
        confined(
            plan(
                partial,
                false,
                "lxc.apparmor.profile = own",
                "lxc.apparmor.allow_incomplete = 1")));
  }

  @Test
  void theProfileForNestingForbidsNothingBelowProcSysAndSys() {
    String plain = profile("lxc.apparmor.raw = deny /x rwklx,");
    String roots = "deny /{,run/systemd/unit-root/}";
    assertTrue(plain.contains(roots + "proc/sys/") && plain.contains(roots + "sys/"), plain);
    assertTrue(plain.endsWith("  deny /x rwklx,\n}\n"), plain);
    assertFalse(plain.contains("  mount,\n"), plain);
    String nesting = profile("lxc.apparmor.allow_nesting = 1");
    assertFalse(nesting.contains("proc/sys/[") || nesting.contains("deny /sys"), nesting);
    assertTrue(nesting.contains("  mount,\n") && nesting.contains("deny /dev/.lxc/"), nesting);
  }

  @Test
  void unmaskedCopiesAreMadeOnlyWhereSomethingKeepsRootsHandsOff() {
    String nesting = "lxc.apparmor.allow_nesting = 1";
    String text = "mount sysfs on dev/.lxc/sys";
    assertTrue(texts(plan(APPARMOR, false, nesting)).contains(text));
    assertFalse(texts(plan(LsmFacts.NONE, false, nesting)).contains(text));
    assertTrue(
        texts(
                plan(
                    LsmFacts.NONE,
                    false,
                    nesting,
                    "lxc.idmap = u 0 100000 65536",
                    "lxc.idmap = g 0 100000 65536"))
            .contains(text));
  }

  @Test
  void namesThatMeanSomethingInAProfileAreReplacedAndKeptApart() {
    ContainerSpec odd = spec("a b", "");
    String name = GeneratedProfile.name(odd);
    assertTrue(name.matches("coffer-a_b_</var/lib/lxc>_[0-9a-f]+"), name);
    assertFalse(name.equals(GeneratedProfile.name(spec("a\"b", ""))));
  }

  @Test
  void seLinuxContextsAreWrittenWhereItIsActive() {
    LsmFacts active = new LsmFacts(Optional.empty(), true, 7);
    List<String> steps =
        texts(
            plan(
                active,
                false,
                "lxc.selinux.context = u:r:t:s0",
                "lxc.selinux.context.keyring = u:r:k:s0"));
    int keyring = steps.indexOf("set SELinux context u:r:k:s0 for keyrings");
    assertEquals("join a new session keyring", steps.get(keyring + 1));
    int context = steps.indexOf("set SELinux context u:r:t:s0 for the execution");
    assertTrue(context > steps.indexOf("pivot to the root file system"), steps.toString());
    assertFalse(
        texts(plan(LsmFacts.NONE, false, "lxc.selinux.context = u:r:t:s0")).stream()
            .anyMatch(step -> step.contains("SELinux")));
  }

  @Test
  void keyringsHaveTheContextOfTheContainerUnlessTheyHaveTheirOwn() {
    LsmFacts active = new LsmFacts(Optional.empty(), true, 7);
    assertTrue(
        texts(plan(active, false, "lxc.selinux.context = u:r:t:s0"))
            .contains("set SELinux context u:r:t:s0 for keyrings"));
    assertFalse(
        texts(plan(active, false, "lxc.selinux.context = unconfined_t")).stream()
            .anyMatch(step -> step.contains("SELinux")));
  }

  @Test
  void anExecutionThatIsRefusedUnderAContextMayBeThePolicys() {
    LsmFacts active = new LsmFacts(Optional.empty(), true, 7);
    List<Step> steps = plan(active, false, "lxc.selinux.context = u:r:t:s0").steps();
    assertEquals(
        Optional.of(
            "SELinux's policy may forbid to enter u:r:t:s0 by executing it (ausearch -m avc, or"
                + " dmesg); it must also be executable, and its file system not noexec"),
        Hints.executing(steps, 13));
    assertEquals(Optional.empty(), Hints.executing(steps, 2));
    assertEquals(Optional.empty(), Hints.executing(List.of(), 13));
  }

  @Test
  void landlockIsEnteredBeforeTheFilterAndTheInitOfAnApplication() {
    List<String> steps =
        texts(
            plan(
                new LsmFacts(Optional.empty(), false, 6),
                true,
                "coffer.landlock.execute = /usr",
                "coffer.landlock.write = /tmp",
                "coffer.landlock.connect = 443 53",
                "coffer.landlock.bind = none",
                "coffer.landlock.scope = signal"));
    int first = steps.indexOf("restrict by Landlock: files, connecting, binding, signal");
    assertEquals(
        List.of(
            "let Landlock allow to execute /usr",
            "let Landlock allow to write /tmp",
            "let Landlock allow to connect to TCP port 53 443",
            "enter the Landlock restrictions",
            "run a minimal init, the command as its child"),
        steps.subList(first + 1, first + 6));
  }

  @Test
  void whatTheKernelsLandlockLacksIsRefusedUnlessTheConfigurationTakesLess() {
    LsmFacts old = new LsmFacts(Optional.empty(), false, 3);
    String[] lines = {"coffer.landlock.read = /", "coffer.landlock.connect = 443"};
    assertRefused(
        old,
        List.of(lines),
        "the kernel's Landlock cannot restrict TCP ports, which takes Linux 6.7",
        "from  c.conf:3  coffer.landlock.connect",
        "hint  coffer.landlock.allow_incomplete = 1 starts with what this kernel can do");
    List<String> steps =
        texts(plan(old, true, lines[0], lines[1], "coffer.landlock.allow_incomplete = 1"));
    assertTrue(steps.contains("restrict by Landlock: files"), steps.toString());
    assertEquals(
        List.of(
            "c.conf:3  coffer.landlock.connect: the kernel's Landlock cannot restrict TCP ports,"
                + " which takes Linux 6.7"),
        notices(old, lines[0], lines[1], "coffer.landlock.allow_incomplete = 1"));
    assertRefused(
        LsmFacts.NONE,
        List.of(lines[0]),
        "the kernel's Landlock cannot be used, which takes Linux 5.13 with it switched on",
        "from  c.conf:2  coffer.landlock.read",
        "hint  coffer.landlock.allow_incomplete = 1 starts with what this kernel can do");
  }

  @Test
  void aProfileThatIsNotLoadedIsToldWithWhereItComesFrom() {
    assertEquals(
        Optional.of(
            "it is not loaded; it comes with Debian's package lxc: apt install lxc, or"
                + " apparmor_parser -r /etc/apparmor.d/lxc-containers, or set"
                + " lxc.apparmor.profile = generated"),
        Hints.hint(
            new ContainerStep.EnterAppArmorProfile(
                "lxc-container-default-cgns",
                ContainerStep.Moment.AT_EXECUTION,
                dev.coffer.model.Origin.builtIn("x")),
            "write",
            2));
  }

  private static LsmFacts appArmor(AppArmorFacts facts) {
    return new LsmFacts(Optional.of(facts), false, 7);
  }

  private static ContainerSpec spec(String name, String text) {
    return LxcConfig.parse(
            "lxc.rootfs.path = dir:/srv/c\n" + text, Path.of("c.conf"), Map.of("HOME", "/root"))
        .spec(name, Path.of("/var/lib/lxc"));
  }

  private static Plan plan(LsmFacts lsm, boolean application, String... lines) {
    HostFacts host = Hosts.HYBRID;
    return Planner.plan(
        new StartRequest(
            spec("c", String.join("\n", lines)),
            application,
            false,
            Sourced.builtIn(List.of("/sbin/init"), "lxc.init.cmd"),
            List.of(),
            Map.of(),
            new SeccompChoice.None(),
            "/mnt"),
        new HostFacts(
            host.trees(),
            host.cgroupName(),
            host.keeperCgroupName(),
            host.keeperNeedsCgroup(),
            host.privileged(),
            host.lastCapability(),
            host.idMappedMounts(),
            host.sysrqTrigger(),
            host.user(),
            lsm));
  }

  private static List<String> texts(Plan plan) {
    return plan.steps().stream().map(Step::describe).toList();
  }

  private static boolean confined(Plan plan) {
    return plan.steps().stream().anyMatch(ContainerStep.EnterAppArmorProfile.class::isInstance);
  }

  private static String profile(String... lines) {
    return plan(APPARMOR, false, lines).steps().stream()
        .filter(HostStep.LoadAppArmorProfile.class::isInstance)
        .map(step -> ((HostStep.LoadAppArmorProfile) step).text())
        .findFirst()
        .orElseThrow();
  }

  private static List<String> notices(LsmFacts facts, String... lines) {
    return LsmPlanner.notices(spec("c", String.join("\n", lines)), facts).stream()
        .map(problem -> problem.describe())
        .toList();
  }

  private static void assertRefused(
      LsmFacts facts, List<String> lines, String message, String... details) {
    CofferException e =
        assertThrows(CofferException.class, () -> plan(facts, false, lines.toArray(String[]::new)));
    assertEquals(message, e.getMessage());
    assertEquals(List.of(details), e.details());
  }
}
