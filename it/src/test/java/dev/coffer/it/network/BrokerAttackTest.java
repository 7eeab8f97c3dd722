package dev.coffer.it.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an ordinary user may try with the broker, and what comes of it: nothing. */
class BrokerAttackTest {
  /** Opens what root may open, becomes the user, and tells what the broker answers to each try. */
  private static final String PRELUDE =
      """
      import array, os, pwd, socket, subprocess, sys, threading, time
      path, user = sys.argv[1], sys.argv[2]
      eve, nobody = pwd.getpwnam(user), pwd.getpwnam('nobody')
      kept = []

      def become(who):
          os.setgroups([]); os.setgid(who.pw_gid); os.setuid(who.pw_uid)

      def namespace(who, *argv):
          child = subprocess.Popen(list(argv) + ['sh', '-c', 'echo; exec cat'], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, preexec_fn=lambda: become(who))
          kept.append(child); child.stdout.readline()  # it lives until our end of its input closes
          return child

      def net(process):
          return os.open('/proc/%d/ns/net' % process.pid, os.O_RDONLY)

      def connect():
          s = socket.socket(socket.AF_UNIX); s.connect(path); s.settimeout(20)
          return s

      def ask(text, fds):
          s = connect()
          rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else []
          try:
              s.sendmsg([text.encode('latin-1')], rights)
              answer = b''
              while part := s.recv(4096):
                  answer += part
          except (BrokenPipeError, ConnectionResetError):
              return 'closed'
          return (answer.decode().splitlines() or ['nothing'])[0]

      def join(fd, name='eth0', bridge='br0'):
          return ask('coffer-broker 1\\nveth\\n%s\\n%s\\n' % (bridge, name), [fd])
      """;

  private static final String TRIES =
      """
      here = os.open('/proc/self/ns/net', os.O_RDONLY)
      roots = net(namespace(pwd.getpwuid(0), 'unshare', '-n'))
      others = net(namespace(nobody, 'unshare', '-Urn'))
      own = namespace(eve, 'unshare', '-Urn')
      nested = net(namespace(eve, 'unshare', '-Urn', 'unshare', '-Urn'))
      realm = os.open('/proc/%d/ns/user' % own.pid, os.O_RDONLY)
      mine = net(own)
      become(eve)
      print('here', join(here)); print('root', join(roots))
      print('other', join(others)); print('nested', join(nested)); print('realm', join(realm))
      print('pipe', join(os.pipe()[0])); print('none', ask('coffer-broker 1\\nveth\\nbr0\\ne\\n', []))
      print('two', ask('coffer-broker 1\\nveth\\nbr0\\ne\\n', [mine, mine]))
      print('many', ask('coffer-broker 1\\nveth\\nbr0\\ne\\n', [mine] * 253))
      for name in ['%d', 'eth%d', '..', 'a/b', 'e:1', 'e\\x1b[2J', 'e\\0', ' e', '', 'x' * 16, '\\xff']:
          print('name', join(mine, name))
      print('bridge', join(mine, 'eth0', '../br0')); print('type', ask('coffer-broker 1\\nphys\\nbr0\\ne\\n', [mine]))
      print('huge', ask('x' * 1000000, [mine])); print('lines', ask('\\n' * 1000, [mine]))
      print('version', ask('coffer-broker 2\\nveth\\nbr0\\ne\\n', [mine]))
      print('unlisted', join(mine, 'eth0', 'br1'))
      print('good', join(mine)[:3]); print('again', join(mine))
      """;

  @RegisterExtension final Machine machine = new Machine();

  private Household eve;

  @BeforeEach
  void network() throws IOException {
    assumeTrue(Files.exists(Path.of("/usr/bin/python3")), "needs python3");
    machine.ownNetwork();
    machine.run("ip", "link", "add", "br0", "type", "bridge").ok();
    machine.run("ip", "link", "set", "br0", "up").ok();
    eve = new Household(machine);
  }

  private List<String> tries(String script) throws IOException {
    Path file = machine.home().resolve("tries.py");
    Files.writeString(file, PRELUDE + script);
    return machine
        .command("python3", file.toString(), eve.socket().toString(), eve.name())
        .run()
        .ok()
        .lines();
  }

  private String ports() {
    return machine.run("ip", "-o", "link", "show", "master", "br0").ok().text();
  }

  @Test
  void onlyOnesOwnNamespaceIsJoinedAndOnlyByWellFormedRequests() throws IOException {
    eve.broker("USER veth br0 5", "nobody veth br0 5");
    List<String> said = tries(TRIES);
    for (String line : said) {
      String[] words = line.split(" ", 2);
      String expected =
          switch (words[0]) {
            case "here", "root", "other", "nested" -> "no NOT_YOURS";
            case "unlisted" -> "no QUOTA";
            case "good" -> "ok ";
            case "again" -> "no UNFIT";
            default -> "no MALFORMED";
          };
      // who sends more than is read is cut off
      boolean cut = words[0].equals("huge") || words[0].equals("lines");
      assertTrue(words[1].equals(expected) || cut && words[1].equals("closed"), line);
    }
    assertEquals(28, said.size());
    assertTrue(ports().lines().count() <= 1, ports());
  }

  @Test
  void whoIsInAContainerGetsNothing() throws IOException {
    eve.broker("USER veth br0 5");
    List<String> said =
        tries(
            """
            own = namespace(eve, 'unshare', '-Urn')
            become(eve)
            mine = net(own)
            realm = os.open('/proc/%d/ns/user' % own.pid, os.O_RDONLY)
            import ctypes
            assert ctypes.CDLL(None).setns(realm, 0x10000000) == 0
            print(join(mine))
            """);
    assertEquals(List.of("no NOT_YOURS"), said);
    assertEquals("", ports());
  }

  @Test
  void requestsAtOnceGetNoMoreThanTheQuota() throws IOException {
    eve.broker("USER veth br0 3");
    List<String> said =
        tries(
            """
            owns = [namespace(eve, 'unshare', '-Urn') for _ in range(12)]
            fds = [net(one) for one in owns]
            become(eve)
            answers = []
            def run(fd):
                for _ in range(3):
                    answers.append(join(fd, 'e%d' % len(answers)))
            threads = [threading.Thread(target=run, args=(fd,)) for fd in fds]
            [t.start() for t in threads]; [t.join() for t in threads]
            print(sum(a.startswith('ok ') for a in answers))
            """);
    assertEquals("3", said.getFirst());
    assertEquals(3, Files.readString(eve.accounts()).lines().count());
  }

  @Test
  void whoFloodsIsInNobodyElsesWay() throws IOException {
    eve.broker("USER veth br0 3", "nobody veth br0 1");
    List<String> said =
        tries(
            """
            fd = net(namespace(nobody, 'unshare', '-Urn'))
            reading, writing = os.pipe()
            if os.fork() == 0:
                become(eve)
                idle = [socket.socket(socket.AF_UNIX) for _ in range(200)]
                [one.connect(path) for one in idle]
                os.write(writing, b'x')
                time.sleep(4)
                os._exit(0)
            os.read(reading, 1)
            become(nobody)
            before = time.time()
            print(join(fd)[:3])
            print(time.time() - before < 2)
            """);
    assertEquals(List.of("ok ", "True"), said);
  }
}
