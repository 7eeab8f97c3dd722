package dev.coffer.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkshopTest {
  @Test
  void thereIsNoNetworkUnlessOneIsConfigured() {
    assertEquals(
        List.of("lxc.net =", "lxc.net.0.type = empty", "lxc.net.0.flags = up", "lxc.tty.max = 1"),
        Workshop.lines("lxc.tty.max = 1"));
    assertEquals(List.of("lxc.net.0.type = none"), Workshop.lines("lxc.net.0.type = none"));
  }

  @Test
  void aDirectoryTellsWhoseItIs() {
    assertEquals(Optional.of(17L), Workshop.owner(Path.of("/tmp/coffer-junit-17-8123")));
    assertEquals(Optional.empty(), Workshop.owner(Path.of("/tmp/coffer-junit-17")));
    assertEquals(Optional.empty(), Workshop.owner(Path.of("/tmp/coffer-junit-x-1")));
  }
}
