package dev.coffer.tools.command;

import dev.coffer.image.Images;
import dev.coffer.image.server.ImageServer;
import dev.coffer.image.server.RemoteImage;
import dev.coffer.linux.Fd;
import dev.coffer.model.CofferException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Asks a person at a terminal which image is meant, as lxc-download does. */
final class ImageChoice {
  private static final String TEMPLATE = "download";
  private static final int LONGEST_LINE = 200;

  private final Session session;

  private ImageChoice(Session session) {
    this.session = session;
  }

  /**
   * The template's arguments, completed where it is the download template's and a person is there.
   */
  static List<String> complete(Session session, String template) {
    List<String> arguments = session.operands();
    boolean chosen =
        session.invocation().environment().containsKey("LXC_TEMPLATE_PATH") // a script of theirs
            || !template.equals(TEMPLATE)
            || has(arguments, "-d", "--dist") && has(arguments, "-r", "--release");
    if (chosen || !session.invocation().stdinIsTerminal()) {
      return arguments;
    }
    return new ImageChoice(session).ask(arguments);
  }

  private static boolean has(List<String> arguments, String letter, String word) {
    return arguments.stream()
        .anyMatch(
            given -> given.equals(letter) || given.equals(word) || given.startsWith(word + "="));
  }

  private List<String> ask(List<String> given) {
    Images images = Images.of(session.invocation().environment());
    List<RemoteImage> all = images.listed(server(given), Progress.of(session));
    session.out().print(ImageText.remote(all));
    List<String> arguments = new ArrayList<>(given);
    List<RemoteImage> left = all;
    left = ask(arguments, left, "Distribution", "--dist", RemoteImage::distribution);
    left = ask(arguments, left, "Release", "--release", RemoteImage::release);
    left = ask(arguments, left, "Architecture", "--arch", RemoteImage::architecture);
    ask(arguments, left, "Variant", "--variant", RemoteImage::variant);
    return arguments;
  }

  private static String server(List<String> given) {
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i).startsWith("--server=")) {
        return given.get(i).substring("--server=".length());
      }
      if (given.get(i).equals("--server") && i + 1 < given.size()) {
        return given.get(i + 1);
      }
    }
    return ImageServer.USUAL;
  }

  /** One question, which is not put where there is one answer only. */
  private List<RemoteImage> ask(
      List<String> arguments,
      List<RemoteImage> images,
      String question,
      String option,
      Function<RemoteImage, String> field) {
    List<String> answers = images.stream().map(field).distinct().toList();
    String answer = answers.size() == 1 ? answers.getFirst() : line(question, answers);
    arguments.add(option + "=" + answer);
    return images.stream().filter(image -> field.apply(image).equals(answer)).toList();
  }

  private String line(String question, List<String> answers) {
    while (true) {
      session.out().print("\n" + question + ": ");
      session.flush();
      String answer = read();
      if (answers.contains(answer)) {
        return answer;
      }
      session.out().print("It is one of " + String.join(", ", answers) + "\n");
    }
  }

  private String read() {
    Optional<Fd> input = session.invocation().caller().stream(0);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    byte[] one = new byte[1];
    while (input.isPresent() && input.get().read(one) > 0 && line.size() < LONGEST_LINE) {
      if (one[0] == '\n') {
        return line.toString(StandardCharsets.UTF_8).strip();
      }
      line.write(one[0]);
    }
    throw new CofferException("no image was chosen");
  }
}
