package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.NamespaceCommand;
import dev.coffer.model.IdMap;
import dev.coffer.model.Namespace;
import dev.coffer.runtime.CommandOrder.Identity;
import dev.coffer.tools.Console.Seen;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** lxc-usernsexec and lxc-unshare. */
class NamespaceToolsTest {
  private final Console console = new Console();

  private List<String> maps() {
    return console.commands.getLast().idMaps().stream().map(map -> map.value().describe()).toList();
  }

  @Test
  void withoutMapsTheCallersFirstRangesAreTaken() {
    assertEquals(Seen.printing(""), console.run("lxc-usernsexec"));
    assertEquals(List.of("/bin/sh"), console.commands.getLast().command());
    assertEquals(List.of("u 0 100000 65536", "g 0 100000 65536"), maps());
    console.run("lxc-usernsexec", "-s", "--", "id");
    assertEquals(
        List.of("u 0 100000 65536", "g 0 100000 65536", "u 65536 1000 1", "g 65536 1000 1"),
        maps());
  }

  @Test
  void mapsAreOfUsersGroupsOrBoth() {
    console.run("lxc-usernsexec", "-m", "b:0:1000:1", "-m", "u:1:100000:9", "--", "ls", "-l");
    assertEquals(List.of("u 0 1000 1", "g 0 1000 1", "u 1 100000 9"), maps());
    NamespaceCommand command = console.commands.getLast();
    assertEquals(List.of("ls", "-l"), command.command());
    assertEquals(Optional.of(Identity.ROOT), command.identity());
    assertEquals(Set.of(Namespace.USER, Namespace.MOUNT), command.namespaces());
  }

  @Test
  void mapsOfAnotherFormAreRefused() {
    for (String text : List.of("x:0:1:1", "u:0:1", "b:0:1:0", "b:0:-1:1", "b:a:1:1", "")) {
      assertEquals(1, console.run("lxc-usernsexec", "-m", text, "--", "id").code(), text);
    }
    assertTrue(console.commands.isEmpty());
  }

  @Test
  void rootMustBeMapped() {
    assertEquals(
        Seen.failing(
            "lxc-usernsexec: no group is mapped to 0\n"
                + "  hint  add -m g:0:HOST-ID:1, or -m b:0:HOST-ID:1 for both\n"),
        console.run("lxc-usernsexec", "-m", "u:0:1000:1", "--", "id"));
  }

  @Test
  void unshareTakesNamespacesAndWhatBelongsToThem() {
    assertEquals(
        Seen.printing(""),
        console.run(
            "lxc-unshare",
            "-s",
            "MOUNT|UTSNAME|NETWORK|USER",
            "-H",
            "h",
            "-i",
            "e0",
            "-i",
            "e1",
            "-u",
            "7",
            "-M",
            "-d",
            "--",
            "id"));
    NamespaceCommand command = console.commands.getLast();
    assertEquals(
        Set.of(Namespace.MOUNT, Namespace.UTS, Namespace.NET, Namespace.USER),
        command.namespaces());
    assertEquals(Optional.of("h"), command.hostname());
    assertEquals(List.of("e0", "e1"), command.interfaces());
    assertEquals(List.of(new IdMap(IdMap.Kind.USER, 7, 1000, 1).describe()), maps());
    assertTrue(command.remount());
    assertEquals(false, command.await());
  }

  @Test
  void unshareAsksForWhatItNeeds() {
    assertEquals(
        "lxc-unshare: A command to execute in the new namespace is required\n",
        console.run("lxc-unshare", "-s", "PID").err());
    assertEquals(
        "lxc-unshare: A namespace to execute command is required\n",
        console.run("lxc-unshare", "id").err());
    assertEquals(
        "lxc-unshare: -M needs -s MOUNT option\n",
        console.run("lxc-unshare", "-s", "PID", "-M", "id").err());
    assertEquals(
        "lxc-unshare: -H <hostname> needs -s UTSNAME option\n",
        console.run("lxc-unshare", "-s", "PID", "-H", "h", "id").err());
    assertEquals(
        "lxc-unshare: -i <interfacename> needs -s NETWORK option\n",
        console.run("lxc-unshare", "-s", "PID", "-i", "h", "id").err());
    assertEquals(1, console.run("lxc-unshare", "-s", "BAD", "id").code());
    assertTrue(console.commands.isEmpty());
  }
}
