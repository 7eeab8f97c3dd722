package dev.coffer.tools;

import dev.coffer.tools.command.HelpTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes the files that packaging takes from the option tables: {@code man1/TOOL.1} for every tool
 * and completion for each shell, as {@code bash-completion/coffer}, {@code zsh/_coffer} and {@code
 * fish/TOOL.fish}.
 */
public final class GeneratedTexts {
  private GeneratedTexts() {}

  /**
   * @param arguments the directory to write to
   */
  public static void main(String[] arguments) throws IOException {
    write(Path.of(arguments[0]));
  }

  static void write(Path directory) throws IOException {
    Path manuals = Files.createDirectories(directory.resolve("man1"));
    for (Map.Entry<String, String> page : HelpTool.manualPages().entrySet()) {
      Files.writeString(manuals.resolve(page.getKey() + ".1"), page.getValue());
    }
    Path completion = Files.createDirectories(directory.resolve("bash-completion"));
    Files.writeString(completion.resolve("coffer"), HelpTool.completion("bash").orElseThrow());
    Path zsh = Files.createDirectories(directory.resolve("zsh"));
    Files.writeString(zsh.resolve("_coffer"), HelpTool.completion("zsh").orElseThrow());
    Path fish = Files.createDirectories(directory.resolve("fish"));
    for (Map.Entry<String, String> page : HelpTool.fishFiles().entrySet()) {
      Files.writeString(fish.resolve(page.getKey() + ".fish"), page.getValue());
    }
  }
}
