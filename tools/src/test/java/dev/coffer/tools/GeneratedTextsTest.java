package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.tools.Console.Seen;
import dev.coffer.tools.command.LxcTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedTextsTest {
  @TempDir Path directory;

  @Test
  void everyToolHasAManualPageAndCompletion() throws IOException {
    GeneratedTexts.main(new String[] {directory.toString()});
    String completion = Files.readString(directory.resolve("bash-completion/coffer"));
    for (String tool : LxcTools.NAMES) {
      Path page = directory.resolve("man1/" + tool + ".1");
      assertTrue(Files.readString(page).startsWith(".TH "), tool);
      assertTrue(completion.contains(" " + tool + "\n"), tool);
    }
    String zsh = Files.readString(directory.resolve("zsh/_coffer"));
    for (String tool : LxcTools.NAMES) {
      assertTrue(zsh.contains("    '" + tool + "')\n"), tool);
      assertTrue(
          Files.readString(directory.resolve("fish/" + tool + ".fish")).contains(" -l name ")
              || !LxcTools.find(tool).orElseThrow().page().arguments().contains("NAME"),
          tool);
    }
    assertTrue(Files.readString(directory.resolve("fish/coffer.fish")).contains(" -a autostart "));
    assertTrue(Files.readString(directory.resolve("man1/coffer.1")).contains(".SS coffer start "));
    assertTrue(completion.contains("complete -o default -F _coffer coffer\n"));
  }

  @Test
  void cofferHelpPrintsTheSame() throws IOException {
    GeneratedTexts.write(directory);
    Console console = new Console();
    assertEquals(
        Seen.printing(Files.readString(directory.resolve("man1/lxc-ls.1"))),
        console.run("coffer", "help", "--man", "lxc-ls"));
    assertEquals(
        Seen.printing(Files.readString(directory.resolve("man1/coffer.1"))),
        console.run("coffer", "help", "--man"));
    assertEquals(
        Seen.printing(Files.readString(directory.resolve("bash-completion/coffer"))),
        console.run("coffer", "help", "--completion"));
  }
}
