package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.config.KeyRow;
import dev.coffer.config.LxcKeys;
import dev.coffer.tools.command.LxcTools;
import dev.coffer.tools.option.Option;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The tables in docs/ are those of the code. With {@code -Dcoffer.write.docs=true} they are written
 * anew.
 */
class DocumentsTest {
  private static final Path DOCS = Path.of("../docs");

  @Test
  void configurationMdListsTheKeysThatAreInEffect() throws IOException {
    part("configuration.md", "in effect", keys(row -> row.effect() == KeyRow.Effect.START));
  }

  @Test
  void configurationMdListsTheKeysThatOnlyToolsRead() throws IOException {
    part("configuration.md", "for tools", keys(row -> row.effect() == KeyRow.Effect.TOOLS));
  }

  @Test
  void configurationMdListsTheKeysThatAreKeptOnly() throws IOException {
    part("configuration.md", "kept", keys(row -> row.effect() == KeyRow.Effect.LATER));
  }

  @Test
  void configurationMdListsTheFormerNames() throws IOException {
    StringBuilder text = new StringBuilder("| former name | now |\n|---|---|\n");
    for (KeyRow row : LxcKeys.table()) {
      for (String former : row.formerNames()) {
        text.append("| `" + former + "` | `" + row.name() + "` |\n");
      }
    }
    part("configuration.md", "former names", text.toString());
  }

  @Test
  void lxcMdListsTheOptionsOfEveryTool() throws IOException {
    StringBuilder text = new StringBuilder("| tool | options of its own |\n|---|---|\n");
    for (String name : LxcTools.NAMES) {
      List<Option> own = LxcTools.find(name).orElseThrow().page().options().own();
      text.append("| `" + name + "` | ").append(options(own)).append(" |\n");
    }
    part("lxc.md", "options", text.toString());
  }

  private static String options(List<Option> own) {
    return own.isEmpty()
        ? "none"
        : own.stream().map(DocumentsTest::option).collect(Collectors.joining(", "));
  }

  private static String option(Option option) {
    String letter = option.showsLetter() ? "-" + option.letter() + " " : "";
    String ours = option.origin() == Option.Origin.COFFER ? "*" : "";
    return "`" + letter + option.longForm() + "`" + ours;
  }

  private static String keys(Predicate<KeyRow> wanted) {
    StringBuilder text = new StringBuilder("| key | meaning | example |\n|---|---|---|\n");
    for (KeyRow row : LxcKeys.table()) {
      if (wanted.test(row)) {
        String since = row.since().isEmpty() ? "" : " (since LXC " + row.since() + ")";
        text.append(
            "| `%s` | %s%s | `%s` |\n"
                .formatted(row.name(), cell(row.description()), since, cell(row.example())));
      }
    }
    return text.toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  /** Compares, or writes, what stands between the marks of a part. */
  private static void part(String page, String name, String expected) throws IOException {
    Path file = DOCS.resolve(page);
    String text = Files.readString(file);
    String begin = "<!-- generated: " + name + " -->\n";
    int from = text.indexOf(begin) + begin.length();
    int to = text.indexOf("<!-- end -->", from);
    if (Boolean.getBoolean("coffer.write.docs")) {
      Files.writeString(file, text.substring(0, from) + expected + text.substring(to));
    } else {
      assertEquals(expected, text.substring(from, to), file + ", part " + name);
    }
  }
}
