package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.seccomp.*: what programs inside meet, and that LXC's own filter says the same. */
class SeccompTest {
  /** 128 + SIGSYS, as shells tell it. */
  private static final int KILLED = 159;

  private static final Path COMMON = Path.of("/usr/share/lxc/config/common.seccomp");

  @RegisterExtension final Machine machine = new Machine();

  /** A container under this policy. */
  private Box box(List<String> policy, String... config) {
    Box box = new Box(machine, "c1");
    List<String> lines = new ArrayList<>(List.of(config));
    lines.add("lxc.seccomp.profile = " + policy(policy.toArray(String[]::new)));
    return box.config(lines.toArray(String[]::new));
  }

  private Path policy(String... lines) {
    Path file = machine.home().resolve("policy");
    Box.write(file, String.join("\n", lines) + "\n");
    return file;
  }

  @Test
  void everyActionHasItsEffect() {
    Box box =
        box(
            List.of(
                "2",
                "denylist",
                "getpgid errno 7",
                "getsid kill",
                "getpriority kill_process",
                "getppid log",
                "sync trap",
                "umask trap",
                "times trace 1"));
    Probe.install(machine, box.rootfs());
    Probe.assumeBothAbis(machine, box.rootfs());
    box.started("-d");
    assertEquals("-7", box.inside("/probe 121 0"));
    assertEquals("-7", box.inside("/probe32 132 0"), "getpgid of the other ABI");
    box.tryInside("/probe 124 0").exits(KILLED);
    box.tryInside("/probe32 147 0").exits(KILLED);
    box.tryInside("/probe 140 0 0").exits(KILLED);
    assertTrue(Integer.parseInt(box.inside("/probe 110")) >= 0, "log lets the call through");
    box.tryInside("/probe 162").exits(KILLED);
    assertEquals(
        "handled\non",
        box.inside("trap 'echo handled' SYS; umask; echo on").replaceAll("(?m)^[0-9]+\n", ""));
    assertEquals("-38", box.inside("/probe 100 0"), "no tracer is there");
  }

  @Test
  void argumentsAreLookedAt() {
    Box box =
        box(
            List.of(
                "2",
                "denylist",
                "socket errno 97 [0,16,==]",
                "unshare errno 13 [0,0x10000000,SCMP_CMP_MASKED_EQ,0x10000000]",
                "lseek errno 5 [0,7,>=][2,1,<=]"));
    Probe.install(machine, box.rootfs());
    box.started("-d");
    assertEquals("-97", box.inside("/probe 41 16 3 0"));
    assertTrue(Integer.parseInt(box.inside("/probe 41 1 1 0")) > 0);
    assertEquals("-13", box.inside("/probe 272 " + (0x10000000 | 0x04000000)));
    assertEquals("0", box.inside("/probe 272 " + 0x04000000));
    assertEquals("-5", box.inside("/probe 8 7 0 1"));
    assertEquals("-9", box.inside("/probe 8 7 0 2"), "the kernel's own answer");
    assertEquals("-5", box.inside("/probe 8 4294967296 0 1"));
  }

  @Test
  void sectionsAreForTheirAbi() {
    Box box =
        box(
            List.of(
                "2",
                "denylist",
                "[arm64]",
                "getpgid errno 3",
                "[x86]",
                "getsid errno 5",
                "[all]",
                "times errno 6"));
    Probe.install(machine, box.rootfs());
    Probe.assumeBothAbis(machine, box.rootfs());
    box.started("-d");
    assertTrue(Integer.parseInt(box.inside("/probe 121 0")) >= 0);
    assertEquals("-5", box.inside("/probe32 147 0"));
    assertEquals("-5", box.inside("/probe 124 0"), "what is refused is refused to all ABIs");
    assertEquals("-6", box.inside("/probe32 43 0"));
  }

