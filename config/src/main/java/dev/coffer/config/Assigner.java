package dev.coffer.config;

import dev.coffer.config.LxcKeys.Found;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.Sourced;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Carries out {@code key = value} on the settings: finds the row, reads the value, and says what is
 * wrong. Does not open files; includes go to whoever made it.
 */
final class Assigner {
  /** Reads the files an lxc.include names. */
  @FunctionalInterface
  interface Includes {
    void include(String path, Origin origin, List<Problem> problems);
  }

  /**
   * What became of an assignment.
   *
   * @param name the full key in today's spelling; empty if there is none
   * @param value the value to keep in the file, where random digits have been filled in
   * @param accepted whether it was carried out
   */
  record Outcome(String name, String value, boolean accepted) {}

  private final Settings settings;
  private final Map<String, String> environment;
  private final Includes includes;
  private int formerNic = -1;
  private boolean readsEnvironment;
  private Optional<Sourced<String>> formerBackend = Optional.empty();

  Assigner(Settings settings, Map<String, String> environment, Includes includes) {
    this.settings = settings;
    this.environment = environment;
    this.includes = includes;
  }

  /** The storage type that LXC 1 and 2 kept in a key of its own. */
  Optional<Sourced<String>> formerBackend() {
    return formerBackend;
  }

  /** Whether a value was asked of the environment. */
  boolean readsEnvironment() {
    return readsEnvironment;
  }

  /** Carries out one assignment; what is wrong with it goes to {@code problems}. */
  Outcome assign(String key, String value, Origin origin, List<Problem> problems) {
    Reporter reporter = new Reporter(origin, problems);
    try {
      Optional<Found> found = LxcKeys.find(key);
      if (found.isEmpty()) {
        if (FormerNames.GONE.contains(key)) {
          reporter.note("\"" + key + "\" is from LXC 2 and does nothing any more");
          return new Outcome("", value, true);
        }
        if (key.equals(FormerNames.BACKEND)) {
          assignBackend(value, origin, reporter);
          return new Outcome(StorageKeys.ROOTFS.row().name(), value, true);
        }
        found = findFormer(key, reporter);
      }
      if (found.isEmpty()) {
        throw unsupported(key);
      }
      String kept = assign(found.get(), value, origin, reporter);
      return new Outcome(found.get().name(), kept, true);
    } catch (BadValueException e) {
      reporter.error(e);
      return new Outcome("", value, false);
    }
  }

  /** The row for a key in today's or a former spelling, without changing anything. */
  Optional<Found> lookUp(String key) {
    return LxcKeys.find(key)
        .or(() -> FormerNames.today(key, Math.max(0, formerNic)).flatMap(LxcKeys::find));
  }

  /** Back to the default; whether there is such a thing to clear. */
  boolean clear(Found found) {
    Key<?> key = found.key();
    if (key == HookAndLogKeys.INCLUDE) {
      return true;
    }
    if (NetworkKeys.isSetting(key) && nicType(found.argument()).isEmpty()) {
      return false;
    }
    if (key == StorageKeys.ROOTFS) {
      formerBackend = Optional.empty();
    }
    if (key == NetworkKeys.ALL) {
      formerNic = -1;
    }
    settings.removeIf(setting -> covers(found, setting.key(), setting.name()));
    return true;
  }

  /** Whether clearing {@code found} also clears the key {@code name} of row {@code key}. */
  static boolean covers(Found found, Key<?> key, String name) {
    if (found.key() == NetworkKeys.ONE || found.key() == NetworkKeys.TYPE) {
      return NetworkKeys.isOf(found.argument(), name);
    }
    return found.key().isGroup() ? found.key().members().contains(key) : name.equals(found.name());
  }

