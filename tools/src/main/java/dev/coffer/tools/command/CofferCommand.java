package dev.coffer.tools.command;

import dev.coffer.tools.CofferFactory;
import dev.coffer.tools.Invocation;
import dev.coffer.tools.Version;
import dev.coffer.tools.text.Guess;
import dev.coffer.tools.text.Paint;
import dev.coffer.tools.text.Paint.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code coffer}: finds the verb and lets it run. */
public final class CofferCommand {
  public static final String PROGRAM = "coffer";
  private static final int WORD_WIDTH = 12;

  private CofferCommand() {}

  public static int run(Invocation invocation, CofferFactory factory) {
    List<String> words = invocation.arguments();
    if (words.isEmpty()) {
      return overview(invocation);
    }
    String first = words.getFirst();
    return switch (first) {
      case "-h", "-?", "--help" -> overview(invocation);
      case "--version" -> {
        invocation.out().println(Version.COFFER);
        yield Runner.OK;
      }
      default ->
          Verb.find(first)
              .map(verb -> run(verb, invocation, factory))
              .orElseGet(() -> unknown(invocation, first));
    };
  }

  private static int run(Verb verb, Invocation invocation, CofferFactory factory) {
    List<String> words = invocation.arguments();
    return new Runner(Face.COFFER, verb.tool(), verb.page(), invocation, factory)
        .run(words.subList(1, words.size()));
  }

  static int unknown(Invocation invocation, String word) {
    List<String> known = new ArrayList<>();
    for (Verb verb : Verb.values()) {
      known.add(verb.word);
      known.addAll(verb.synonyms());
    }
    boolean option = word.startsWith("-");
    StringBuilder text = new StringBuilder();
    text.append(PROGRAM).append(option ? ": unknown option '" : ": unknown command '");
    text.append(word).append("'\n");
    Optional<String> guess = option ? Optional.empty() : Guess.of(word, known);
    guess.ifPresent(near -> text.append("  did you mean '").append(near).append("'?\n"));
    text.append("  'coffer help' lists the commands\n");
    invocation.err().print(text.toString());
    return Runner.FAILED;
  }

  /** All verbs under their headings, and how to begin. */
  static int overview(Invocation invocation) {
    Paint paint = Paint.of(invocation.stdoutIsTerminal(), invocation.environment());
    StringBuilder out = new StringBuilder(2048);
    out.append("Coffer runs Linux containers.\n\nUsage: coffer COMMAND [ARGUMENT…]\n");
    for (Verb.Group group : Verb.Group.values()) {
      out.append('\n').append(paint.paint(Tone.STRONG, group.title)).append('\n');
      for (Verb verb : Verb.values()) {
        if (verb.group == group) {
          out.append("  ").append(verb.word).repeat(' ', WORD_WIDTH - verb.word.length());
          out.append(verb.summary).append('\n');
        }
      }
    }
    out.append('\n').append(paint.paint(Tone.STRONG, "To begin")).append('\n');
    out.append("  coffer create web       make a container\n");
    out.append("  coffer start web        start it\n");
    out.append("  coffer shell web        go in\n");
    out.append("  coffer stop web         stop it\n");
    out.append(
        "\n'coffer help COMMAND' explains one of them. The tools of LXC are here too, under\n");
    out.append("their own names: lxc-create, lxc-start, lxc-ls and so on.\n");
    invocation.out().print(out.toString());
    return Runner.OK;
  }
}
