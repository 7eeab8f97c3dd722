package dev.coffer.config;

import dev.coffer.model.AutoMounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One word of lxc.mount.auto.
 *
 * @param family words of one family replace each other
 * @param text the word with its default spelt out
 */
record AutoMountWord(Family family, String text) {
  /** What is mounted, in the order lxc-info prints them. */
  enum Family {
    PROC,
    SYS,
    CGROUP,
    SHARED
  }

  private static final String SHARED_PREFIX = "shmounts:";
  private static final String FORCE = ":force";
  private static final String DEFAULT_SHARED_TARGET = "/dev/.lxc-mounts";

  /** All fixed words. */
  static final List<String> WORDS = words();

  private static List<String> words() {
    List<String> words =
        new ArrayList<>(
            List.of("proc", "proc:mixed", "proc:rw", "sys", "sys:mixed", "sys:ro", "sys:rw"));
    for (String base : List.of("cgroup", "cgroup-full")) {
      for (String mode : List.of("", ":mixed", ":ro", ":rw")) {
        words.add(base + mode);
        words.add(base + mode + FORCE);
      }
    }
    words.addAll(List.of("cgroup2", "cgroup2:force", "cgroup2:ro", "cgroup2:ro:force"));
    return List.copyOf(words);
  }

  static List<AutoMountWord> parse(String text) throws BadValueException {
    List<AutoMountWord> parsed = new ArrayList<>();
    for (String word : Types.split(text)) {
      parsed.add(one(word));
    }
    return parsed;
  }

  private static AutoMountWord one(String word) throws BadValueException {
    if (word.startsWith(SHARED_PREFIX)) {
      return new AutoMountWord(Family.SHARED, word);
    }
    if (!WORDS.contains(word)) {
      throw Types.unknownWord("Invalid filesystem to automount", word, WORDS);
    }
    return switch (word) {
      case "proc", "sys" ->
          new AutoMountWord(Family.valueOf(word.toUpperCase(Locale.ROOT)), word + ":mixed");
      default -> new AutoMountWord(family(word), word);
    };
  }

  private static Family family(String word) {
    if (word.startsWith("proc")) {
      return Family.PROC;
    }
    return word.startsWith("sys") ? Family.SYS : Family.CGROUP;
  }

  /** The words that count: of each family the last, shared mounts all. */
  static List<AutoMountWord> effective(List<AutoMountWord> words) {
    List<AutoMountWord> effective = new ArrayList<>();
    for (Family family : Family.values()) {
      List<AutoMountWord> ofFamily =
          words.stream().filter(word -> word.family() == family).toList();
      if (family == Family.SHARED) {
        effective.addAll(ofFamily);
      } else if (!ofFamily.isEmpty()) {
        effective.add(ofFamily.getLast());
      }
    }
    return effective;
  }

  /**
   * Joins words into the model.
   *
   * @param administrator whether the container keeps CAP_SYS_ADMIN, which decides what {@code
   *     cgroup} without a mode means
   */
  static AutoMounts toModel(List<AutoMountWord> words, boolean administrator) {
    AutoMounts.Proc proc = AutoMounts.Proc.NONE;
    AutoMounts.Sys sys = AutoMounts.Sys.NONE;
    AutoMounts.CgroupView cgroup = AutoMounts.CgroupView.NONE;
    boolean forced = false;
    List<AutoMounts.SharedMounts> shared = new ArrayList<>();
    for (AutoMountWord word : effective(words)) {
      switch (word.family()) {
        case PROC -> proc = AutoMounts.Proc.valueOf(word.mode());
        case SYS -> sys = AutoMounts.Sys.valueOf(word.mode());
        case CGROUP -> {
          cgroup = word.view(administrator);
          forced = word.text().endsWith(FORCE);
        }
        case SHARED -> shared.add(word.sharedMounts());
      }
    }
    return new AutoMounts(proc, sys, cgroup, forced, shared);
  }

  private String mode() {
    return text.substring(text.indexOf(':') + 1).toUpperCase(Locale.ROOT);
  }

  private AutoMounts.CgroupView view(boolean administrator) {
    String[] parts = text.replace(FORCE, "").split(":");
    String mode = parts.length > 1 ? parts[1].toUpperCase(Locale.ROOT) : "";
    if (mode.isEmpty()) {
      mode = administrator || parts[0].equals("cgroup2") ? "RW" : "MIXED";
    }
    String prefix =
        switch (parts[0]) {
          case "cgroup2" -> "V2_";
          case "cgroup-full" -> "FULL_";
          default -> "";
        };
    return AutoMounts.CgroupView.valueOf(prefix + mode);
  }

  private AutoMounts.SharedMounts sharedMounts() {
    String[] paths = text.substring(SHARED_PREFIX.length()).split(":", 2);
    return new AutoMounts.SharedMounts(
        paths[0], paths.length > 1 ? paths[1] : DEFAULT_SHARED_TARGET);
  }
}
