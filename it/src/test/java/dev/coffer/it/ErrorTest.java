package dev.coffer.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What users read when a start fails, whole. */
class ErrorTest {
  @RegisterExtension final Machine machine = new Machine();
  private Containers containers;

  @BeforeEach
  void root() {
    containers = new Containers(machine);
  }

  /** STEP stands for the numbers of the step, CONFIG for the config's path. */
  private void fails(String expected, String... lines) {
    containers.define("c1", lines);
    Outcome start = machine.lxc("start", "c1", "-d").exits(1);
    String said = start.err().replaceAll("step  \\d+ of \\d+", "step  STEP");
    String whole =
        expected
            .replace("CONFIG", machine.container("c1").resolve("config").toString())
            .replace("NAME", machine.name("c1"))
            .lines()
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    new Outcome(start.argv(), start.exit(), start.out(), said, start.took())
        .complains(
            whole + "lxc-start: " + machine.name("c1") + ": The container failed to start\n");
  }

  @Test
  void aRootFileSystemThatIsMissing() {
    fails(
        """
        lxc-start: NAME: cannot mount root /no/such on /run/coffer-rootfs: No such file or directory (ENOENT)
          step  STEP  open_tree, in the container
          from  CONFIG:8  lxc.rootfs.path
          hint  the root file system /no/such does not exist
        """,
        "lxc.rootfs.path = dir:/no/such");
  }

  @Test
  void anInitThatIsMissing() {
    fails(
        """
        lxc-start: NAME: cannot execute /sbin/nope: No such file or directory (ENOENT)
          step  STEP  execve, in the container
          from  CONFIG:8  lxc.init.cmd
          hint  there is no /sbin/nope in the container, or its interpreter is missing there
        """,
        "lxc.init.cmd = /sbin/nope");
  }

  @Test
  void anInitThatIsNotExecutable() {
    fails(
        """
        lxc-start: NAME: cannot execute /etc/passwd: Permission denied (EACCES)
          step  STEP  execve, in the container
          from  CONFIG:8  lxc.init.cmd
          hint  make /etc/passwd executable, and its file system not noexec
        """,
        "lxc.init.cmd = /etc/passwd");
  }

  @Test
  void anInitWhoseInterpreterIsMissing() throws IOException {
    program("script", "#!/no/such/interpreter\n".getBytes());
    fails(
        """
        lxc-start: NAME: cannot execute /sbin/script: No such file or directory (ENOENT)
          step  STEP  execve, in the container
          from  CONFIG:8  lxc.init.cmd
          hint  there is no /sbin/script in the container, or its interpreter is missing there
        """,
        "lxc.init.cmd = /sbin/script");
  }

  @Test
  void anInitForAnotherArchitecture() throws IOException {
    byte[] program = Files.readAllBytes(containers.root().resolve("bin/busybox"));
    program[18] = 8; // e_machine of elf(5): MIPS, which no test machine is
    program[19] = 0;
    program("alien", program);
    fails(
        """
        lxc-start: NAME: cannot execute /sbin/alien: Exec format error (ENOEXEC)
          step  STEP  execve, in the container
          from  CONFIG:8  lxc.init.cmd
          hint  /sbin/alien is for another architecture, or a script without #!
        """,
        "lxc.init.cmd = /sbin/alien");
  }

