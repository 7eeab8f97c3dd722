package dev.coffer.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import dev.coffer.storage.DirectoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestroyerTest {
  @TempDir Path temp;
  private Path directory;

  @BeforeEach
  void aContainer() throws IOException {
    directory = Files.createDirectories(temp.resolve("lxc/web"));
    Files.createDirectories(directory.resolve("rootfs/etc"));
    Files.createFile(directory.resolve("rootfs/etc/passwd"));
    Files.createFile(directory.resolve("config"));
  }

  @Test
  void nothingIsLeft() {
    destroy(directory.resolve("rootfs"), true, false);
    assertFalse(Files.exists(directory));
    assertTrue(Files.exists(temp.resolve("lxc")));
  }

  @Test
  void linksAreDeletedAndNotFollowed() throws IOException {
    Path precious = Files.createDirectories(temp.resolve("precious")).resolve("file");
    Files.createFile(precious);
    Files.createSymbolicLink(directory.resolve("rootfs/link"), precious.getParent());
    Files.createSymbolicLink(directory.resolve("link"), precious);
    destroy(directory.resolve("rootfs"), true, false);
    assertFalse(Files.exists(directory));
    assertTrue(Files.exists(precious));
  }

  @Test
  void aRootFileSystemElsewhereGoesToo() throws IOException {
    Path root = Files.createDirectories(temp.resolve("srv/web"));
    destroy(root, true, false);
    assertFalse(Files.exists(root));
    assertFalse(Files.exists(directory));
  }

  @Test
  void storageThatIsNotManagedStays() throws IOException {
    destroy(directory.resolve("rootfs"), false, false);
    assertTrue(Files.exists(directory.resolve("rootfs/etc/passwd")));
    assertFalse(Files.exists(directory.resolve("config")));
  }

  @Test
  void aContainerWithSnapshotsIsKeptUnlessAskedOtherwise() throws IOException {
    Files.createDirectories(directory.resolve("snaps/snap0"));
    CofferException e =
        assertThrows(
            CofferException.class, () -> destroy(directory.resolve("rootfs"), true, false));
    assertEquals("Destroying web failed: web has snapshots", e.getMessage());
    assertTrue(Files.exists(directory.resolve("rootfs/etc/passwd")));
    destroy(directory.resolve("rootfs"), true, true);
    assertFalse(Files.exists(directory));
  }

  @Test
  void aContainerWithClonesIsKept() throws IOException {
    Files.writeString(directory.resolve("lxc_snapshots"), "/var/lib/lxc\nclone\n");
    CofferException e =
        assertThrows(CofferException.class, () -> destroy(directory.resolve("rootfs"), true, true));
    assertEquals("Destroying web failed: web has clones", e.getMessage());
    Files.writeString(directory.resolve("lxc_snapshots"), "0");
    destroy(directory.resolve("rootfs"), true, false);
    assertFalse(Files.exists(directory));
  }

  @Test
  void destroyingACloneFreesItsOrigin() throws IOException {
    Path origin = Files.createDirectories(temp.resolve("lxc/origin"));
    Path clones = origin.resolve("lxc_snapshots");
    Path lxcPath = temp.resolve("lxc");
    Files.writeString(clones, "%1$s\nother\n%1$s\nweb\n".formatted(lxcPath));
    Files.writeString(directory.resolve("lxc_rdepends"), lxcPath + "\norigin\n");
    destroy(directory.resolve("rootfs"), true, false);
    assertEquals(lxcPath + "\nother\n", Files.readString(clones));
  }

  @Test
  void theLastCloneTakesTheListAlong() throws IOException {
    Path origin = Files.createDirectories(temp.resolve("lxc/origin"));
    Files.writeString(origin.resolve("lxc_snapshots"), temp.resolve("lxc") + "\nweb\n");
    Files.writeString(directory.resolve("lxc_rdepends"), temp.resolve("lxc") + "\norigin\n");
    destroy(directory.resolve("rootfs"), true, false);
    assertFalse(Files.exists(origin.resolve("lxc_snapshots")));
  }

  @Test
  void aMountBelowIsFoundInTheKernelsTable() {
    String table =
        """
        21 1 8:1 / / rw - ext4 /dev/sda1 rw
        22 21 8:1 / /srv/a\\040b/rootfs/mnt rw - ext4 /dev/sda1 rw
        23 21 8:1 / /srv/a\\040bc rw - ext4 /dev/sda1 rw
        """;
    assertEquals(
        List.of(Path.of("/srv/a b/rootfs/mnt")), MountPoints.below(Path.of("/srv/a b"), table));
  }

  private void destroy(Path storage, boolean managed, boolean withSnapshots) {
    Destroyer.destroy(
        new DestroyRequest(
            "web",
            temp.resolve("lxc"),
            Optional.of(new DirectoryStore(storage)),
            managed,
            withSnapshots));
  }
}
