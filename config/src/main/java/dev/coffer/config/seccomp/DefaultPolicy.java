package dev.coffer.config.seccomp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The policy that comes with Coffer, {@code coffer.seccomp = default}. */
public final class DefaultPolicy {
  private static final String FILE = "default.seccomp";

  /** Read once, when it is first asked for. */
  private static final class Text {
    static final String TEXT = read();
  }

  private DefaultPolicy() {}

  public static String text() {
    return Text.TEXT;
  }

  private static String read() {
    try (InputStream in = DefaultPolicy.class.getResourceAsStream(FILE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " is part of this program", e);
    }
  }
}
