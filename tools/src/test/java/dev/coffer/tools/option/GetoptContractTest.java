package dev.coffer.tools.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.tools.option.ArgumentReader.Order;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random command lines are read as getopt(1) reads them, which is getopt_long(3) behind a shell's
 * quotes.
 */
class GetoptContractTest {
  private static final Path GETOPT = Path.of("/usr/bin/getopt");
  private static final int LINES = 300;
  private static final List<Option> OPTIONS =
      List.of(
          Option.flag('a', "all", "x"),
          Option.flag('b', "alter", "x"),
          Option.value('c', "console", "X", "x"),
          Option.value("console-log", "X", "x"),
          Option.optional('e', "elevated", "X", "x"),
          Option.optional((char) 0, "nesting", "X", "x"),
          Option.flag("nokill", "x"));
  private static final OptionTable TABLE = new OptionTable(OPTIONS, OPTIONS);
  private static final String LETTERS = "abc:e::";
  private static final String NAMES = "all,alter,console:,console-log:,elevated::,nesting::,nokill";
  private static final String[] PIECES = {
    "-",
    "--",
    "a",
    "b",
    "c",
    "e",
    "=",
    "al",
    "all",
    "cons",
    "console",
    "-log",
    "n",
    "ne",
    "no",
    "x",
    "--al",
    "--alter",
    "--elev",
    "--nok",
    "-ab",
    "-e",
    "-c",
    "--console=",
    "--nest"
  };

  @Test
  void randomArgumentsAreReadAsGetoptReadsThem() throws Exception {
    assumeTrue(Files.isExecutable(GETOPT), "util-linux' getopt is not there");
    Random random = new Random(20_260_101);
    for (int i = 0; i < LINES; i++) {
      List<String> words = words(random);
      assertEquals(getopt(words), ours(words), () -> String.join(" ", words));
    }
  }

  private static List<String> words(Random random) {
    List<String> words = new ArrayList<>();
    for (int count = random.nextInt(5); count >= 0; count--) {
      StringBuilder word = new StringBuilder();
      for (int pieces = random.nextInt(3); pieces >= 0; pieces--) {
        word.append(PIECES[random.nextInt(PIECES.length)]);
      }
      words.add(word.toString());
    }
    return words;
  }

  /** The message, or options in their long forms where they have been given so, and operands. */
  private static String getopt(List<String> words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of(GETOPT.toString(), "-o", LETTERS, "-l", NAMES, "--"));
    command.addAll(words);
    Process process = new ProcessBuilder(command).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0
        ? longForms(out.strip())
        : err.lines().findFirst().orElseThrow().replaceFirst("^[^ ]*: ", "");
  }

  /** Letters replaced by names, since only getopt(1) keeps the two apart. */
  private static String longForms(String options) {
    String text = " " + options;
    int end = text.indexOf(" -- ") < 0 ? text.length() : text.indexOf(" -- ");
    String given = text.substring(0, end);
    for (Option option : OPTIONS) {
      given = given.replace(" -" + option.letter() + " ", " --" + option.name() + " ");
      given = given.replaceAll(" -" + option.letter() + "$", " --" + option.name());
    }
    return (given + text.substring(end)).strip();
  }

  private static String ours(List<String> words) {
    return switch (ArgumentReader.read(TABLE, Order.ANYWHERE, words)) {
      case Reading.Refusal refusal -> refusal.message();
      case Arguments arguments -> describe(arguments);
    };
  }

  private static String describe(Arguments arguments) {
    StringBuilder text = new StringBuilder();
    for (Arguments.Given given : arguments.options()) {
      text.append(" --").append(given.option().name());
      if (given.option().value() != Option.Value.NONE) {
        text.append(" '").append(given.value() == null ? "" : given.value()).append('\'');
      }
    }
    text.append(" --");
    arguments.operands().forEach(operand -> text.append(" '").append(operand).append('\''));
    return text.toString().strip();
  }
}
