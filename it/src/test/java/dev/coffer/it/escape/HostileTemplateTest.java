package dev.coffer.it.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** Templates that lay traps for whoever creates, starts and deletes what they made. */
class HostileTemplateTest {
  private static final Duration SOON = Duration.ofSeconds(15);

  @RegisterExtension final Machine machine = new Machine();

  /** A template that ends with these lines; {@code $path} and {@code $rootfs} are known to it. */
  private Path template(String... lines) {
    Path file = machine.home().resolve("template");
    String options =
        """
        #!/bin/sh
        for word; do
          case $word in
            --path=*) path=${word#*=} ;;
            --rootfs=*) rootfs=${word#*=} ;;
          esac
        done
        mkdir -p $rootfs/bin $rootfs/etc $rootfs/dev $rootfs/proc $rootfs/sys
        cp /bin/busybox $rootfs/bin/busybox
        """;
    Target.write(file, options + String.join("\n", lines) + "\n");
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }

  private Outcome create(Path template) {
    return machine.lxcCommand("create", "c1", "-t", template.toString()).within(SOON).run();
  }

  private void recordLxc(String attack, Path template, Target.Treasure treasure) {
    if (!Target.hasLxc()) {
      return;
    }
    String name = machine.name("c1");
    String folder = machine.lxcpath().toString();
    machine.run("/usr/bin/lxc-create", "-P", folder, "-n", name, "-t", template.toString()).exit();
    Target.recordLxc(attack, !treasure.isWhole());
    treasure.restore();
    machine.run("rm", "-rf", machine.container("c1").toString()).ok();
  }

  /** Proves that nothing is read from or written to where a link leads that it left as config. */
  @Test
  void aConfigurationReplacedByALinkIsRefused() {
    Target.Treasure treasure = new Target.Treasure(machine);
    Path template = template("ln -sf " + treasure.file + " $path/config");
    Outcome outcome = create(template).exits(1);
    assertTrue(outcome.err().contains("is no regular file any more"), outcome.err());
    treasure.assertWhole("create");
    assertFalse(Files.exists(machine.container("c1")));
    recordLxc("a config that the template replaced by a link", template, treasure);
  }

  /** Proves the same for a pipe, which nobody writes to, and for an endless file. */
  @Test
  void aConfigurationThatNeverEndsIsRefused() {
    for (String line :
        List.of(
            "rm $path/config; mkfifo $path/config",
            "rm $path/config; mknod $path/config c 1 5",
            "truncate -s 1T $path/config")) {
      create(template(line)).exits(1);
      assertFalse(Files.exists(machine.container("c1")), line);
    }
  }

  /**
   * Proves that no link in the new root, at a place where a name or an id is usually written, leads
   * creation, start, a device, attaching or deletion to the host.
   */
  @Test
  void linksInTheNewRootLeadNowhere() {
    Target.Treasure treasure = new Target.Treasure(machine);
    String links =
        "for f in hostname hosts machine-id mtab resolv.conf fstab passwd; do"
            + " ln -s %1$s $rootfs/etc/$f; done;"
            + " ln -s %1$s $path/config.new; ln -s %1$s $path/fstab; ln -s %2$s $rootfs/run;"
            + " ln -s %2$s $rootfs/var; rmdir $rootfs/dev; ln -s %2$s $rootfs/dev";
    Path template = template(links.formatted(treasure.file, treasure.directory));
    create(template).ok();
    treasure.assertWhole("create");
    machine.lxc("start", "c1", "-s", "lxc.init.cmd=/bin/busybox sleep 99");
    treasure.assertWhole("start");
    machine.lxc("attach", "c1", "--", "/bin/busybox", "true");
    machine.lxc("device", "c1", "add", "/dev/zero", "/run/x");
    machine.lxc("stop", "c1", "-k");
    treasure.assertWhole("attach and device");
    machine.lxc("destroy", "c1").ok();
    treasure.assertWhole("destroy");
    recordLxc("links in the root of a template", template, treasure);
  }

  /** Proves that endless output is nobody's but the caller's, and that an interrupt ends it. */
  @Test
  void endlessOutputEndsWithAnInterrupt() {
    machine.run("coffer", "list").ok();
    long engine = machine.engine();
    Path template = template("cat /dev/zero");
    Command.Running create =
        machine
            .command(
                "sh",
                "-c",
                "timeout -s INT 3 lxc-create -P %s -n %s -t %s | head -c 200000000 | wc -c"
                    .formatted(machine.lxcpath(), machine.name("c1"), template))
            .start();
    machine.lxcCommand("ls", "c1").within(SOON).run();
    create.await(SOON);
    assertEquals(engine, machine.engine());
    Machine.await("the clean-up", SOON, () -> !Files.exists(machine.container("c1")));
  }
}
