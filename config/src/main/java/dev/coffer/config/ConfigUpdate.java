package dev.coffer.config;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings a configuration with the names of LXC 1 and 2 up to date, lxc-update-config(1). Only names
 * change, and what had to change with them: comments, blanks and order stay.
 */
public final class ConfigUpdate {
  private static final Pattern LINE =
      Pattern.compile("(\\s*#?\\s*)(lxc\\.[A-Za-z0-9_.]+)(\\s*=\\s*)(.*)");
  private static final Pattern TYPED_PATH = Pattern.compile("[a-z]+:.*");
  private static final String ROOT = "lxc.rootfs";
  private static final String INTERFACE = FormerNames.NETWORK + ".type";

  private ConfigUpdate() {}

  /** The text with today's names. */
  public static String update(String text) {
    List<String> lines = text.lines().toList();
    String backend = backend(lines);
    StringBuilder updated = new StringBuilder(text.length() + 128);
    int nic = -1;
    for (String line : lines) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches()) {
        updated.append(line).append('\n');
        continue;
      }
      String name = parts.group(2);
      if (name.equals(FormerNames.BACKEND) || FormerNames.GONE.contains(name)) {
        continue;
      }
      if (name.equals(INTERFACE)) {
        nic++;
      }
      Optional<String> today = FormerNames.today(name, Math.max(nic, 0));
      String value = name.equals(ROOT) ? typed(parts.group(4), backend) : parts.group(4);
      updated.append(parts.group(1)).append(today.orElse(name)).append(parts.group(3));
      updated.append(today.isPresent() ? value : parts.group(4)).append('\n');
    }
    return updated.toString();
  }

  /**
   * Updates a file; its former content is kept beside it as {@code FILE.backup}.
   *
   * @return whether anything had to change
   * @throws CofferException if it cannot be read or written; then it is as it was
   */
  public static boolean update(Path file) {
    try {
      TextFile before = TextFile.read(file);
      String text = update(before.text());
      Files.copy(
          file,
          Path.of(file + ".backup"),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
      if (!text.equals(before.text())) {
        new TextFile(text, before.charset()).write(file);
      }
      return !text.equals(before.text());
    } catch (IOException e) {
      throw new CofferException("cannot update " + file, List.of("cause  " + e));
    }
  }

  private static String backend(List<String> lines) {
    String found = "dir";
    for (String line : lines) {
      Matcher parts = LINE.matcher(line);
      if (parts.matches()
          && parts.group(2).equals(FormerNames.BACKEND)
          && !parts.group(1).contains("#")) {
        found = parts.group(4).strip();
      }
    }
    return found;
  }

  private static String typed(String path, String backend) {
    return TYPED_PATH.matcher(path).matches() ? path : backend + ":" + path;
  }
}
