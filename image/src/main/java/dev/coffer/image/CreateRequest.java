package dev.coffer.image;

import dev.coffer.model.CofferException;
import dev.coffer.storage.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container to be made.
 *
 * @param lxcPath the directory that gets the container's directory
 * @param template as {@code lxc-create -t} takes it
 * @param arguments for the template
 * @param config text to start the configuration from, as it stands in its file
 * @param storage what its root file system is kept in
 * @param mappedRoot root of the container, where the configuration has id maps
 * @param environment of the caller
 * @param cwd of the caller
 */
public record CreateRequest(
    String name,
    Path lxcPath,
    String template,
    List<String> arguments,
    String config,
    StorageWish storage,
    Optional<MappedRoot> mappedRoot,
    Map<String, String> environment,
    Path cwd) {
  private static final int LONGEST_NAME = 255;

  public CreateRequest {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (!isName(name)) {
      throw new CofferException(
          "\"" + name + "\" cannot be a container's name",
          List.of("hint  a name is a file name: no slash, at most 255 bytes"));
    }
    if (!lxcPath.isAbsolute()) {
      throw new IllegalArgumentException("\"" + lxcPath + "\" is not absolute");
    }
    if (template.isEmpty()) {
      throw new CofferException(
          "A template must be specified",
          List.of("Use \"none\" if you really want a container without a rootfs"));
    }
  }

  /** The container's directory. */
  public Path directory() {
    return lxcPath.resolve(name);
  }

  /** Where the root file system can be seen while it is made. */
  public Path rootfs() {
    return storage.directory().orElse(directory().resolve("rootfs"));
  }

  /** The same with its root file system over the layers of an image. */
  CreateRequest over(List<Path> layers) {
    return new CreateRequest(
        name,
        lxcPath,
        template,
        arguments,
        config,
        storage.over(layers),
        mappedRoot,
        environment,
        cwd);
  }

  /** What its root file system is kept in. */
  Store store() {
    return storage.store(name, directory());
  }

  /** The configuration with the line that says so. */
  String withRoot() {
    String separator = config.isEmpty() || config.endsWith("\n") ? "" : "\n";
    return config + separator + "lxc.rootfs.path = " + store().describe() + "\n";
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().noneMatch(c -> c == '/' || c < ' ')
        && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
  }
}
