package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.config.LxcKeys;
import dev.coffer.linux.NetAddresses;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import dev.coffer.runtime.InterfaceChanges;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The network interfaces that a running container of ours gets or loses.
 *
 * @param config the container's configuration, as it is in its file now
 */
record Interfaces(
    Path lxcPath, String name, KeptContainer container, Supplier<LxcConfig> config, Path file) {
  private static final String NAME = "name";
  private static final String TYPE = "type";

  /** Adds one and returns its name inside. */
  String add(InterfaceOptions options) {
    InterfaceChanges changes = changes();
    String inside = options.value(NAME).orElseGet(() -> freeName(changes));
    LxcConfig saved = config.get();
    int index = Math.max(changes.nextIndex(), nextIndex(saved));
    LxcConfig alone = LxcConfig.empty();
    write(alone, options, index, inside);
    ContainerSpec wanted = alone.spec(name, lxcPath);
    if (options.saved()) {
      write(saved, options, index, inside); // before anything is done, as it may be refused
    }
    changes.add(wanted, inside);
    if (options.saved()) {
      saved.save(file);
    }
    return inside;
  }

  void remove(String inside, boolean saved) {
    LxcConfig written = config.get();
    Optional<Integer> index = saved ? indexOf(written, inside) : Optional.empty();
    changes().remove(inside);
    if (index.isPresent()) {
      written.clear("lxc.net." + index.get());
      written.save(file);
    }
  }

  void setUp(String inside, boolean up) {
    changes().setUp(inside, up);
  }

  private InterfaceChanges changes() {
    return new InterfaceChanges(container.lives(), container.life());
  }

  private static String freeName(InterfaceChanges changes) {
    Set<String> taken =
        changes.links().stream().map(NetAddresses.Link::name).collect(Collectors.toSet());
    int number = 0;
    while (taken.contains("eth" + number)) {
      number++;
    }
    return "eth" + number;
  }

  private int nextIndex(LxcConfig saved) {
    return nics(saved).stream().mapToInt(Nic::index).max().orElse(-1) + 1;
  }

  private List<Nic> nics(LxcConfig saved) {
    return saved.hasErrors() ? List.of() : saved.spec(name, lxcPath).nics();
  }

  /** The interface of the configuration that has this name: by its line, or by its place. */
  private Optional<Integer> indexOf(LxcConfig saved, String inside) {
    List<Nic> nics = nics(saved);
    Optional<Integer> named =
        nics.stream().filter(nic -> inside.equals(name(nic))).map(Nic::index).findFirst();
    if (named.isPresent()) {
      return named;
    }
    Set<String> taken =
        nics.stream()
            .map(Interfaces::name)
            .filter(given -> given != null)
            .collect(Collectors.toSet());
    int number = 0;
    for (Nic nic : nics.stream().filter(nic -> name(nic) == null).toList()) {
      while (!taken.add("eth" + number)) {
        number++;
      }
      if (inside.equals("eth" + number)) {
        return Optional.of(nic.index());
      }
    }
    return Optional.empty();
  }

  private static String name(Nic nic) {
    return Optional.ofNullable(nic.settings().get(NAME)).map(Sourced::value).orElse(null);
  }

  private static void write(LxcConfig config, InterfaceOptions options, int index, String inside) {
    set(config, index, TYPE, options.type());
    for (InterfaceOptions.Setting setting : options.settings()) {
      set(config, index, setting.subkey(), setting.value());
    }
    if (options.value(NAME).isEmpty()) {
      set(config, index, NAME, inside);
    }
    List<Problem> errors = config.problems().stream().filter(Problem::isError).toList();
    if (!errors.isEmpty()) {
      throw CofferException.of("cannot make such an interface", errors);
    }
  }

  private static void set(LxcConfig config, int index, String subkey, String value) {
    String key = "lxc.net." + index + "." + subkey;
    String own = "coffer.net." + index + "." + subkey;
    boolean isOwn = !LxcKeys.isSupported(key) && LxcKeys.isSupported(own);
    config.set(isOwn ? own : key, value, Origin.option(subkey + "=" + value));
  }
}
