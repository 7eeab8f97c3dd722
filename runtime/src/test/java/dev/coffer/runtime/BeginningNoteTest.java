package dev.coffer.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BeginningNoteTest {
  @Test
  void aNoteWithoutItGivesAPlainBeginning() {
    assertEquals(Beginning.UNKNOWN, BeginningNote.decode(Map.of("name", "c1")));
    assertEquals(Map.of(), BeginningNote.environment(Map.of("name", "c1")));
  }

  @Test
  void variablesAreSeparatedByTheOnlyByteTheyCannotHold() {
    Map<String, String> memo =
        Map.of("cwd", "/srv/a b", "environment", "A=1=2\n3\0B=\0=C=d\0" + "no variable");
    assertEquals(Map.of("A", "1=2\n3", "B", "", "=C", "d"), BeginningNote.environment(memo));
    assertEquals(
        new Beginning(Path.of("/srv/a b"), BeginningNote.environment(memo)),
        BeginningNote.decode(memo));
  }

  @Test
  void theNoteKeepsAnyValue(@TempDir Path folder) throws IOException {
    RunDirectory directory = RunDirectory.of(folder, Path.of("/lxc"), "c1");
    Files.createDirectories(directory.path());
    Map<String, String> memo = Map.of("environment", "A=\\n\n\\\0B=config:\nundo x");
    directory.note(memo, List.of(), "lxc.uts.name = c1\n");
    assertEquals(memo, directory.read().memo());
    assertEquals("lxc.uts.name = c1\n", directory.read().config());
  }
}