  @Test
  void itHoldsForInitForAttachedCommandsAndForExecutedOnes() {
    Box box = box(List.of("2", "denylist", "getpgid errno 7")).started("-d");
    Probe.install(machine, box.rootfs());
    assertEquals("2", box.status("Seccomp"));
    assertEquals("1", box.status("Seccomp_filters"));
    assertEquals("2", box.inside("grep Seccomp: /proc/self/status | cut -f2"));
    box.attach("-u", "1000", "-g", "1000", "--", "/probe", "121", "0").ok().prints("-7\n");
    box.attach("-e", "--", "/bin/grep", "Seccomp:", "/proc/self/status")
        .ok()
        .prints("Seccomp:\t0\n");
    box.stop().ok();
    box.execute("/probe", "121", "0").ok().prints("-7\n");
    box.execute("/bin/grep", "Seccomp:", "/proc/1/status").ok().prints("Seccomp:\t2\n");
  }

  @Test
  void anInitWithoutAnyCapabilityIsFilteredToo() {
    for (String[] config :
        new String[][] {
          {"lxc.init.uid = 1000", "lxc.cap.drop = sys_admin"},
          {"lxc.cap.keep = none"},
          {"lxc.no_new_privs = 1", "lxc.init.uid = 1000"},
          {"lxc.no_new_privs = 1", "lxc.cap.keep = none", "lxc.hook.start = /bin/true"}
        }) {
      Box box = box(List.of("2", "denylist", "getpgid errno 7"), config);
      Box.write(box.configFile(), Box.read(box.configFile()) + "lxc.init.cmd = /bin/sleep 999\n");
      box.started("-d");
      assertEquals("2", box.status("Seccomp"));
      assertEquals("1", box.status("Seccomp_filters"));
      assertEquals("0000000000200000".length(), box.status("CapEff").length());
      assertEquals(
          0, Long.parseUnsignedLong(box.status("CapEff"), 16) & (1L << 21), "CAP_SYS_ADMIN");
      box.stop().ok();
      machine.lxc("destroy", "c1").ok();
    }
  }

  @Test
  void startHooksLiveUnderItBecauseTheyAreTheContainersOwn() {
    Box box = box(List.of("2", "denylist", "getpgid errno 7"), "lxc.hook.start = /bin/hook");
    Box.write(
        box.rootfs().resolve("bin/hook"), "#!/bin/sh\ngrep Seccomp: /proc/self/status >/seen\n");
    box.rootfs().resolve("bin/hook").toFile().setExecutable(true);
    box.started("-d");
    assertEquals("Seccomp:\t2\n", Box.read(box.rootfs().resolve("seen")));
    assertEquals("1", box.status("Seccomp_filters"));
  }

  @Test
  void aMappedContainerIsFilteredToo() {
    Box box = new Box(machine, "c1");
    box.mapped("lxc.seccomp.profile = " + policy("2", "denylist", "getpgid errno 7")).shifted();
    Probe.install(machine, box.rootfs());
    box.started("-d");
    assertEquals("-7", box.inside("/probe 121 0"));
    assertEquals("2", box.status("Seccomp"));
  }

  @Test
  void unmountingByForceIsRefused() {
    Box box = box(List.of("2", "denylist", "reject_force_umount")).started("-d");
    Probe.install(machine, box.rootfs());
    box.inside("mount -t tmpfs none /mnt");
    Outcome forced = box.tryInside("umount -f /mnt").exits(1);
    assertEquals("umount: can't unmount /mnt: Permission denied\n", forced.err());
    box.inside("umount /mnt");
  }

  @Test
  void aRebootBringsTheFilterBack() {
    Box box = box(List.of("2", "denylist", "getpgid errno 7")).started("-d");
    String before = box.initPid();
    machine.lxc("stop", "c1", "-r", "-W").ok();
    box.awaitAnotherInit(before);
    assertEquals("1", box.status("Seccomp_filters"));
  }

  @Test
  void anEngineThatComesLaterStillPutsAttachedCommandsUnderIt() {
    Box box = box(List.of("2", "denylist", "getpgid errno 7")).started("-d");
    machine.killEngine();
    assertEquals("2", box.inside("grep Seccomp: /proc/self/status | cut -f2"));
  }

  @Test
  void everythingWrongWithAPolicyIsToldAtOnce() {
    Box box = box(List.of("2", "denylist", "getpgid ernno 1", "[x87]"));
    Path file = machine.home().resolve("policy");
    box.refuses(
        "Failed to read seccomp policy",
        "  " + file + ":3: Unrecognized seccomp action \"ernno\" (did you mean \"errno\"?)",
        "  " + file + ":4: Unsupported architecture \"[x87]\" (did you mean \"x86\"?)");
  }

