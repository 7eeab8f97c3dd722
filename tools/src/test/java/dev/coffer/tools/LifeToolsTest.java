package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.CreateOptions;
import dev.coffer.DestroyOptions;
import dev.coffer.StoreOptions;
import dev.coffer.model.CofferException;
import dev.coffer.tools.Console.Seen;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** lxc-create, lxc-destroy, lxc-wait, lxc-freeze, lxc-unfreeze and lxc-config. */
class LifeToolsTest {
  private final Console console = new Console();
  private final FakeContainer c1 = console.container("c1");
  private final FakeContainer fresh = console.container("fresh").undefined();

  @Test
  void aContainerIsMadeFromATemplateWithWhatFollows() {
    assertEquals(
        Seen.printing(""),
        console.run(
            "lxc-create",
            "-n",
            "fresh",
            "-t",
            "download",
            "-f",
            "cfg",
            "-B",
            "dir",
            "--dir=/srv/fresh",
            "--",
            "-d",
            "debian"));
    assertEquals(
        List.of(
            new CreateOptions(
                "download",
                Optional.of(Path.of("/home/user/cfg")),
                StoreOptions.DIRECTORY.at(Path.of("/srv/fresh")),
                List.of("-d", "debian"))),
        fresh.done);
  }

  @Test
  void lxcCreateAsksForATemplateAndCofferCreateTakesTheBuiltInImage() {
    assertEquals(
        Seen.failing(
            """
            lxc-create: fresh: A template must be specified
            lxc-create: fresh: Use "none" if you really want a container without a rootfs
            """),
        console.run("lxc-create", "fresh"));
    assertEquals(Seen.printing(""), console.run("coffer", "create", "fresh"));
    assertEquals(List.of(CreateOptions.of("busybox")), fresh.done);
  }

  @Test
  void createRefusesWhatLxcRefuses() {
    assertEquals("Container already exists", refusal("c1", "-t", "none"));
    assertEquals(
        "bad is not a valid backing storage type", refusal("fresh", "-tnone", "-B", "bad"));
    assertEquals("--dir should use absolute path", refusal("fresh", "-tnone", "--dir", "rel"));
    assertEquals(
        "Filesystem type and size are only valid with block devices",
        refusal("fresh", "-tnone", "--fssize", "1G"));
    assertEquals(
        "--lvname, --vgname and --thinpool are only valid with -B lvm",
        refusal("fresh", "-tnone", "--lvname", "x"));
    assertEquals(
        "--rbdname and --rbdpool are only valid with -B rbd",
        refusal("fresh", "-tnone", "--rbdpool", "x"));
    assertEquals("zfsroot is only valid with -B zfs", refusal("fresh", "-tnone", "--zfsroot", "x"));
    assertEquals(List.of(), fresh.done);
  }

  private String refusal(String name, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = name;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Seen seen = console.run("lxc-create", all);
    assertEquals(1, seen.code());
    return seen.err().replace("lxc-create: " + name + ": ", "").strip();
  }

  @Test
  void aFailedCreationTellsTheReasonAndThenThatItFailed() {
    fresh.failure = new CofferException("Template \"xx\" not found");
    assertEquals(
        Seen.failing(
            """
            lxc-create: fresh: Template "xx" not found
            lxc-create: fresh: Failed to create container fresh
            """),
        console.run("lxc-create", "-t", "xx", "fresh"));
  }

  @Test
  void aContainerIsDestroyedSilently() {
    assertEquals(Seen.printing(""), console.run("lxc-destroy", "c1"));
    assertEquals(Seen.printing(""), console.run("lxc-destroy", "-fs", "c1"));
    assertEquals(List.of(DestroyOptions.PLAIN, new DestroyOptions(true, true)), c1.done);
  }

  @Test
  void aRunningContainerIsNotDestroyedWithoutForceEvenQuietly() {
    c1.running(4);
    assertEquals(
        Seen.failing("lxc-destroy: c1: c1 is running\n"), console.run("lxc-destroy", "c1"));
    assertEquals(new Seen(1, "", ""), console.run("lxc-destroy", "-q", "c1"));
    assertEquals(List.of(), c1.done);
    assertEquals(
        Seen.failing("lxc-destroy: nope: Container is not defined\n"),
        console.run("lxc-destroy", "-f", "nope"));
  }

