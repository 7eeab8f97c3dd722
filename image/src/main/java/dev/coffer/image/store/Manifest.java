package dev.coffer.image.store;

import dev.coffer.model.CofferException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What an object says of itself: lines of {@code key=value}, and a last one with the hash of those
 * above it. It is written last, so an object without a whole one is no object.
 */
record Manifest(ObjectId id, long size, Instant made, Map<String, String> facts) {
  private static final String HASH = "sha256=";
  private static final String FACT = "fact.";

  Manifest {
    facts = Map.copyOf(facts);
    facts.forEach((key, value) -> {
      if (key.contains("=") || key.contains("\n") || value.contains("\n")) {
        throw new CofferException("the store cannot note \"" + key.replace('\n', ' ') + "\"");
      }
    });
  }

  String encode() {
    StringBuilder text = new StringBuilder();
    text.append("object=").append(id.describe()).append('\n');
    text.append("size=").append(size).append('\n');
    text.append("made=").append(made.getEpochSecond()).append('\n');
    new TreeMap<>(facts)
        .forEach(
            (key, value) -> text.append(FACT).append(key).append('=').append(value).append('\n'));
    return text + HASH + sha256(text.toString()) + "\n";
  }

  /** Empty where a single byte is not as it was written. */
  static Optional<Manifest> decode(String text) {
    int last = text.lastIndexOf(HASH);
    if (last < 0 || !text.substring(last).equals(HASH + sha256(text.substring(0, last)) + "\n")) {
      return Optional.empty();
    }
    Map<String, String> facts = new TreeMap<>();
    Map<String, String> own = new TreeMap<>();
    for (String line : text.substring(0, last).split("\n")) {
      int equals = line.indexOf('=');
      if (equals < 0) {
        return Optional.empty();
      }
      String key = line.substring(0, equals);
      String value = line.substring(equals + 1);
      if (key.startsWith(FACT)) {
        facts.put(key.substring(FACT.length()), value);
      } else {
        own.put(key, value);
      }
    }
    return decode(own, facts);
  }

  private static Optional<Manifest> decode(Map<String, String> own, Map<String, String> facts) {
    try {
      long size = Long.parseLong(own.getOrDefault("size", ""));
      Instant made = Instant.ofEpochSecond(Long.parseLong(own.getOrDefault("made", "")));
      return ObjectId.parse(own.getOrDefault("object", ""))
          .map(id -> new Manifest(id, size, made, facts));
    } catch (NumberFormatException | java.time.DateTimeException e) {
      return Optional.empty();
    }
  }

  static String sha256(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
