package dev.coffer.config;

import dev.coffer.model.MountEntry;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A line of fstab(5) with the options that LXC adds, in lxc.mount.entry and lxc.mount.fstab files.
 */
public final class FstabLine {
  private FstabLine() {}

  /** Reads one line; a wrong one is reported to {@code problems} and gives nothing. */
  public static Optional<Sourced<MountEntry>> parse(
      String line, Origin origin, List<Problem> problems) {
    try {
      return Optional.of(new Sourced<>(parse(line), origin));
    } catch (BadValueException e) {
      problems.add(Problem.error(origin, e.getMessage(), e.remedy()));
      return Optional.empty();
    }
  }

  /** Reads a whole file, in which blank lines and comments are skipped. */
  public static List<Sourced<MountEntry>> read(Path file, List<Problem> problems)
      throws IOException {
    List<Sourced<MountEntry>> entries = new ArrayList<>();
    String[] lines = TextFile.read(file).text().split("\n");
    for (int i = 0; i < lines.length; i++) {
      String line = ConfigLine.trim(lines[i]);
      if (!line.isEmpty() && !line.startsWith("#")) {
        parse(line, Origin.of(file, i + 1, ""), problems).ifPresent(entries::add);
      }
    }
    return entries;
  }

  /** Reads one line: source, target, type, options, and two numbers nobody uses. */
  static MountEntry parse(String line) throws BadValueException {
    List<String> fields = Types.split(line);
    if (fields.size() < 3) {
      throw new BadValueException(
          "\"" + line + "\" is not a mount entry",
          "write source, target, type and options, for instance"
              + " /srv/data mnt/data none bind,create=dir 0 0");
    }
    MountEntry.Create create = MountEntry.Create.NOTHING;
    boolean optional = false;
    boolean relative = false;
    String idmap = "";
    List<String> options = new ArrayList<>();
    for (String option : options(fields)) {
      switch (option) {
        case "create=dir" -> create = MountEntry.Create.DIRECTORY;
        case "create=file" -> create = MountEntry.Create.FILE;
        case "optional" -> optional = true;
        case "relative" -> relative = true;
        default -> {
          if (option.startsWith("idmap=")) {
            idmap = RootfsOptions.idmap(option.substring("idmap=".length()));
          } else {
            options.add(option);
          }
        }
      }
    }
    return new MountEntry(
        decoded(fields.get(0)),
        decoded(fields.get(1)),
        decoded(fields.get(2)),
        options,
        create,
        optional,
        relative,
        idmap);
  }

  private static List<String> options(List<String> fields) {
    if (fields.size() < 4) {
      return List.of();
    }
    List<String> options = new ArrayList<>();
    for (String option : decoded(fields.get(3)).split(",")) {
      if (!option.isEmpty()) {
        options.add(option);
      }
    }
    return options;
  }

  /** Decodes backslash and three octal digits, the way fstab(5) writes blanks. */
  static String decoded(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      if (isEscape(field, i)) {
        text.append((char) Integer.parseInt(field, i + 1, i + 4, 8));
        i += 3;
      } else {
        text.append(field.charAt(i));
      }
    }
    return text.toString();
  }

  // Only ASCII: an escape above it would be half of a UTF-8 character.
  private static boolean isEscape(String field, int at) {
    return field.charAt(at) == '\\'
        && field.length() > at + 3
        && isDigit(field.charAt(at + 1), '1')
        && isDigit(field.charAt(at + 2), '7')
        && isDigit(field.charAt(at + 3), '7');
  }

  private static boolean isDigit(char digit, char max) {
    return digit >= '0' && digit <= max;
  }
}
