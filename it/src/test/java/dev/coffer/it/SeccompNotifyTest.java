package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** lxc.seccomp.notify.*: a program outside answers for calls inside, in LXC's protocol. */
class SeccompNotifyTest {
  /**
   * Answers every call with its first argument plus one, negative as an errno where it is 13, and
   * notes what it was told. Knows of the protocol what LXC's own users know.
   */
  private static final String PROXY =
      """
      import array, os, socket, struct, sys
      listening = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
      listening.bind(sys.argv[1])
      listening.listen(5)
      seen = open(sys.argv[2], "w", buffering=1)
      silent = False
      while True:
          connection, _ = listening.accept()
          while True:
              data, control, _, _ = connection.recvmsg(4096, socket.CMSG_SPACE(12))
              if not data:
                  break
              fds = array.array("i")
              for level, kind, rights in control:
                  fds.frombytes(rights)
              reserved, monitor, init, n, r, d, cookie = struct.unpack_from("=QiiHHH2xQ", data)
              ident, pid, flags, nr = struct.unpack_from("=QIIi", data, 32)
              first, = struct.unpack_from("=Q", data, 32 + 16 + 16)
              answered, = struct.unpack_from("=Q", data, 32 + n)
              links = [os.readlink("/proc/self/fd/%d" % fd) for fd in fds]
              links = [link.replace(str(pid), "PID") for link in links]
              text = data[32 + n + r:].decode()
              seen.write("%d %d %s %s %s %s\\n" % (nr, first, (n, r, d), text, cookie, " ".join(links)))
              seen.write("pids %d %d\\n" % (monitor, init))
              response = struct.pack("=QqiI", ident, 0 if first == 13 else first + 1,
                                     -13 if first == 13 else 0, 0)
              data = data[:32 + n] + response
              for fd in fds:
                  os.close(fd)
              if first == 7 and not silent:
                  silent = True
                  continue
              connection.send(data)
      """;

  @RegisterExtension final Machine machine = new Machine();

  private Process proxy;

  private Path seen() {
    return machine.home().resolve("seen");
  }

  private Path socket() {
    return machine.home().resolve("proxy.sock");
  }

  private void startProxy() throws Exception {
    proxy =
        new ProcessBuilder("/usr/bin/python3", "-c", PROXY, socket().toString(), seen().toString())
            .inheritIO()
            .start();
    machine.afterwards(() -> proxy.destroyForcibly().waitFor());
    Machine.await("the proxy", Duration.ofSeconds(10), () -> Files.exists(socket()));
  }

  private Box box() {
    Path policy = machine.home().resolve("policy");
    Box.write(policy, "2\ndenylist\ngetpgid notify\n");
    Box box =
        new Box(machine, "c1")
            .config(
                "lxc.seccomp.profile = " + policy,
                "lxc.seccomp.notify.proxy = unix:" + socket(),
                "lxc.seccomp.notify.cookie = biscuit",
                "lxc.apparmor.profile = unconfined",
                "lxc.net.0.type = empty");
    Probe.install(machine, box.rootfs());
    return box;
  }

  @Test
  void aProgramOutsideAnswersForCallsInside() throws Exception {
    startProxy();
    Box box = box();
    box.start("-d").ok();
    assertEquals("100", box.inside("/probe 121 99"));
    assertEquals("-13", box.inside("/probe 121 13"));
    assertEquals(
        "121 99 (80, 24, 64) biscuit 7 /proc/PID /proc/PID/mem anon_inode:seccomp notify",
        Box.read(seen()).lines().findFirst().orElse(""));
    machine.killEngine();
    assertEquals("100", box.inside("/probe 121 99"), "with the next engine");
  }

  /** The proxy says nothing to 7 the first time. */
  @Test
  void aCallThatWasBeingAnsweredWhenTheEngineDiedIsAskedAgain() throws Exception {
    startProxy();
    Box box = box();
    Path work = box.rootfs().resolve("work");
    Box.write(work, "#!/bin/sh\n/probe 121 7 > /said\nsleep 1000\n");
    assertTrue(work.toFile().setExecutable(true));
    box.start("-d", "--", "/work").ok();
    Machine.await("the question", Duration.ofSeconds(10), () -> Box.read(seen()).contains("121 7"));
    machine.killEngine();
    assertEquals("RUNNING", machine.state("c1"));
    Path said = box.rootfs().resolve("said");
    Machine.await("the answer", Duration.ofSeconds(10), () -> !Box.read(said).isEmpty());
    assertEquals("8\n", Box.read(said));
  }

  @Test
  void withoutAProxyThatListensTheCallIsNotThere() {
    Box box = box();
    box.start("-d").ok();
    assertEquals("-38", box.inside("/probe 121 99"));
  }

  @Test
  void theProxyIsToldTheSameAsUnderLxc() throws Exception {
    Lxc.assumeInstalled();
    startProxy();
    Box box = box();
    Path said = box.rootfs().resolve("said");
    String[] command = {
      "-F", "--", "/bin/sh", "-c", "{ /probe 121 99; /probe 121 13; } >/said 2>&1"
    };
    new Lxc(machine).run("start", "c1", command);
    String theirs = Box.read(said) + told();
    Box.write(said, "");
    Box.write(seen(), "");
    machine.lxc("start", "c1", command);
    assertEquals(theirs, Box.read(said) + told());
    assertTrue(theirs.startsWith("100\n-13\n"), theirs);
  }

  /** Which sends the listener of its own filter to the container's command socket. */
  @Test
  void debiansLxcAttachIsAnsweredToo() throws Exception {
    Lxc.assumeInstalled();
    startProxy();
    Box box = box();
    box.start("-d").ok();
    assertEquals("100", new Lxc(machine).run("attach", "c1", "--", "/probe", "121", "99").text());
    assertEquals("-13", new Lxc(machine).run("attach", "c1", "--", "/probe", "121", "13").text());
  }

  @Test
  void theListenerIsGivenToWhoAsksTheCommandSocket() {
    Box box = box();
    box.start("-d").ok();
    String client =
        """
        import array, os, socket, struct, sys
        asking = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        asking.connect("\\0" + sys.argv[1])
        asking.send(struct.pack("=iiQ", 22, 0, 0))
        data, control, _, _ = asking.recvmsg(64, socket.CMSG_SPACE(4))
        fds = array.array("i")
        for level, kind, rights in control:
            fds.frombytes(rights)
        print(os.readlink("/proc/self/fd/%d" % fds[0]))
        """;
    String address = machine.lxcpath() + "/" + box.fullName() + "/command";
    assertEquals(
        "anon_inode:seccomp notify",
        machine.run("/usr/bin/python3", "-c", client, address).ok().text());
  }

  private String told() {
    return Box.read(seen()).replace("\0", "").replaceAll("(?m)^pids.*\n", "");
  }

  @Test
  void nobodyToAskIsAnError() {
    Path policy = machine.home().resolve("policy");
    Box.write(policy, "2\ndenylist\ngetpgid notify\n");
    Box box = new Box(machine, "c1").config("lxc.seccomp.profile = " + policy);
    box.refuses(
        "the seccomp policy " + policy + " has the action notify, and nobody is there to answer",
        "  from  " + box.configFile() + ":6  lxc.seccomp.profile",
        "  hint  set lxc.seccomp.notify.proxy = unix:PATH, or use another action");
  }
}
