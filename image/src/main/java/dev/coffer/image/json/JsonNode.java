package dev.coffer.image.json;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value of a JSON text. What is missing, or of another type than asked for, is empty: a server's
 * answer is looked through, not trusted.
 *
 * @param value a Map, List, String, Number, Boolean or null
 */
public record JsonNode(Object value) {
  private static final JsonNode NOTHING = new JsonNode(null);

  /** A member of an object. */
  public JsonNode member(String name) {
    return value instanceof Map<?, ?> map && map.get(name) instanceof JsonNode node
        ? node
        : NOTHING;
  }

  /** All members of an object, in the order of the text. */
  @SuppressWarnings("unchecked")
  public Map<String, JsonNode> members() {
    return value instanceof Map<?, ?> map ? (Map<String, JsonNode>) map : Map.of();
  }

  /** The elements of an array. */
  @SuppressWarnings("unchecked")
  public List<JsonNode> elements() {
    return value instanceof List<?> list ? (List<JsonNode>) list : List.of();
  }

  public Optional<String> text() {
    return value instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** A whole number that fits. */
  public Optional<Long> number() {
    return value instanceof Long number ? Optional.of(number) : Optional.empty();
  }

  public boolean isTrue() {
    return Boolean.TRUE.equals(value);
  }

  /** The texts among the elements of an array. */
  public List<String> texts() {
    return elements().stream().flatMap(node -> node.text().stream()).toList();
  }
}
