package dev.coffer.image.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.coffer.image.archive.EntryRule.Outcome;
import dev.coffer.image.archive.TarEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerRuleTest {
  private static Outcome of(String path) {
    return new LayerRule().apply(TarEntry.of(path, TarEntry.Kind.FILE, 0644));
  }

  @Test
  void aHiddenNameBecomesOverlayfsMark() {
    Outcome.Write written = assertInstanceOf(Outcome.Write.class, of("a/.wh.b"));
    assertEquals("a/b", written.entry().path());
    assertEquals(TarEntry.Kind.CHARACTER_DEVICE, written.entry().kind());
    assertEquals("b", assertInstanceOf(Outcome.Write.class, of(".wh.b")).entry().path());
  }

  @Test
  void anOpaqueDirectoryIsMarkedForBothKindsOfMounts() {
    Outcome.Mark mark = assertInstanceOf(Outcome.Mark.class, of("a/.wh..wh..opq"));
    assertEquals("a", mark.directory());
    assertEquals(List.of("trusted.overlay.opaque", "user.overlay.opaque"), mark.attributes());
  }

  @Test
  void otherMarksAreNoFilesAndOtherFilesAreNoMarks() {
    assertInstanceOf(Outcome.Skip.class, of("a/.wh..wh.plnk"));
    assertInstanceOf(Outcome.Skip.class, of("a/.wh."));
    assertEquals("a/.whb", assertInstanceOf(Outcome.Write.class, of("a/.whb")).entry().path());
  }
}
