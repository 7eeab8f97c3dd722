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
 * @param store what its root file system is kept in
 * @param templateArguments passed to the template after its standard arguments
 */
public record CreateOptions(
    String template, Optional<Path> config, StoreOptions store, List<String> templateArguments) {
  public CreateOptions {
    templateArguments = List.copyOf(templateArguments);
  }

  /** From a template without arguments, in a directory, by the system's default configuration. */
  public static CreateOptions of(String template) {
    return new CreateOptions(template, Optional.empty(), StoreOptions.DIRECTORY, List.of());
  }
}
