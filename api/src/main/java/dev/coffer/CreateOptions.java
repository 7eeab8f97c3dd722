package dev.coffer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a container is made.
 *
 * @param template {@code busybox} (built in), {@code none}, a template's name or the absolute path
 *     of one
 * @param config file to start the configuration from; empty for the system's default configuration
 * @param store backing store; only {@code dir} (also what {@code best} means) is in effect
 * @param rootDirectory where the root file system goes instead of LXCPATH/NAME/rootfs; absolute
 * @param templateArguments passed to the template after its standard arguments
 */
public record CreateOptions(
    String template,
    Optional<Path> config,
    String store,
    Optional<Path> rootDirectory,
    List<String> templateArguments) {
  public CreateOptions {
    templateArguments = List.copyOf(templateArguments);
  }

  public static CreateOptions of(String template) {
    return new CreateOptions(template, Optional.empty(), "dir", Optional.empty(), List.of());
  }
}
