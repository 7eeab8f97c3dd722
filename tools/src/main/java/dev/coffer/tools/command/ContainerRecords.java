package dev.coffer.tools.command;

import dev.coffer.Usage;
import dev.coffer.tools.text.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The list of containers for programs: a field per column, of the same names in every format. A
 * value is a text, a number, a yes or no, several texts, or not known.
 */
final class ContainerRecords {
  private final List<String> names;
  private final List<Map<String, Optional<Object>>> records = new ArrayList<>();

  ContainerRecords(List<Glance> containers, List<Column> columns) {
    List<Column> all = new ArrayList<>(columns);
    if (!all.contains(Column.NAME)) {
      all.addFirst(Column.NAME);
    }
    names = all.stream().map(ContainerRecords::name).distinct().toList();
    for (Glance container : containers) {
      Map<String, Optional<Object>> fields = new LinkedHashMap<>();
      all.forEach(column -> fields.put(name(column), value(container, column)));
      records.add(fields);
    }
  }

  private static String name(Column column) {
    return switch (column) {
      case NAME -> "name";
      case STATE -> "state";
      case PID -> "pid";
      case RAM -> "ram_bytes";
      case SWAP -> "swap_bytes";
      case AUTOSTART -> "autostart";
      case GROUPS -> "groups";
      case INTERFACE -> "interfaces";
      case IPV4 -> "ipv4";
      case IPV6 -> "ipv6";
      case UNPRIVILEGED -> "unprivileged";
    };
  }

  private static Optional<Object> value(Glance container, Column column) {
    return switch (column) {
      case NAME -> Optional.of(container.name());
      case STATE -> Optional.of(container.state().name());
      case PID -> container.pid().stream().mapToObj(pid -> (Object) (long) pid).findFirst();
      case RAM -> number(container.usage().map(Usage::memoryBytes));
      case SWAP -> number(container.usage().map(Usage::swapBytes));
      case AUTOSTART -> Optional.of(container.autostart());
      case GROUPS -> Optional.of(container.groups());
      case INTERFACE -> Optional.of(container.interfaces());
      case IPV4 -> Optional.of(container.addresses(false));
      case IPV6 -> Optional.of(container.addresses(true));
      case UNPRIVILEGED -> Optional.of(container.unprivileged());
    };
  }

  private static Optional<Object> number(Optional<OptionalLong> number) {
    return number.filter(OptionalLong::isPresent).map(OptionalLong::getAsLong);
  }

  String json() {
    Json json = new Json().array();
    for (Map<String, Optional<Object>> fields : records) {
      json.object();
      fields.forEach((name, value) -> member(json, name, value));
      json.endObject();
    }
    return json.endArray().text();
  }

  private static void member(Json json, String name, Optional<Object> value) {
    switch (value.orElse(null)) {
      case null -> json.member(name, Optional.<String>empty());
      case Long number -> json.member(name, number.longValue());
      case Boolean yes -> json.member(name, yes.booleanValue());
      case List<?> texts -> json.member(name, texts.stream().map(Object::toString).toList());
      case Object text -> json.member(name, text.toString());
    }
  }

  /** RFC 4180 with a heading; several texts are joined by blanks, what is not known is empty. */
  String csv() {
    StringBuilder text = new StringBuilder(String.join(",", names)).append('\n');
    for (Map<String, Optional<Object>> fields : records) {
      text.append(
              fields.values().stream()
                  .map(ContainerRecords::csvField)
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    return text.toString();
  }

  private static String csvField(Optional<Object> value) {
    String text =
        switch (value.orElse("")) {
          case List<?> texts ->
              texts.stream().map(Object::toString).collect(Collectors.joining(" "));
          case Object other -> other.toString();
        };
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : "\"" + text.replace("\"", "\"\"") + "\"";
  }

  /** A YAML 1.2 sequence of mappings; texts stand in quotes, so that no name is taken for more. */
  String yaml() {
    if (records.isEmpty()) {
      return "[]\n";
    }
    StringBuilder text = new StringBuilder();
    for (Map<String, Optional<Object>> fields : records) {
      String before = "- ";
      for (Map.Entry<String, Optional<Object>> field : fields.entrySet()) {
        text.append(before).append(field.getKey()).append(": ").append(yaml(field.getValue()));
        text.append('\n');
        before = "  ";
      }
    }
    return text.toString();
  }

  private static String yaml(Optional<Object> value) {
    return switch (value.orElse(null)) {
      case null -> "null";
      case Long number -> number.toString();
      case Boolean yes -> yes.toString();
      case List<?> texts ->
          texts.stream().map(ContainerRecords::quoted).collect(Collectors.joining(", ", "[", "]"));
      case Object text -> quoted(text);
    };
  }

  private static String quoted(Object text) {
    return Json.line().value(text.toString()).text().strip();
  }
}