  private void program(String name, byte[] content) throws IOException {
    Path file = Files.write(containers.root().resolve("sbin").resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void allMistakesOfAConfigAtOnce() {
    fails(
        """
        lxc-start: NAME: Failed to load config for NAME
          CONFIG:8  lxc.tty.max: "many" is not a number
          CONFIG:9  lxc.idmap: Invalid id mapping type: x (write u or g)
          CONFIG:10  lxc.rootfs.pth: Unsupported config key "lxc.rootfs.pth"; did you mean "lxc.rootfs.path"?
          CONFIG:11  lxc.cap.drop: Invalid capability specified: "sys_nope"
        """,
        "lxc.tty.max = many",
        "lxc.idmap = x 0 1 2",
        "lxc.rootfs.pth = x",
        "lxc.cap.drop = sys_nope");
  }

  @Test
  void aLimitThatTheKernelRefuses() {
    boolean old = Files.isDirectory(Path.of("/sys/fs/cgroup/pids"));
    String file = "/sys/fs/cgroup/" + (old ? "pids/" : "") + "lxc.payload.NAME";
    String key = "lxc.cgroup" + (old ? "" : "2") + ".pids.max";
    fails(
        """
        lxc-start: NAME: cannot set pids.max = lots in FILE: Invalid argument (EINVAL)
          step  STEP  write, on the host
          from  CONFIG:8  KEY
          hint  the kernel does not take the value "lots"
        """
            .replace("FILE", file)
            .replace("KEY", key),
        key + " = lots");
  }

  @Test
  void aMountWithoutASource() {
    fails(
        """
        lxc-start: NAME: cannot bind-mount /no/such on mnt: No such file or directory (ENOENT)
          step  STEP  open_tree, in the container
          from  CONFIG:8  lxc.mount.entry
          hint  /no/such does not exist; "optional" passes over it
        """,
        "lxc.mount.entry = /no/such mnt none bind 0 0");
  }

  @Test
  void aHookThatFailsWithWhatItSaid() {
    fails(
        """
        lxc-start: NAME: cannot run pre-start hook /bin/sh -c 'echo no disk; echo at all >&2; exit 3': exited with 3
          step  STEP  hook, by the keeper
          from  CONFIG:8  lxc.hook.pre-start
          said  no disk
          said  at all
          hint  run it by hand with the variables of lxc.container.conf(5), "CONTAINER HOOKS": /bin/sh -c 'echo no disk; echo at all >&2; exit 3'
        """,
        "lxc.hook.pre-start = /bin/sh -c 'echo no disk; echo at all >&2; exit 3'");
  }

  @Test
  void idMapsThatCannotBe() {
    fails(
        """
        lxc-start: NAME: cannot map ids u 0 200000 1000, u 500 300000 1000, g 0 200000 1000: Invalid argument (EINVAL)
          step  STEP  write, by the keeper
          from  CONFIG:8  lxc.idmap
          hint  ranges must not overlap, and the caller must be allowed to map them (subuid(5))
        """,
        "lxc.idmap = u 0 200000 1000",
        "lxc.idmap = u 500 300000 1000",
        "lxc.idmap = g 0 200000 1000");
    fails(
        """
        lxc-start: NAME: the first process would be user 0, which lxc.idmap does not map
          from  CONFIG:8  lxc.idmap
          hint  map it: lxc.idmap = u 0 …; or name a mapped one: lxc.init.uid
        """,
        "lxc.idmap = u 10 200000 1000",
        "lxc.idmap = g 10 200000 1000");
  }

  @Test
  void filesOfTheStartThatCannotBeOpened() {
    containers.define("c1");
    String start = "lxc-start: " + machine.name("c1") + ": ";
    String end = start + "The container failed to start\n";
    String hint = "  hint  make the directory /no/such first, or name another file\n";
    String why = " /no/such/file: No such file or directory (ENOENT)\n";
    machine
        .lxc("start", "c1", "-d", "-p", "/no/such/file")
        .exits(1)
        .complains(
            start + "cannot write the pid file" + why + "  from  option --pidfile\n" + hint + end);
    machine
        .lxc("start", "c1", "-d", "-L", "/no/such/file")
        .exits(1)
        .complains(
            start
                + "cannot open the console's log"
                + why
                + "  from  option --console-log\n"
                + hint
                + end);
    machine
        .lxc("start", "c1", "-d", "-c", "/no/such/file")
        .exits(1)
        .complains(
            start + "cannot open the console" + why + "  from  option --console\n" + hint + end);
    fails(
        """
        lxc-start: NAME: cannot read the fstab /no/such/fstab: it does not exist
          from  CONFIG:8  lxc.mount.fstab
          hint  lines of lxc.mount.entry do the same without a file
        """,
        "lxc.mount.fstab = /no/such/fstab");
  }

  @Test
  void aDiskThatIsFullLeavesNothingOfTheContainer() throws Exception {
    Path small = Files.createDirectory(machine.home().resolve("small"));
    machine.run("mount", "-t", "tmpfs", "-o", "size=512k", "none", small.toString()).ok();
    machine.afterwards(() -> machine.run("umount", small.toString()).ok());
    String name = machine.name("c2");
    Outcome create = machine.run("lxc-create", "-P", small.toString(), "-n", name, "-t", "busybox");
    create
        .exits(1)
        .complains(
            """
            lxc-create: NAME: Cannot make the built-in image
              cause  "/usr/bin/busybox" to "HOME/small/NAME/rootfs/bin/busybox": No space left on device (ENOSPC)
              hint  its file system is full: free some of it, or choose another by -P or --dir
            lxc-create: NAME: Failed to create container NAME
            """
                .replace("NAME", name)
                .replace("HOME", machine.home().toString()));
    try (var left = Files.list(small)) {
      org.junit.jupiter.api.Assertions.assertEquals(0, left.count());
    }
  }

  @Test
  void anOrdinaryUserIsToldThatThereAreNoIdsForHim() {
    containers.define("c1");
    Path run = machine.home().resolve("user");
    machine.run("install", "-d", "-m", "700", "-o", "65534", "-g", "65534", run.toString()).ok();
    String[] user = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
    String[] start = {
      machine.tool("lxc-start").toString(),
      "-P",
      machine.lxcpath().toString(),
      "-n",
      machine.name("c1"),
      "-d"
    };
    var command = new java.util.ArrayList<>(java.util.List.of(user));
    command.addAll(java.util.List.of(start));
    machine
        .command(command)
        .with("COFFER_RUN", run.toString())
        .with("COFFER_IDLE", "1")
        .run()
        .exits(1)
        .complains(
            """
            lxc-start: NAME: a container of an ordinary user needs an id map, and its configuration has none
              hint  /etc/subuid gives nobody no ids; as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 nobody
            lxc-start: NAME: The container failed to start
            """
                .replace("NAME", machine.name("c1")));
    var stop = new java.util.ArrayList<>(java.util.List.of(user));
    stop.addAll(java.util.List.of(machine.tool("coffer").toString(), "engine", "stop"));
    machine.command(stop).with("COFFER_RUN", run.toString()).run().ok();
  }
}
