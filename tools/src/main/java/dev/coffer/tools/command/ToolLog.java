package dev.coffer.tools.command;

import dev.coffer.tools.Output;
import dev.coffer.tools.text.TerminalText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a tool has to say besides its output: errors on standard error, and, where {@code -o} or
 * {@code -l} asks for it, lines in LXC's form in a file. Refuses to be the reason why a tool fails:
 * a log file that cannot be written is told once and then done without.
 */
public final class ToolLog {
  /** LXC's levels, least important first. */
  public enum Level {
    TRACE,
    DEBUG,
    INFO,
    NOTICE,
    WARN,
    ERROR,
    CRIT,
    ALERT,
    FATAL;

    /** The level of this name in any case; ERROR for any other word, as LXC takes it. */
    static Level parse(String name) {
      for (Level level : values()) {
        if (level.name().equals(name.toUpperCase(Locale.ROOT))) {
          return level;
        }
      }
      return ERROR;
    }
  }

  private static final int LEVEL_WIDTH = 8;

  private final String program;
  private final String name;
  private final Level least;
  private final boolean quiet;
  private final Output err;
  private final Clock clock;
  private Path file;

  /**
   * @param file null for none
   */
  ToolLog(
      String program, String name, Level least, boolean quiet, Path file, Output err, Clock clock) {
    this.program = program;
    this.name = name;
    this.least = least;
    this.quiet = quiet;
    this.file = file;
    this.err = err;
    this.clock = clock;
  }

  public void error(String message) {
    error(message, List.of());
  }

  /** An error with further lines, which are indented below it. */
  public void error(String message, List<String> details) {
    write(Level.ERROR, message);
    for (String detail : details) {
      write(Level.ERROR, detail);
    }
    if (quiet || least.compareTo(Level.ERROR) > 0) {
      return;
    }
    StringBuilder text = new StringBuilder(128).append(program).append(": ");
    if (!name.isEmpty()) {
      text.append(name).append(": ");
    }
    // they may quote what a container wrote, the output of a hook for instance
    text.append(TerminalText.of(message)).append('\n');
    for (String detail : details) {
      text.append("  ").append(TerminalText.of(detail).replace("\n", "\n  ")).append('\n');
    }
    err.print(text.toString());
  }

  /** A line for the log file only. */
  public void info(String message) {
    write(Level.INFO, message);
  }

  private void write(Level level, String message) {
    if (file == null || level.compareTo(least) < 0) {
      return;
    }
    byte[] line = format(level, message).getBytes(StandardCharsets.UTF_8);
    try (SeekableByteChannel channel = open(file)) {
      channel.write(ByteBuffer.wrap(line));
    } catch (IOException e) {
      Path lost = file;
      file = null;
      error("cannot write the log file \"" + lost + "\"", List.of("why  " + e));
    }
  }

  private static SeekableByteChannel open(Path file) throws IOException {
    if (file.getParent() != null
        && !Files.isDirectory(file.getParent(), LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(file.getParent());
    }
    return Files.newByteChannel(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
  }

  /**
   * {@code PROGRAM NAME YYYYMMDDHHMMSS.mmm LEVEL category - FILE:FUNCTION:LINE - MESSAGE}, in UTC.
   */
  private String format(Level level, String message) {
    LocalDateTime now = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
    StringBuilder line = new StringBuilder(128);
    line.append(program).append(' ').append(name).append(name.isEmpty() ? "" : " ");
    padded(line, now.getYear(), 4);
    padded(line, now.getMonthValue(), 2);
    padded(line, now.getDayOfMonth(), 2);
    padded(line, now.getHour(), 2);
    padded(line, now.getMinute(), 2);
    padded(line, now.getSecond(), 2);
    line.append('.');
    padded(line, now.getNano() / 1_000_000, 3);
    line.append(' ').append(level.name()).repeat(' ', LEVEL_WIDTH - level.name().length() + 1);
    line.append(program.replace('-', '_').replace(' ', '_')).append(" - coffer:run:0 - ");
    return line.append(message.replace('\n', ' ')).append('\n').toString();
  }

  private static void padded(StringBuilder out, int value, int digits) {
    String text = Integer.toString(value);
    out.repeat('0', digits - text.length()).append(text);
  }
}
