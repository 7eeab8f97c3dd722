package dev.coffer.image.oci;

import dev.coffer.image.json.JsonText;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names and passwords for registries: one that was given, or those that podman login and docker
 * login have kept, containers-auth.json(5).
 *
 * @param given {@code NAME:PASSWORD} for whatever registry is asked
 */
record Credentials(Optional<String> given, Map<String, String> environment) {
  /** The value of an Authorization header; empty where none are known. */
  Optional<String> basic(String registry) {
    return given
        .map(text -> Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
        .or(() -> files().stream().flatMap(file -> kept(file, registry).stream()).findFirst())
        .map(encoded -> "Basic " + encoded);
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    add(files, "REGISTRY_AUTH_FILE", "");
    add(files, "XDG_RUNTIME_DIR", "containers/auth.json");
    add(files, "HOME", ".config/containers/auth.json");
    add(files, "DOCKER_CONFIG", "config.json");
    add(files, "HOME", ".docker/config.json");
    return files;
  }

  private void add(List<Path> files, String variable, String below) {
    String value = environment.getOrDefault(variable, "");
    if (!value.isEmpty()) {
      files.add(Path.of(value, below));
    }
  }

  private static Optional<String> kept(Path file, String registry) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      var entries = JsonText.parse(Files.readAllBytes(file), file.toString()).member("auths");
      String usual = registry.equals("docker.io") ? "https://index.docker.io/v1/" : registry;
      return entries
          .member(registry)
          .member("auth")
          .text()
          .or(() -> entries.member(usual).member("auth").text())
          .filter(text -> !text.isEmpty());
    } catch (IOException e) {
      throw new CofferException("cannot read " + file + ": " + e.getMessage());
    }
  }

  /** Never the password. */
  @Override
  public String toString() {
    return "Credentials";
  }
}
