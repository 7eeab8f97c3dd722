package dev.coffer.image.store;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/**
 * A whole object in the store. Nobody changes it.
 *
 * @param content a directory or a file, as its kind says
 * @param size of a file, in bytes; of a directory, what whoever made it said
 * @param facts whatever its maker noted, such as {@code architecture}
 */
public record StoredObject(
    ObjectId id, Path content, long size, Instant made, Map<String, String> facts) {
  public StoredObject {
    facts = Map.copyOf(facts);
  }
}
