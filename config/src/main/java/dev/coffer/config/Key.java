package dev.coffer.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A row of the table together with the type of its values, so that what is read as a number is used
 * as a number. Immutable; the {@code with}-like methods give changed copies for writing the table
 * down.
 */
final class Key<T> {
  private final KeyRow row;
  private final ValueType<T> type;
  private final ValueType.Printer<List<T>> printer;
  private final List<Key<?>> members;

  private Key(
      KeyRow row, ValueType<T> type, ValueType.Printer<List<T>> printer, List<Key<?>> members) {
    this.row = row;
    this.type = type;
    this.printer = printer;
    this.members = members;
  }

  /** A key whose last line wins. */
  static <T> Key<T> single(String name, ValueType<T> type, String description, String example) {
    return new Key<>(
        row(name, type, false, description, example),
        type,
        values -> type.describe(values.getLast()),
        List.of());
  }

  /** A key whose lines add up, printed one below the other with a newline after each. */
  static <T> Key<T> list(String name, ValueType<T> type, String description, String example) {
    return new Key<>(
        row(name, type, true, description, example),
        type,
        values ->
            values.stream().map(value -> type.describe(value) + "\n").collect(Collectors.joining()),
        List.of());
  }

  /** A key that takes no value: empty, it clears {@code members}; printed, it shows them. */
  static Key<String> group(String name, String description, Key<?>... members) {
    ValueType<String> type = ValueType.of("nothing", (text, reading) -> text, text -> text);
    return new Key<>(
        row(name, type, false, description, ""), type, String::valueOf, List.of(members));
  }

  private static KeyRow row(
      String name, ValueType<?> type, boolean list, String description, String example) {
    return new KeyRow(
        name,
        type,
        list,
        KeyRow.Empty.UNSETS,
        KeyRow.Effect.START,
        "",
        List.of(),
        description,
        example,
        "");
  }

  Key<T> unset(String printed) {
    return with(row.empty(), row.effect(), row.since(), row.formerNames(), printed);
  }

  Key<T> formerly(String... names) {
    return with(row.empty(), row.effect(), row.since(), List.of(names), row.unset());
  }

  Key<T> since(String release) {
    return with(row.empty(), row.effect(), release, row.formerNames(), row.unset());
  }

  Key<T> whenEmpty(KeyRow.Empty empty) {
    return with(empty, row.effect(), row.since(), row.formerNames(), row.unset());
  }

  Key<T> effect(KeyRow.Effect effect) {
    return with(row.empty(), effect, row.since(), row.formerNames(), row.unset());
  }

  Key<T> printedBy(ValueType.Printer<List<T>> other) {
    return new Key<>(row, type, other, members);
  }

  private Key<T> with(
      KeyRow.Empty empty,
      KeyRow.Effect effect,
      String since,
      List<String> formerNames,
      String unset) {
    KeyRow changed =
        new KeyRow(
            row.name(),
            type,
            row.list(),
            empty,
            effect,
            since,
            formerNames,
            row.description(),
            row.example(),
            unset);
    return new Key<>(changed, type, printer, members);
  }

  KeyRow row() {
    return row;
  }

  ValueType<T> type() {
    return type;
  }

  /** The keys a group clears and shows; empty for any other key. */
  List<Key<?>> members() {
    return members;
  }

  boolean isGroup() {
    return !members.isEmpty();
  }

  /** What {@code lxc-info -c} shows for these settings of this key, oldest first. */
  String print(List<Setting> settings) {
    if (settings.isEmpty()) {
      return row.unset();
    }
    List<T> values = new ArrayList<>();
    settings.forEach(setting -> values.add(valueOf(setting)));
    return printer.print(values);
  }

  /** The checked value of a setting of this key. */
  @SuppressWarnings("unchecked") // a Setting is only made from what its key's own type has parsed
  T valueOf(Setting setting) {
    if (setting.key() != this) {
      throw new IllegalArgumentException(setting.name() + " is not " + row.name());
    }
    return (T) setting.value();
  }
}
