package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.config.SystemConfig;
import dev.coffer.image.CreateRequest;
import dev.coffer.image.StorageWish;
import dev.coffer.image.server.Meter;
import dev.coffer.model.CofferException;
import dev.coffer.model.IdMap;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.HostCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One lxc-create(1). */
final class Creation {
  private final Host host;
  private final Caller caller;
  private final String name;
  private final Path lxcPath;
  private final IdRanges ranges;
  private final Consumer<Problem> notices;

  Creation(
      Host host,
      Caller caller,
      String name,
      Path lxcPath,
      IdRanges ranges,
      Consumer<Problem> notices) {
    this.host = host;
    this.caller = caller;
    this.name = name;
    this.lxcPath = lxcPath;
    this.ranges = ranges;
    this.notices = notices;
  }

  void create(CreateOptions options, Meter meter) {
    StorageWish storage =
        new StoreChoice(caller.environment(), host.facts().isHostsRoot())
            .choose(options.store(), lxcPath);
    Optional<Path> file = options.config().or(this::defaultConfig);
    String written = file.map(Creation::read).orElse("");
    Path nominal = file.orElse(Path.of("config"));
    LxcConfig config = LxcConfig.parse(written, nominal, caller.environment());
    String text = written;
    if (config.values(SecureStart.KEY).isEmpty()) {
      String separator = written.isEmpty() || written.endsWith("\n") ? "" : "\n";
      text = written + separator + SecureStart.KEY + " = default\n";
      config = LxcConfig.parse(text, nominal, caller.environment());
    }
    if (ownsFiles(config)) {
      ranges.assign(config, lxcPath.resolve(name), notices);
    }
    List<Sourced<IdMap>> lines = config.spec(name, lxcPath).privileges().idMaps();
    MakersMaps maps = MakersMaps.of(lines, host.facts().user());
    CreateRequest request =
        new CreateRequest(
            name,
            lxcPath,
            options.template(),
            options.templateArguments(),
            text,
            storage,
            maps.root(),
            caller.environment(),
            caller.cwd());
    try {
      host.creator()
          .create(
              request,
              (argv, environment, cwd, mapped) ->
                  HostCommand.run(
                      argv, environment, cwd, mapped ? maps.steps() : List.of(), caller),
              made -> LxcConfig.read(made, caller.environment()).spec(name, lxcPath),
              meter);
    } catch (RuntimeException e) {
      if (!Files.exists(lxcPath.resolve(name))) { // nothing is left that has these ids
        ranges.free(lxcPath.resolve(name));
      }
      throw e;
    }
  }

  /**
   * Whether the container's files shall belong to its own ids on disk. Where the mount can map them
   * they stay the maker's, so that every template works and other tools can use them.
   */
  private boolean ownsFiles(LxcConfig config) {
    return IdRanges.isDemanded(config) || !host.facts().idMappedMounts();
  }

  private Optional<Path> defaultConfig() {
    return SystemConfig.read(host.facts().privileged(), caller.environment())
        .get("lxc.default_config")
        .map(Path::of)
        .filter(Files::isRegularFile);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CofferException(
          "cannot read the configuration " + file + ": " + e.getMessage(), List.of());
    }
  }
}
