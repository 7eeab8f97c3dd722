package dev.coffer.config.seccomp;

import dev.coffer.model.Seccomp;
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

  /** The rules for devices of a cgroup v2 are programs, which managers as the host's root load. */
  private static final Pattern PROGRAMS = Pattern.compile("^(bpf) errno 1$", Pattern.MULTILINE);

  private DefaultPolicy() {}

  public static String text() {
    return Text.TEXT;
  }

  /**
   * The text of one of Coffer's policies, with the calls that container managers inside need,
   * {@code coffer.nesting}.
   *
   * @param policy see {@link Seccomp#isOwn}
   */
  public static String text(String policy) {
    return switch (policy) {
      case Seccomp.DEFAULT_POLICY -> text();
      case Seccomp.NESTING_POLICY -> allowed(KEYRINGS, text());
      case Seccomp.ROOT_NESTING_POLICY -> allowed(PROGRAMS, allowed(KEYRINGS, text()));
      default -> throw new IllegalArgumentException(policy);
    };
  }

  private static String allowed(Pattern refused, String text) {
    return refused.matcher(text).replaceAll("$1");
  }

  private static String read() {
    try (InputStream in = DefaultPolicy.class.getResourceAsStream(FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " is part of this program", e);
    }
  }
}
