package dev.coffer.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltInImageTest {
  @TempDir Path root;

  @Test
  void holdsABusyBoxWithInitAndShell() throws IOException {
    create(Owner.CALLER);
    for (String name : new String[] {"sbin/init", "bin/sh", "sbin/getty", "usr/bin/passwd"}) {
      assertTrue(Files.isSameFile(root.resolve("bin/busybox"), root.resolve(name)), name);
    }
    assertTrue(Files.isExecutable(root.resolve("etc/init.d/rcS")));
    assertEquals("web\n", Files.readString(root.resolve("etc/hostname")));
  }

  @Test
  void linksNeverLeadOutOfTheImage() throws IOException {
    create(Owner.CALLER);
    try (var all = Files.walk(root)) {
      for (Path link : all.filter(Files::isSymbolicLink).toList()) {
        Path target = link.getParent().resolve(Files.readSymbolicLink(link)).normalize();
        assertFalse(Files.readSymbolicLink(link).isAbsolute(), link.toString());
        assertTrue(target.startsWith(root), link.toString());
      }
    }
  }

  @Test
  void onlyRootMayReadTheShadowFileAndNothingIsSetuid() throws IOException {
    create(Owner.CALLER);
    assertEquals("rw-------", mode("etc/shadow"));
    assertEquals("rwx------", mode("root"));
    assertEquals(01777, (int) Files.getAttribute(root.resolve("tmp"), "unix:mode") & 07777);
    assertEquals(0755, (int) Files.getAttribute(root.resolve("bin/busybox"), "unix:mode") & 07777);
  }

  @Test
  void everythingBelongsToTheMappedRoot() throws IOException {
    assumeTrue(isRoot(), "needs root, to give files away");
    create(new Owner(100000, 200000));
    try (var all = Files.walk(root)) {
      for (Path path : all.toList()) {
        assertEquals(100000, Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS));
        assertEquals(200000, Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS));
      }
    }
  }

  @Test
  void aDirectoryThatHoldsSomethingIsNotTouched() throws IOException {
    Files.createFile(root.resolve("precious"));
    CofferException e = assertThrows(CofferException.class, () -> create(Owner.CALLER));
    assertEquals("Directory \"" + root + "\" is not empty", e.getMessage());
  }

  @Test
  void aBusyBoxWithLibrariesIsRefusedWithTheNameOfThePackage() {
    Path shell = Path.of("/bin/bash");
    assumeTrue(Files.exists(shell), "needs a dynamically linked program");
    CofferException e = assertThrows(CofferException.class, () -> BusyBox.probe(shell));
    assertEquals(
        "The built-in image needs a statically linked BusyBox; \"/bin/bash\" is not",
        e.getMessage());
    assertEquals("hint  install the package busybox-static", e.details().get(0));
  }

  private void create(Owner owner) {
    assumeTrue(Files.exists(Path.of("/bin/busybox")), "needs busybox-static");
    new BuiltInImage().create(root, "web", owner, Optional.empty());
  }

  private String mode(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(name)));
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
