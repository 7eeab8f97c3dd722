package dev.coffer.config.seccomp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** The policy that comes with Coffer, {@code coffer.seccomp = default}. */
public final class DefaultPolicy {
  private static final String FILE = "default.seccomp";

  /** Read once, when it is first asked for. */
  private static final class Text {
    static final String TEXT = read();
  }

  /** A container manager gives every container a keyring of its own, keyrings(7). */
  private static final Pattern KEYRINGS =
      Pattern.compile("^(add_key|keyctl|request_key) errno 1$", Pattern.MULTILINE);

  private DefaultPolicy() {}

  public static String text() {
    return Text.TEXT;
  }

  /** With the calls that container managers inside need, {@code coffer.nesting}. */
  public static String nestingText() {
    return KEYRINGS.matcher(Text.TEXT).replaceAll("$1");
  }

  private static String read() {
    try (InputStream in = DefaultPolicy.class.getResourceAsStream(FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " is part of this program", e);
    }
  }
}
