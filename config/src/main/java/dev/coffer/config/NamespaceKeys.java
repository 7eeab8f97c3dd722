package dev.coffer.config;

import dev.coffer.model.Namespace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Keys about namespaces. */
final class NamespaceKeys {
  private static final List<String> NAMES =
      Arrays.stream(Namespace.values()).map(Namespace::file).toList();
  private static final ValueType<List<Namespace>> NAMESPACES =
      Types.withWords(
          ValueType.of(
              "namespaces",
              (text, reading) -> parse(text),
              names -> names.stream().map(Namespace::file).collect(Collectors.joining(" "))),
          NAMES);

  static final Key<List<Namespace>> CLONE =
      namespaces("lxc.namespace.clone", "the only namespaces that are created", "user pid mnt");
  static final Key<List<Namespace>> KEEP =
      namespaces("lxc.namespace.keep", "namespaces that are not created", "net ipc");
  static final Key<String> SHARE =
      Key.single(
          "lxc.namespace.share.NS",
          ValueType.of("pid, container or file", (text, reading) -> text, text -> text),
          "joins that namespace of a process or container instead of creating one",
          "c2");
  static final Key<String> TIME_BOOT =
      offset("lxc.time.offset.boot", " ", "shift of the container's boot clock");
  static final Key<String> TIME_MONOTONIC =
      offset("lxc.time.offset.monotonic", "", "shift of the container's monotonic clock");

  private NamespaceKeys() {}

  static List<Key<?>> all() {
    return List.of(CLONE, KEEP, SHARE, TIME_BOOT, TIME_MONOTONIC);
  }

  private static Key<List<Namespace>> namespaces(String name, String description, String example) {
    return Key.list(name, NAMESPACES, description, example)
        .printedBy(lines ->
            Arrays.stream(Namespace.values())
                .filter(namespace -> lines.stream().anyMatch(line -> line.contains(namespace)))
                .map(namespace -> namespace.file() + "\n")
                .collect(Collectors.joining()));
  }

  private static List<Namespace> parse(String text) throws BadValueException {
    List<Namespace> namespaces = new ArrayList<>();
    for (String word : Types.split(text)) {
      Optional<Namespace> namespace = Namespace.parse(word);
      namespaces.add(
          namespace.orElseThrow(() -> Types.unknownWord("Unknown namespace", word, NAMES)));
    }
    return namespaces;
  }

  private static Key<String> offset(String name, String gap, String description) {
    ValueType<String> type =
        ValueType.of(
            "number with h, m, s, ms, us or ns",
            (text, reading) -> TimeOffset.parse(text).describe(gap),
            text -> text + "\n");
    return Key.single(name, type, description, "7s").unset("0" + gap + "ns\n");
  }
}