  @Test
  void waitingTakesStatesInCapitalsAndATimeLikeAtol() {
    assertEquals(Seen.printing(""), console.run("lxc-wait", "c1", "-s", "RUNNING|STOPPED"));
    console.run("lxc-wait", "c1", "-s", "STOPPED|", "-t", "0");
    console.run("lxc-wait", "c1", "-s", "STOPPED", "-t", "12x");
    console.run("lxc-wait", "c1", "-s", "STOPPED", "-t", "-5");
    assertEquals(
        List.of(
            "[STOPPED, RUNNING] forever", "[STOPPED] PT0S", "[STOPPED] PT12S", "[STOPPED] forever"),
        c1.done);
    assertEquals(
        Seen.failing("lxc-wait: c1: invalid state 'running'\n"),
        console.run("lxc-wait", "c1", "-s", "running"));
    assertEquals(Seen.printing(""), console.run("coffer", "wait", "c1", "-s", "running"));
  }

  @Test
  void waitingInVainIsASilentFailure() {
    c1.reached = false;
    assertEquals(new Seen(1, "", ""), console.run("lxc-wait", "c1", "-s", "RUNNING", "-t", "0"));
  }

  @Test
  void waitingNeedsAState() {
    assertEquals(
        Seen.failing(
            "lxc-wait: no state to wait for; give one with -s\n"
                + "lxc-wait: could not parse command line\n"),
        console.run("lxc-wait", "c1"));
  }

  @Test
  void freezingIsSilentWhereItRuns() {
    c1.running(4);
    assertEquals(Seen.printing(""), console.run("lxc-freeze", "c1"));
    assertEquals(Seen.printing(""), console.run("lxc-unfreeze", "c1"));
    assertEquals(List.of("freeze", "unfreeze"), c1.done);
  }

  @Test
  void freezingAStoppedContainerFailsAndUnfreezingItDoesNot() {
    assertEquals(
        Seen.failing("lxc-freeze: c1: Failed to freeze /lxc:c1\n  why  it is not running\n"),
        console.run("lxc-freeze", "c1"));
    assertEquals(Seen.printing(""), console.run("lxc-unfreeze", "c1"));
    assertEquals(
        Seen.failing("lxc-unfreeze: no: Failed to unfreeze /p:no\n  why  it is not running\n"),
        console.run("lxc-unfreeze", "-P", "/p/", "no"));
    assertEquals(List.of(), c1.done);
  }

  @Test
  void settingsAreShownByTheBeginningOfTheirNames() {
    assertEquals(
        Seen.printing(
            """
            lxc.default_config
            lxc.lxcpath
            lxc.bdev.lvm.vg
            lxc.bdev.lvm.thin_pool
            lxc.bdev.zfs.root
            lxc.cgroup.use
            lxc.cgroup.pattern
            """),
        console.run("lxc-config", "-l"));
    assertEquals(
        Seen.printing("/nonexistent/.local/share/lxc\n"), console.run("lxc-config", "lxc.lxc"));
    assertEquals(
        Seen.printing("/nonexistent/.config/lxc/default.conf\n"), console.run("lxc-config", "lxc"));
    assertEquals(
        Seen.printing("lxc.cgroup is not set.\n"), console.run("lxc-config", "lxc.cgroup"));
    assertEquals(
        new Seen(1, "Unknown configuration item: x\n", ""), console.run("lxc-config", "x"));
    assertEquals(
        Seen.printing(
            """
            Usage: lxc-config -l: list all available configuration items
                   lxc-config item: print configuration item
            """),
        console.run("lxc-config"));
  }

  @Test
  void cofferConfigShowsEverything() {
    assertEquals(
        Seen.printing(
            """
            lxc.default_config = /nonexistent/.config/lxc/default.conf
            lxc.lxcpath = /nonexistent/.local/share/lxc
            lxc.bdev.lvm.vg = lxc
            lxc.bdev.lvm.thin_pool = lxc
            lxc.bdev.zfs.root = lxc
            lxc.cgroup.use =\s
            lxc.cgroup.pattern =\s
            """),
        console.run("coffer", "config"));
  }
}
