package dev.coffer.image.oci;

import dev.coffer.image.json.JsonNode;
import dev.coffer.image.store.ObjectId;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An image in the store.
 *
 * @param layers the lowest first
 * @param config of the image, OCI image specification "Image Configuration"
 */
public record OciImage(String reference, String digest, List<ObjectId> layers, JsonNode config) {
  public OciImage {
    layers = List.copyOf(layers);
  }

  private JsonNode process() {
    return config.member("config");
  }

  /** Entry point and arguments. */
  public List<String> command() {
    List<String> command = new java.util.ArrayList<>(process().member("Entrypoint").texts());
    command.addAll(process().member("Cmd").texts());
    return command;
  }

  /** {@code NAME=VALUE}. */
  public List<String> environment() {
    return process().member("Env").texts();
  }

  public Optional<String> workingDirectory() {
    return process().member("WorkingDir").text().filter(path -> path.startsWith("/"));
  }

  /** {@code USER[:GROUP]}, names or numbers. */
  public Optional<String> user() {
    return process().member("User").text().filter(text -> !text.isEmpty());
  }

  public Optional<String> stopSignal() {
    return process().member("StopSignal").text().filter(text -> text.matches("[A-Z0-9+-]{1,16}"));
  }

  /** For instance {@code 80/tcp}. */
  public List<String> exposedPorts() {
    return List.copyOf(new TreeMap<>(process().member("ExposedPorts").members()).keySet());
  }

  public List<String> volumes() {
    return List.copyOf(new TreeMap<>(process().member("Volumes").members()).keySet());
  }
}