  /** The type of an interface; absent where there is no such interface. */
  Optional<String> nicType(String index) {
    List<Setting> ofNic =
        settings.all().stream().filter(setting -> NetworkKeys.isOf(index, setting.name())).toList();
    if (ofNic.isEmpty()) {
      return Optional.empty();
    }
    return ofNic.stream()
        .filter(setting -> setting.key() == NetworkKeys.TYPE)
        .map(NetworkKeys.TYPE::valueOf)
        .findFirst()
        .or(() -> Optional.of(NetworkKeys.DEFAULT_TYPE));
  }

  private void assignBackend(String value, Origin origin, Reporter reporter) {
    formerBackend = value.isEmpty() ? Optional.empty() : Optional.of(new Sourced<>(value, origin));
    reporter.note(
        "\"" + FormerNames.BACKEND + "\" is from LXC 2; write lxc.rootfs.path = TYPE:PATH instead");
  }

  private Optional<Found> findFormer(String key, Reporter reporter) throws BadValueException {
    boolean ofNic = key.startsWith(FormerNames.NETWORK + ".");
    Optional<String> today = FormerNames.today(key, nicForFormer(key));
    if (today.isEmpty()) {
      return Optional.empty();
    }
    if (key.equals(FormerNames.NETWORK + ".type")) {
      formerNic = nicForFormer(key);
    } else if (ofNic && formerNic < 0 && !Character.isDigit(key.charAt(12))) {
      throw new BadValueException(
          "\"" + key + "\" comes before any interface", "put lxc.network.type above it");
    }
    reporter.note("\"" + key + "\" is a name from LXC 2; it is \"" + today.get() + "\" today");
    return LxcKeys.find(today.get());
  }

  // Each lxc.network.type opened a further interface; the lines below it belonged to that one.
  private int nicForFormer(String key) {
    if (!key.equals(FormerNames.NETWORK + ".type")) {
      return Math.max(0, formerNic);
    }
    return settings.all().stream()
            .filter(setting -> setting.name().startsWith(NetworkKeys.PREFIX))
            .mapToInt(setting -> Integer.parseInt(setting.argument()))
            .max()
            .orElse(-1)
        + 1;
  }

  private static BadValueException unsupported(String key) {
    String nearest =
        LxcKeys.nearest(key).map(near -> "; did you mean \"" + near + "\"?").orElse("");
    String what =
        key.matches("(lxc|coffer)\\.net\\.[0-9]+\\..*")
            ? "Unknown network configuration key"
            : "Unsupported config key";
    return new BadValueException(what + " \"" + key + "\"" + nearest, "");
  }

  private String assign(Found found, String value, Origin origin, Reporter reporter)
      throws BadValueException {
    if (!value.isEmpty()) {
      return put(found, value, origin, reporter);
    }
    switch (found.key().row().empty()) {
      case UNSETS -> {
        if (!clear(found)) {
          throw new BadValueException(
              "there is no interface " + NetworkKeys.PREFIX + found.argument(), "");
        }
      }
      case MEANS_ZERO -> put(found, "0", origin, reporter);
      case IS_REFUSED -> throw new BadValueException("the value must not be empty", "");
      case IS_IGNORED -> {}
    }
    return value;
  }

  private String put(Found found, String value, Origin origin, Reporter reporter)
      throws BadValueException {
    if (value.indexOf('\0') >= 0) {
      throw new BadValueException("the value contains a NUL byte", "");
    }
    Key<?> key = found.key();
    if (key.isGroup()) {
      throw new BadValueException(
          found.name() + " must not have a value",
          "leave it empty to clear all keys below " + found.name());
    }
    if (key == HookAndLogKeys.INCLUDE) {
      includes.include(value, origin, reporter.problems());
      return value;
    }
    if (NetworkKeys.isSetting(key)) {
      checkNicType(found);
    }
    Object parsed = key.type().parse(value, reporter);
    checkTogether(key, parsed);
    if (key == NetworkKeys.TYPE) {
      beginNic(found, reporter);
    }
    if (key == LimitKeys.PRLIMIT && LimitKeys.doubtAbout(found.argument()) != null) {
      BadValueException doubt = LimitKeys.doubtAbout(found.argument());
      reporter.warn(doubt.getMessage(), doubt.remedy());
    }
    boolean filled = key.row().name().endsWith(".hwaddr");
    String kept = filled ? (String) parsed : value;
    settings.put(new Setting(key, found.name(), found.argument(), kept, parsed, origin));
    return kept;
  }

