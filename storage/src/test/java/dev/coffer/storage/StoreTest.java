package dev.coffer.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTest {
  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dir:/srv/a b",
        "btrfs:/srv/c",
        "loop:/srv/c/rootdev",
        "lvm:/dev/vg0/c1",
        "zfs:tank/lxc/c1",
        "overlay:/a:/b:/c/delta0"
      })
  void whatIsDescribedIsReadAgain(String description) {
    assertEquals(description, Store.parse(description).orElseThrow().describe());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lvm:/dev/sda", "lvm:/dev/vg/../x", "overlay:/a", "rbd:x", "nonsense"})
  void whatIsNotCoffersIsNoStore(String description) {
    assertEquals(Optional.empty(), Store.parse(description));
  }

  @Test
  void namesThatOtherProgramsWouldMisreadAreRefused() {
    assertThrows(CofferException.class, () -> new LvmStore("vg", "-rf", Optional.empty()));
    assertThrows(CofferException.class, () -> new ZfsStore("tank/a b"));
    assertThrows(CofferException.class, () -> new ZfsStore("tank"));
    assertThrows(CofferException.class, () -> new Format(1 << 20, "../mkfs"));
  }

  @Test
  void anOverlayOwnsOnlyItsUpperSide() throws Exception {
    Path lower = Files.createDirectories(temp.resolve("lower"));
    OverlayStore store = new OverlayStore(List.of(lower), temp.resolve("overlay/delta"));
    store.create(Format.USUAL);
    assertTrue(Files.isDirectory(temp.resolve("overlay/work")));
    store.remove();
    store.remove();
    assertTrue(Files.isDirectory(lower));
    assertTrue(Files.notExists(temp.resolve("overlay")));
  }

  @Test
  void aFileHasHolesAndAFileSystem() throws Exception {
    LoopStore store = new LoopStore(temp.resolve("rootdev"));
    store.create(new Format(64 << 20, "ext4"));
    assertEquals(64 << 20, Files.size(store.file()));
    Quota quota = store.quota().orElseThrow();
    assertTrue(quota.used() < quota.limit() / 2, quota.toString());
    assertThrows(CofferException.class, () -> store.create(Format.USUAL));
    store.remove();
    store.remove();
    assertTrue(Files.notExists(store.file()));
  }

  @Test
  void aMissingProgramIsNamedWithItsPackage() {
    CofferException e =
        assertThrows(
            CofferException.class,
            () -> new LoopStore(temp.resolve("x")).create(new Format(1 << 24, "nosuch")));
    assertTrue(e.getMessage().contains("there is no mkfs.nosuch"), e.getMessage());
  }
}