  @Test
  void aMissingPolicyIsToldWithItsLine() {
    Box box = new Box(machine, "c1").config("lxc.seccomp.profile = /nowhere");
    box.refuses(
        "cannot read the seccomp policy /nowhere: No such file or directory (ENOENT)",
        "  from  " + box.configFile() + ":6  lxc.seccomp.profile",
        "  hint  correct the path, or use the policy that comes with Coffer: coffer.seccomp = default");
  }

  @Test
  void aPolicyWithoutAnEndIsNotReadIntoMemory() {
    Box box = new Box(machine, "c1").config("lxc.seccomp.profile = /dev/zero");
    box.refuses(
        "cannot read the seccomp policy /dev/zero: File too large (EFBIG)",
        "  from  " + box.configFile() + ":6  lxc.seccomp.profile",
        "  hint  correct the path, or use the policy that comes with Coffer: coffer.seccomp = default");
  }

  @Test
  void aRelativePolicyIsLookedForWhereTheCallerIs() {
    policy("2", "denylist", "getpgid errno 7");
    Box box = new Box(machine, "c1").config("lxc.seccomp.profile = policy");
    machine
        .run(
            "sh",
            "-c",
            "cd "
                + machine.home()
                + " && exec "
                + machine.tool("lxc-start")
                + " -P "
                + machine.lxcpath()
                + " -n "
                + box.fullName())
        .ok();
    assertEquals("2", box.status("Seccomp"));
  }

  @Test
  void aPolicyThatLetsNothingStartIsRefusedBeforeAnythingIsDone() {
    Box box = box(List.of("2", "allowlist errno 1", "rt_sigaction", "rt_sigprocmask", "read"));
    box.refuses(
        "the seccomp policy "
            + machine.home().resolve("policy")
            + " forbids execve, without which no program can be executed under it",
        "  hint  add the line: execve allow");
  }

  @Test
  void aMisspeltCallIsAWarning() {
    Box box = box(List.of("2", "denylist", "kexec_laod errno 1"));
    Outcome outcome = box.start("-d").ok();
    assertTrue(
        outcome
            .err()
            .contains(
                "policy:3: libseccomp knows no system call \"kexec_laod\": the rule does nothing"
                    + " (did you mean \"kexec_load\"?)"),
        outcome.err());
  }

  @Test
  void theFilterIsShownAsText() {
    Box box = box(List.of("2", "denylist", "getpgid errno 7"));
    String shown = machine.lxc("info", "c1", "--seccomp").ok().out();
    assertTrue(shown.contains("# filter for arch x86_64"), shown);
    assertTrue(shown.contains("filter for syscall \"getpgid\" (121)"), shown);
    box.config();
    machine.lxc("info", "c1", "--seccomp").exits(1);
  }

  @Test
  void aStarterUnderAFilterOfItsOwnLoadsNoSecondOne() {
    Box inner = box(List.of("2", "denylist", "getpgid errno 7"));
    List<String> start = List.of("-n", inner.fullName(), "-P", machine.lxcpath().toString(), "-d");
    Outcome outcome = underAFilter(machine.tool("lxc-start"), start);
    assertTrue(
        outcome
            .err()
            .contains("the policy is not loaded, because the caller is under a filter already"),
        outcome.toString());
    assertEquals("1", inner.status("Seccomp_filters"));
    inner.stop().ok();
    Box.write(inner.configFile(), Box.read(inner.configFile()) + "lxc.seccomp.allow_nesting = 1\n");
    underAFilter(machine.tool("lxc-start"), start).ok();
    assertEquals("2", inner.status("Seccomp_filters"));
  }

  /** Runs a tool of the host's under a filter that allows everything. */
  private Outcome underAFilter(Path tool, List<String> arguments) {
    List<String> argv =
        new ArrayList<>(List.of("/usr/bin/python3", "-c", FILTERED, tool.toString()));
    argv.addAll(arguments);
    return machine.command(argv).run();
  }

