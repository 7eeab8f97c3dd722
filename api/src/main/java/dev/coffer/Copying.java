package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.image.CloneRequest;
import dev.coffer.image.Cloner;
import dev.coffer.image.MappedRoot;
import dev.coffer.image.StorageWish;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.ContainerState;
import dev.coffer.model.Hook;
import dev.coffer.model.HookType;
import dev.coffer.model.IdMap;
import dev.coffer.model.IdMaps;
import dev.coffer.model.Sourced;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.HostCommand;
import dev.coffer.storage.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One lxc-copy(1) of a container's files. */
final class Copying {
  private static final String SHELL = "/bin/sh";

  private final Host host;
  private final Caller caller;
  private final Container original;
  private final IdRanges ranges;
  private final ContainerSpec spec;
  private final MakersMaps maps;

  Copying(Host host, Caller caller, Container original, IdRanges ranges) {
    this.host = host;
    this.caller = caller;
    this.original = original;
    this.ranges = ranges;
    this.spec = original.config().spec(original.name(), original.lxcPath());
    this.maps = MakersMaps.of(spec.privileges().idMaps(), host.facts().user());
  }

  /** Copies it; the copy's directory. */
  Path copy(CopyOptions options) {
    boolean runs = original.state() != ContainerState.STOPPED;
    if (runs && !options.running()) {
      throw new CofferException(
          original.name() + " is running",
          List.of("hint  stop it first, or copy it as it is with --allowrunning"));
    }
    boolean frozen = runs && original.state() != ContainerState.FROZEN && freeze();
    try {
      return copyNow(options);
    } finally {
      if (frozen) {
        original.unfreeze();
      }
    }
  }

  /** What is copied of one that goes on is what it would find after a loss of power. */
  private boolean freeze() {
    try {
      original.freeze();
      return true;
    } catch (CofferException _) {
      return false; // no freezer: allowed is allowed
    }
  }

  private Path copyNow(CopyOptions options) {
    Path directory = options.lxcPath().orElse(original.lxcPath()).resolve(options.name());
    requireName(options.name());
    Optional<StorageWish> storage =
        options
            .store()
            .map(store ->
                new StoreChoice(caller.environment(), host.facts().isHostsRoot())
                    .choose(store, directory.getParent()));
    CloneRequest request =
        new CloneRequest(
            directory(),
            directory,
            configText(),
            spec.rootfs().path().flatMap(path -> Store.of(spec.rootfs().type(), path.value())),
            options.snapshot() ? CloneRequest.Way.SNAPSHOT : CloneRequest.Way.FULL,
            storage,
            options.keepsName(),
            options.keepsAddresses(),
            lines(options, directory),
            owners(options, directory),
            mappedRoot(),
            caller.environment());
    if (request.source().isEmpty() && spec.rootfs().path().isPresent()) {
      throw new CofferException(
          "the backing store of " + original.name() + " cannot be copied",
          List.of("from  " + spec.rootfs().path().get().origin().describe()));
    }
    try {
      Cloner.copy(request, this::run, new Hooks(options, directory));
    } catch (RuntimeException e) {
      if (!Files.exists(directory)) {
        ranges.free(directory);
      }
      throw e;
    }
    return directory;
  }

  private Path directory() {
    return original.lxcPath().resolve(original.name());
  }

  private static void requireName(String name) {
    if (name.isEmpty() || name.contains("/") || name.equals(".") || name.equals("..")) {
      throw new CofferException("\"" + name + "\" cannot be a container's name");
    }
  }

  private String configText() {
    try {
      return Files.readString(directory().resolve("config"));
    } catch (IOException e) {
      throw new CofferException(
          "cannot read the configuration of " + original.name() + ": " + e.getMessage());
    }
  }

  /**
   * The files of a container whose ids are its own and kept on disk belong to the original's: a
   * snapshot, which shares them, has to share the ids.
   */
  private List<String> lines(CopyOptions options, Path directory) {
    List<String> lines = new ArrayList<>(options.lines());
    if (options.snapshot() && IdRanges.isDemanded(original.config())) {
      lines.add("coffer.idmap = none");
      spec.privileges().idMaps().forEach(map -> lines.add("lxc.idmap = " + map.value().describe()));
    }
    return lines;
  }

  /** A full copy of such a container gets ids of its own, and its files become theirs. */
  private CloneRequest.Owners owners(CopyOptions options, Path directory) {
    if (options.snapshot() || !IdRanges.isDemanded(original.config())) {
      return CloneRequest.Owners.SAME;
    }
    LxcConfig config =
        LxcConfig.parse(configText(), directory.resolve("config"), caller.environment());
    ranges.assign(config, directory, _ -> {});
    IdMaps from = spec.privileges().maps();
    IdMaps to =
        config.spec(directory.getFileName().toString(), directory.getParent()).privileges().maps();
    return new CloneRequest.Owners(
        uid -> shift(from, to, IdMap.Kind.USER, uid),
        gid -> shift(from, to, IdMap.Kind.GROUP, gid));
  }

  private static int shift(IdMaps from, IdMaps to, IdMap.Kind kind, int id) {
    OptionalLong inside = from.fromHost(kind, Integer.toUnsignedLong(id));
    OptionalLong outside =
        inside.isPresent() ? to.toHost(kind, inside.getAsLong()) : OptionalLong.empty();
    return outside.isPresent() ? (int) outside.getAsLong() : id;
  }

  /** Where files stay the host root's, whose mount is mapped, nobody needs to be given any. */
  private Optional<MappedRoot> mappedRoot() {
    boolean mounted = SecureStart.isWanted(original.config()) && host.facts().idMappedMounts();
    return mounted && !IdRanges.isDemanded(original.config()) ? Optional.empty() : maps.root();
  }

  private int run(List<String> argv, Map<String, String> environment, Path cwd, boolean mapped) {
    return HostCommand.run(argv, environment, cwd, mapped ? maps.steps() : List.of(), caller);
  }

  /** lxc.hook.clone, lxc.container.conf(5). */
  private final class Hooks implements Cloner.Finishing {
    private final CopyOptions options;
    private final Path directory;

    Hooks(CopyOptions options, Path directory) {
      this.options = options;
      this.directory = directory;
    }

    @Override
    public boolean isNeeded() {
      return !spec.hooks(HookType.CLONE).isEmpty();
    }

    @Override
    public void run(Path rootfs) {
      for (Sourced<Hook> hook : spec.hooks(HookType.CLONE)) {
        List<String> argv =
            new ArrayList<>(
                List.of(
                    SHELL,
                    "-c",
                    hook.value().command() + " \"$@\"",
                    SHELL,
                    options.name(),
                    "lxc",
                    "clone"));
        argv.addAll(options.hookArguments());
        int status =
            Copying.this.run(argv, environment(rootfs), directory, mappedRoot().isPresent());
        if (status != 0) {
          throw new CofferException(
              "the clone hook \"" + hook.value().command() + "\" ended with status " + status,
              List.of("from  " + hook.origin().describe()));
        }
      }
    }

    private Map<String, String> environment(Path rootfs) {
      Map<String, String> environment = new HashMap<>(caller.environment());
      environment.put("LXC_NAME", options.name());
      environment.put("LXC_SRC_NAME", original.name());
      environment.put("LXC_CONFIG_FILE", directory + "/config");
      environment.put("LXC_ROOTFS_PATH", rootfs.toString());
      environment.put("LXC_ROOTFS_MOUNT", rootfs.toString());
      environment.put("LXC_HOOK_TYPE", "clone");
      environment.put("LXC_HOOK_SECTION", "lxc");
      return environment;
    }
  }
}
