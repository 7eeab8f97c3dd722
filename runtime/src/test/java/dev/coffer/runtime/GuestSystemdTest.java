package dev.coffer.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestSystemdTest {
  @TempDir Path root;

  private void library(String folder, String name) throws IOException {
    Files.createDirectories(root.resolve(folder));
    Files.createFile(root.resolve(folder).resolve(name));
  }

  private OptionalInt version() {
    return GuestSystemd.version(root.toString());
  }

  @Test
  void aRootWithoutSystemdHasNoVersion() throws IOException {
    assertEquals(OptionalInt.empty(), version());
    library("usr/lib/systemd", "libsystemd-shared.so");
    library("usr/lib/systemd", "libsystemd-core-262.so");
    assertEquals(OptionalInt.empty(), version());
  }

  @Test
  void theLibraryIsFoundWhereDistributionsHaveIt() throws IOException {
    library("lib/systemd", "libsystemd-shared-215.so");
    assertEquals(OptionalInt.of(215), version());
    library("usr/lib/systemd", "libsystemd-shared-256.7-1.fc41.so");
    assertEquals(OptionalInt.of(256), version());
  }

  @Test
  void debianHasItByArchitecture() throws IOException {
    library("usr/lib/aarch64-linux-gnu/systemd", "libsystemd-shared-262.so");
    assertEquals(OptionalInt.of(262), version());
  }

  @Test
  void linksAreFollowedInsideTheRootOnly() throws IOException {
    Path outside = Files.createDirectories(root.resolve("outside/usr/lib/systemd"));
    Files.createFile(outside.resolve("libsystemd-shared-262.so"));
    Path inner = Files.createDirectories(root.resolve("inner"));
    Files.createSymbolicLink(inner.resolve("usr"), root.resolve("outside/usr"));
    assertEquals(OptionalInt.empty(), GuestSystemd.version(inner.toString()));
    Files.createDirectories(inner.resolve("merged/systemd"));
    Files.createFile(inner.resolve("merged/systemd/libsystemd-shared-252.so"));
    Files.createSymbolicLink(inner.resolve("lib"), Path.of("/merged"));
    assertEquals(OptionalInt.of(252), GuestSystemd.version(inner.toString()));
  }
}