  private static final String FILTERED =
      """
      import ctypes, os, sys
      class Program(ctypes.Structure):
          _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]
      code = ctypes.create_string_buffer(b"\\x06\\0\\0\\0\\0\\0\\xff\\x7f", 8)
      program = Program(1, ctypes.addressof(code))
      libc = ctypes.CDLL(None)
      assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0
      os.execv(sys.argv[1], sys.argv[1:])
      """;

  @Test
  void debiansLxcAnswersTheSame() {
    Lxc.assumeInstalled();
    Box box =
        box(
            List.of(
                "2",
                "denylist",
                "reject_force_umount",
                "[all]",
                "kexec_load errno 1",
                "open_by_handle_at errno 1",
                "getpgid errno 7",
                "getsid kill",
                "lseek errno 5 [0,7,>=][2,1,<=]",
                "unshare errno 13 [0,0x10000000,&=,0x10000000]"),
            "lxc.apparmor.profile = unconfined",
            "lxc.net.0.type = empty");
    Probe.install(machine, box.rootfs());
    Probe.assumeBothAbis(machine, box.rootfs());
    String script =
        "/probe 246; /probe 304; /probe 121 0; /probe32 132 0; /probe 124 0; echo $?;"
            + " /probe32 147 0; echo $?; /probe 8 7 0 1; /probe 8 7 0 2; /probe 8 6 0 1;"
            + " /probe 272 335544320; /probe 272 67108864; /probe32 310 335544320;"
            + " mount -t tmpfs none /mnt; umount -f /mnt; echo $?; umount /mnt; echo $?;"
            + " grep Seccomp /proc/self/status";
    // without a terminal, what LXC's console prints goes nowhere
    String[] command = {"-F", "--", "/bin/sh", "-c", "{ " + script + "; } >/said 2>&1"};
    Path said = box.rootfs().resolve("said");
    new Lxc(machine).run("start", "c1", command);
    String theirs = Box.read(said);
    Box.write(said, "");
    machine.lxc("start", "c1", command);
    String ours = Box.read(said);
    assertTrue(ours.contains("Seccomp:\t2"), ours);
    assertEquals(theirs, ours);
  }

  @Test
  void debiansCommonPolicyIsTheSameFilterAsUnderLxc() {
    Lxc.assumeInstalled();
    assumeTrue(Files.exists(COMMON), "needs Debian's package lxc");
    Box box =
        new Box(machine, "c1")
            .config("lxc.seccomp.profile = " + COMMON, "lxc.apparmor.profile = unconfined");
    Path log = machine.home().resolve("log");
    new Lxc(machine)
        .run("start", "c1", "-F", "-l", "TRACE", "-o", log.toString(), "--", "/bin/true");
    String theirs = Box.read(log);
    String ours = machine.lxc("info", "c1", "--seccomp").ok().text();
    assertEquals(pseudoCode(theirs), pseudoCode(ours));
    assertEquals("", box.start("-d").err().replaceAll(".*not yet in effect.*\n", ""));
  }

  private static String pseudoCode(String text) {
    int start = text.indexOf("# pseudo filter code start");
    int end = text.indexOf("# pseudo filter code end");
    assertTrue(start >= 0 && end > start, text);
    return text.substring(start, end);
  }

  @Test
  void aContainerUnderCoffersOwnPolicyCannotTouchTheHostsKernel() {
    Box box = new Box(machine, "c1").config("coffer.seccomp = default");
    Probe.install(machine, box.rootfs());
    Probe.assumeBothAbis(machine, box.rootfs());
    box.started("-d");
    for (int forbidden :
        new int[] {246, 320, 175, 313, 176, 304, 250, 248, 321, 298, 425, 323, 227}) {
      assertEquals("-1", box.inside("/probe " + forbidden), "call " + forbidden);
    }
    assertEquals("-1", box.inside("/probe32 283"));
    assertEquals("-38", box.inside("/probe 511"), "a call nobody knows");
    assertEquals("-1", box.inside("/probe 166 0 1"), "umount2 by force");
    box.stop().ok();
    box.execute("/bin/echo", "there").ok().prints("there\n");
  }
}
