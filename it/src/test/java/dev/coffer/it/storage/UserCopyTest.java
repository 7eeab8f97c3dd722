package dev.coffer.it.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.it.Machine;
import dev.coffer.it.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Copies of an ordinary user's containers, whose files belong to subordinate ids. */
class UserCopyTest {
  @RegisterExtension final Machine machine = new Machine();

  @Test
  void copiesSnapshotsAndThrowAwayContainersWithoutRoot() throws IOException {
    Person person = new Person(machine);
    String a = machine.name("a");
    String b = machine.name("b");
    Path folder = person.home().resolve(".local/share/lxc");
    person.says("lxc-create -n " + a + " -t busybox").ok().complains("");
    person.says("lxc-start -n " + a).ok().complains("");
    person.says("lxc-attach -n " + a + " -- sh -c 'echo hello >/root/note'").ok();
    person.says("lxc-stop -k -n " + a).ok();
    person.says("lxc-copy -n " + a + " -N " + b).ok().complains("");
    assertEquals(
        Person.FIRST_ID, Files.getAttribute(folder.resolve(b + "/rootfs/etc/passwd"), "unix:uid"));
    assertEquals(b + "\n", Files.readString(folder.resolve(b + "/rootfs/etc/hostname")));
    person.says("lxc-start -n " + b).ok().complains("");
    person.says("lxc-attach -n " + b + " -- cat /root/note").ok().prints("hello\n");
    person.says("lxc-stop -k -n " + b + " && lxc-destroy -n " + b).ok().complains("");
    person.says("lxc-copy -s -n " + a + " -N " + b).ok().complains("");
    person.says("lxc-start -n " + b).ok().complains("");
    person
        .says("lxc-attach -n " + b + " -- sh -c 'cat /etc/hostname /root/note; rm /root/note'")
        .ok()
        .prints(b + "\nhello\n");
    person.says("lxc-stop -k -n " + b + " && lxc-destroy -n " + b).ok().complains("");
    person.says("coffer run " + a + " sh -c 'cat /root/note; exit 3'").exits(3).prints("hello\n");
    person.says("lxc-snapshot -n " + a).ok().complains("");
    String said = person.says("lxc-snapshot -n " + a + " -r snap0").exits(1).err();
    assertTrue(said.contains("restore to another name with -N"), said);
    person.says("lxc-snapshot -n " + a + " -r snap0 -N " + b).ok().complains("");
    person.says("lxc-start -n " + b).ok().complains("");
    person.says("lxc-attach -n " + b + " -- cat /root/note").ok().prints("hello\n");
    person.says("lxc-stop -k -n " + b + " && lxc-destroy -n " + b).ok().complains("");
    person.says("lxc-snapshot -n " + a + " -d ALL && lxc-destroy -n " + a).ok().complains("");
    assertFalse(Files.exists(folder.resolve(a)));
  }

  @Test
  void whatOnlyRootMayHaveIsRefused() throws IOException {
    Person person = new Person(machine);
    String a = machine.name("a");
    String said = person.says("lxc-create -n " + a + " -t busybox -B loop").exits(1).err();
    assertTrue(said.contains("only the host's root may make containers on loop"), said);
    person.says("lxc-create -n " + a + " -t busybox -B overlay").ok().complains("");
    person.says("lxc-start -n " + a).ok().complains("");
    person.says("lxc-attach -n " + a + " -- sh -c 'rm /etc/passwd'").ok();
    person.says("lxc-stop -k -n " + a + " && lxc-destroy -n " + a).ok().complains("");
    person.says("truncate -s 8M img && mkfs.ext4 -q -F img").ok();
    person.says("lxc-create -n " + a + " -t none").ok();
    said = person.says("lxc-start -F -n " + a + " -s lxc.rootfs.path=loop:$PWD/img").exits(1).err();
    assertTrue(said.contains("only the host's root may mount"), said);
  }
}