  private void checkNicType(Found found) throws BadValueException {
    if (OwnNicKeys.has(found.key()) && nicType(found.argument()).isEmpty()) {
      String nic = NetworkKeys.PREFIX + found.argument();
      throw new BadValueException("there is no interface " + nic, "put " + nic + ".type above it");
    }
    Optional<String> only = NetworkKeys.onlyFor(found.key());
    String type = nicType(found.argument()).orElse(NetworkKeys.DEFAULT_TYPE);
    if (only.isPresent() && !only.get().equals(type)) {
      String typeKey = NetworkKeys.PREFIX + found.argument() + ".type";
      throw new BadValueException(
          "only an interface of type " + only.get() + " has this key, and this one is " + type,
          "put " + typeKey + " = " + only.get() + " above it");
    }
  }

  private void beginNic(Found found, Reporter reporter) {
    boolean typed = !settings.named(found.name()).isEmpty();
    boolean removed =
        settings.removeIf(setting -> NetworkKeys.isOf(found.argument(), setting.name()));
    if (removed && !typed) {
      reporter.warn(
          "the type begins the interface anew, so what stands above it for "
              + NetworkKeys.PREFIX
              + found.argument()
              + " is lost",
          "put the type first");
    }
  }

  private void checkTogether(Key<?> key, Object parsed) throws BadValueException {
    if (key == SecurityKeys.CAP_DROP) {
      refuseBeside(
          SecurityKeys.CAP_KEEP, "Keeping and dropping capabilities are mutually exclusive");
    } else if (key == SecurityKeys.CAP_KEEP) {
      refuseBeside(
          SecurityKeys.CAP_DROP, "Keeping and dropping capabilities are mutually exclusive");
    } else if (key == NamespaceKeys.CLONE) {
      refuseBeside(NamespaceKeys.KEEP, bothNamespaces());
    } else if (key == NamespaceKeys.KEEP) {
      refuseBeside(NamespaceKeys.CLONE, bothNamespaces());
    }
  }

  private static String bothNamespaces() {
    return "Cannot set both \"lxc.namespace.clone\" and \"lxc.namespace.keep\"";
  }

  private void refuseBeside(Key<?> other, String message) throws BadValueException {
    List<Setting> set = settings.of(other);
    if (!set.isEmpty()) {
      throw new BadValueException(
          message,
          "clear the other with \""
              + other.row().name()
              + " =\", set at "
              + set.getLast().origin().describe());
    }
  }

  /** Turns what parsers say into problems with their origin. */
  private final class Reporter implements Reading {
    private final Origin origin;
    private final List<Problem> problems;

    Reporter(Origin origin, List<Problem> problems) {
      this.origin = origin;
      this.problems = problems;
    }

    List<Problem> problems() {
      return problems;
    }

    @Override
    public Optional<String> variable(String name) {
      readsEnvironment = true;
      return Optional.ofNullable(environment.get(name));
    }

    @Override
    public void warn(String message, String remedy) {
      problems.add(Problem.warning(origin, printable(message), printable(remedy)));
    }

    void note(String message) {
      problems.add(Problem.note(origin, printable(message)));
    }

    void error(BadValueException e) {
      problems.add(Problem.error(origin, printable(e.getMessage()), printable(e.remedy())));
    }

    // What comes from a file must not steer the terminal it is shown on.
    private static String printable(String text) {
      return text.replaceAll("\\p{Cntrl}", "?");
    }
  }
}
