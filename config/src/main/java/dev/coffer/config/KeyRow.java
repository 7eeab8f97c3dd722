package dev.coffer.config;

import java.util.List;
import java.util.Locale;

/**
 * One key of lxc.container.conf(5): the single source for reading, printing, completion, the manual
 * page and the round-trip test.
 *
 * @param name the key; a word in capitals stands for what the user chooses: {@code lxc.net.N.link},
 *     {@code lxc.cgroup2.FILE}
 * @param type how a value is read, printed and described
 * @param list whether repeated lines add up instead of replacing each other
 * @param empty what {@code key =} does
 * @param effect what acts on the key
 * @param since the release that brought the key; empty for LXC 5.0 and before
 * @param formerNames names of LXC 1 and 2 that still work
 * @param description for the manual page, without full stop
 * @param example a value that can be read
 * @param unset what is printed where nothing was set
 */
public record KeyRow(
    String name,
    ValueType<?> type,
    boolean list,
    Empty empty,
    Effect effect,
    String since,
    List<String> formerNames,
    String description,
    String example,
    String unset) {
  /** What an empty value does. */
  public enum Empty {
    /** Back to the default; a list becomes empty. */
    UNSETS,
    /** Means 0, although the default is not 0. */
    MEANS_ZERO,
    /** Is an error. */
    IS_REFUSED,
    /** Does nothing. */
    IS_IGNORED
  }

  /** Who acts on a key. */
  public enum Effect {
    /** The start of the container. */
    START,
    /** Commands such as lxc-autostart read it; a start does not need it. */
    TOOLS,
    /** Nobody yet: it is checked and kept, and a start says that it did nothing. */
    LATER
  }

  public KeyRow {
    formerNames = List.copyOf(formerNames);
  }

  /** Whether the name stands for many keys. */
  public boolean isFamily() {
    return !name.equals(name.toLowerCase(Locale.ROOT));
  }
}
