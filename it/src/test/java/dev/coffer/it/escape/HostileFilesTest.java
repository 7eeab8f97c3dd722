package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Root file systems and folders of containers that lie in wait for who deletes or creates. */
class HostileFilesTest {
  @RegisterExtension final Machine machine = new Machine();

  /**
   * Proves that deleting a container deletes nothing else: links are not followed, no depth and no
   * name is too much.
   */
  @Test
  void deletingStaysInside() throws Exception {
    Target.Treasure treasure = new Target.Treasure(machine);
    Target target = new Target(machine, "c1");
    Path root = target.rootfs();
    Files.createSymbolicLink(root.resolve("to-directory"), treasure.directory);
    Files.createSymbolicLink(root.resolve("to-file"), treasure.file);
    Files.createSymbolicLink(root.resolve("up"), Path.of("../../../treasure"));
    Files.createDirectory(root.resolve("bad\n\u001b]0;name\u0007"));
    machine.run("mkfifo", root.resolve("pipe").toString()).ok();
    machine
        .command(Target.program(machine).toString(), "deep", "1500")
        .in(Files.createDirectory(root.resolve("deep")))
        .run()
        .ok();
    machine.lxc("destroy", "c1").ok();
    assertFalse(Files.exists(machine.container("c1")));
    treasure.assertWhole("destroy");
  }

  /** Proves that it stays inside while directories are swapped for links. */
  @Test
  void deletingStaysInsideWhileNamesAreSwapped() throws Exception {
    Target.Treasure treasure = new Target.Treasure(machine);
    Path bait = treasure.directory.resolve("bait");
    for (int round = 0; round < 8; round++) {
      Target target = new Target(machine, "c" + round);
      Path swapped = Files.createDirectory(target.rootfs().resolve("aaa"));
      Path link = target.rootfs().resolve("aab");
      for (int i = 0; i < 300; i++) {
        Files.createDirectory(swapped.resolve("d" + i));
      }
      Files.createSymbolicLink(link, treasure.directory);
      Command.Running racer =
          machine
              .command(
                  Target.program(machine).toString(),
                  "exchange",
                  swapped.toString(),
                  link.toString(),
                  "0.4")
              .start();
      machine.lxc("destroy", "c" + round);
      treasure.assertWhole("destroy in round " + round);
      racer.await(Duration.ofSeconds(10));
      machine.lxc("destroy", "c" + round);
    }
    assertFalse(Files.exists(bait));
  }

  /** Proves that a file that cannot be deleted is named, with its control characters shown. */
  @Test
  void whatCannotBeDeletedIsNamedHarmlessly() throws Exception {
    Target target = new Target(machine, "c1");
    Path stubborn = target.rootfs().resolve("x\u001b[6n");
    Target.write(stubborn, "");
    Outcome chattr = machine.run("chattr", "+i", stubborn.toString());
    org.junit.jupiter.api.Assumptions.assumeTrue(chattr.exit() == 0, "needs immutable files");
    try {
      Outcome outcome = machine.lxc("destroy", "c1").exits(1);
      assertFalse(outcome.err().contains("\u001b"), outcome.err());
      assertTrue(outcome.err().contains("x^[[6n"), outcome.err());
    } finally {
      machine.run("chattr", "-i", stubborn.toString()).ok();
    }
    machine.lxc("destroy", "c1").ok();
  }

  /** Proves that a container's folder, or root, that is a link is not emptied through it. */
  @Test
  void foldersThatAreLinksAreNotEmptied() throws Exception {
    Target.Treasure treasure = new Target.Treasure(machine);
    Target target = new Target(machine, "c1");
    machine.run("rm", "-rf", target.rootfs().toString()).ok();
    Files.createSymbolicLink(target.rootfs(), treasure.directory);
    machine.lxc("destroy", "c1");
    treasure.assertWhole("destroy of a root that is a link");
    machine.run("rm", "-rf", machine.container("c1").toString()).ok();

    Path other = Files.createDirectory(machine.home().resolve("other"));
    Target.write(other.resolve("config"), "lxc.uts.name = x\nlxc.rootfs.path = dir:/nonexistent\n");
    Target.write(other.resolve("kept"), "");
    Files.createSymbolicLink(machine.container("c2"), other);
    Outcome outcome = machine.lxc("destroy", "c2");
    assertTrue(Files.exists(other.resolve("kept")), outcome.toString());
    Files.deleteIfExists(machine.container("c2"));
  }

  /** Proves that nothing is created through a link in the folder of containers. */
  @Test
  void nothingIsCreatedThroughLinks() throws Exception {
    Target.Treasure treasure = new Target.Treasure(machine);
    Path missing = machine.home().resolve("nothing-yet");
    for (Path where : List.of(treasure.directory, missing)) {
      Path link = Files.createSymbolicLink(machine.container("c1"), where);
      machine.run("chown", "-h", "65534:65534", link.toString()).ok();
      Outcome outcome = machine.create("c1").exits(1);
      assertTrue(outcome.err().contains("belongs to another user"), outcome.err());
      treasure.assertWhole("create of a link");
      Files.delete(link);
    }
    assertFalse(Files.exists(missing));
  }

  /**
   * Proves that the note of an interrupted creation, in the folder of another user, does not make
   * root delete what it names.
   */
  @Test
  void aForgedNoteOfACreationDeletesNothing() throws Exception {
    Target.Treasure treasure = new Target.Treasure(machine);
    for (String tool : List.of("create", "destroy")) {
      Path folder = Files.createDirectories(machine.container("c1"));
      Target.write(folder.resolve("partial"), treasure.directory + "\n");
      machine.run("chown", "-R", "65534:65534", folder.toString()).ok();
      machine.lxc(
          tool, "c1", tool.equals("create") ? new String[] {"-t", "busybox"} : new String[0]);
      treasure.assertWhole(tool);
      machine.run("rm", "-rf", folder.toString()).ok();
    }
  }

  /** Proves that set-user-ID programs of a container are not within reach of the host's users. */
  @Test
  void programsOfAContainerAreOutOfReachForUsersOfTheHost() {
    Target target = new Target(machine, "c1");
    Path program = target.rootfs().resolve("attack");
    machine.run("chmod", "4755", program.toString()).ok();
    for (boolean mapped : new boolean[] {false, true}) {
      if (mapped) {
        target.mapped().started().stopped();
        machine.run("chmod", "4755", program.toString()).ok();
      }
      Outcome outcome =
          machine.run(
              "setpriv",
              "--reuid",
              "65534",
              "--regid",
              "65534",
              "--clear-groups",
              "sh", // setpriv itself still has its capabilities when it executes
              "-c",
              "exec " + program + " read /etc/shadow");
      assertTrue(outcome.exit() > 2, outcome.toString());
    }
  }
}
