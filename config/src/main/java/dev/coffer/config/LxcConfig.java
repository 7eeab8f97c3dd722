package dev.coffer.config;

import dev.coffer.config.LxcKeys.Found;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import dev.coffer.model.SpecBuilder;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A container's lxc.conf: what it says, what is wrong with it, and its text for saving. Everything
 * wrong is gathered; nothing in a file makes this class throw. Not for sharing between threads.
 */
public final class LxcConfig {
  private static final String OURS = "coffer.";
  private static final String LXC = "lxc.";

  private final Optional<Path> file;
  private final Settings settings = new Settings();
  private final Document document = new Document();
  private final List<Problem> problems = new ArrayList<>();
  private final Assigner assigner;
  private final IncludeReader includes;
  private Charset charset = StandardCharsets.UTF_8;
  private boolean byChance;

  private LxcConfig(Optional<Path> file, Map<String, String> environment) {
    this.file = file;
    this.includes = new IncludeReader(file, this::readIncluded);
    this.assigner = new Assigner(settings, Map.copyOf(environment), includes::include);
  }

  /** A configuration without any line. */
  public static LxcConfig empty() {
    return new LxcConfig(Optional.empty(), Map.of());
  }

  /**
   * Reads {@code file} and what it includes.
   *
   * @param environment values for {@code lxc.environment = NAME}
   * @throws CofferException if {@code file} itself cannot be read; all else is in {@link #problems}
   */
  public static LxcConfig read(Path file, Map<String, String> environment) {
    try {
      TextFile text = TextFile.read(file);
      LxcConfig config = new LxcConfig(Optional.of(file), environment);
      config.charset = text.charset();
      config.readMain(text.text(), file);
      return config;
    } catch (IOException e) {
      throw new CofferException(IncludeReader.cannotOpen(file.toString(), e));
    }
  }

  /** Reads text that counts as the content of {@code nominalFile}, which need not exist. */
  public static LxcConfig parse(String text, Path nominalFile, Map<String, String> environment) {
    LxcConfig config = new LxcConfig(Optional.of(nominalFile), environment);
    config.readMain(text, nominalFile);
    return config;
  }

  /** All that is wrong or worth saying, in the order it was met. */
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** Whether anything makes this configuration unusable. */
  public boolean hasErrors() {
    return problems.stream().anyMatch(Problem::isError);
  }

  /**
   * The files and directories that were looked at: while they are as they were, reading gives the
   * same again. Empty where it would not, because a value came from the environment or by chance.
   */
  public Optional<Set<Path>> sources() {
    if (file.isEmpty() || byChance || assigner.readsEnvironment()) {
      return Optional.empty();
    }
    Set<Path> sources = new LinkedHashSet<>(includes.looked());
    sources.add(file.get());
    return Optional.of(sources);
  }

  /** The file this was read from. */
  public Optional<Path> file() {
    return file;
  }

  /**
   * As a further line at the end, but taken literally: quotes stay. An empty value clears. What is
   * wrong joins {@link #problems}.
   *
   * @return whether it was accepted
   */
  public boolean set(String key, String value, Origin origin) {
    List<Problem> found = trySet(key, value, origin);
    problems.addAll(found);
    return found.stream().noneMatch(Problem::isError);
  }

  /**
   * As {@link #set}, but what is wrong is only returned, so that a refused change leaves no trace.
   */
  public List<Problem> trySet(String key, String value, Origin origin) {
    List<Problem> found = new ArrayList<>();
    Assigner.Outcome outcome = assigner.assign(key, value, origin, found);
    if (outcome.accepted()) {
      if (value.isEmpty()) {
        removeLines(key);
      } else {
        document.append(key, outcome.value(), outcome.name());
      }
    }
    return found;
  }

  /**
   * Back to the default: the setting goes, and so do the main file's lines about it. For {@code
   * lxc.net}, {@code lxc.net.N}, {@code lxc.hook}, {@code lxc.cgroup} and the like all keys below
   * go.
   *
   * @return whether the key is one that can be cleared
   */
  public boolean clear(String key) {
    Optional<Found> found = assigner.lookUp(key);
    if (found.isEmpty() || !assigner.clear(found.get())) {
      return false;
    }
    removeLines(key);
    return true;
  }

  /**
   * The value as {@code lxc-info -c} shows it: each element of a list with a newline after it.
   *
   * @return empty where there is no such key or interface; an empty text where nothing was set
   */
  public Optional<String> get(String key) {
    return assigner.lookUp(key).flatMap(this::print);
  }

  /**
   * Names below a prefix, without the prefix: LXC's keys an interface can have for {@code
   * lxc.net.0}, Coffer's own for {@code coffer.net.0}, the kinds of hook for {@code lxc.hook}; all
   * keys of the table for an empty prefix.
   */
  public List<String> keys(String prefix) {
    String base = prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
    if (base.isEmpty()) {
      return LxcKeys.table().stream().filter(row -> !row.isFamily()).map(KeyRow::name).toList();
    }
    Optional<Found> found = LxcKeys.find(base);
    if (found.isPresent() && found.get().key() == NetworkKeys.ONE) {
      return assigner.nicType(found.get().argument()).map(LxcConfig::subkeys).orElse(List.of());
    }
    Optional<String> index = OwnNicKeys.index(base);
    if (index.isPresent()) {
      return index.flatMap(assigner::nicType).map(type -> OwnNicKeys.subkeys()).orElse(List.of());
    }
    List<String> names = new ArrayList<>();
    LxcKeys.table().stream().filter(row -> !row.isFamily()).map(KeyRow::name).forEach(names::add);
    settings.all().stream().map(Setting::name).forEach(names::add);
    return names.stream()
        .filter(name -> name.startsWith(base + "."))
        .map(name -> name.substring(base.length() + 1))
        .distinct()
        .toList();
  }

  /** The values in force as they were written, oldest first; several only for a list. */
  public List<String> values(String key) {
    return assigner.lookUp(key).stream()
        .flatMap(found -> settings.named(found.name()).stream())
        .map(Setting::text)
        .toList();
  }

  /** Where the value in force was written last; empty where nothing was set. */
  public Optional<Origin> origin(String key) {
    return assigner.lookUp(key).stream()
        .flatMap(found -> settings.named(found.name()).stream())
        .map(Setting::origin)
        .reduce((first, last) -> last);
  }

  /** The main file's text: what was read, with what was set and cleared since. */
  public String text() {
    return document.text();
  }

  /**
   * Writes {@link #text} in one step; a new file gets mode 0640.
   *
   * @throws CofferException if that fails
   */
  public void save(Path target) {
    try {
      new TextFile(text(), charset).write(target);
    } catch (IOException e) {
      throw new CofferException("cannot write \"" + target + "\": " + IncludeReader.reason(e));
    }
  }

  /**
   * What this configuration wants.
   *
   * @throws CofferException listing all errors, if there are any
   */
  public ContainerSpec spec(String name, Path lxcPath) {
    SpecAssembly assembly = new SpecAssembly(settings, assigner.formerBackend());
    SpecBuilder builder = new SpecBuilder(name, lxcPath);
    builder.configFile = file;
    assembly.assemble(builder);
    List<Problem> all = new ArrayList<>(problems);
    all.addAll(assembly.problems());
    if (all.stream().anyMatch(Problem::isError)) {
      throw CofferException.of("Failed to load config for " + name, all);
    }
    return builder.build();
  }

  private void readMain(String text, Path nominalFile) {
    if (text.isEmpty()) {
      return;
    }
    document.endsWithNewline(text.endsWith("\n"));
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    String[] lines = body.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      LineRead outcome = readLine(lines[i], nominalFile, i + 1);
      document.add(outcome.text(), outcome.name());
    }
  }

  private void readIncluded(String text, Path includedFile, List<Problem> gathered) {
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      readLine(lines[i], includedFile, i + 1, gathered);
    }
  }

  private LineRead readLine(String text, Path source, int number) {
    return readLine(text, source, number, problems);
  }

  /** A line of the main file after reading: its text, with random digits filled in, and its key. */
  private record LineRead(String text, String name) {}

  private LineRead readLine(String text, Path source, int number, List<Problem> gathered) {
    ConfigLine line = ConfigLine.parse(text);
    if (!line.key().startsWith(LXC) && !line.key().startsWith(OURS)) {
      return new LineRead(text, "");
    }
    if (line.value().isEmpty()) {
      String message = "Invalid configuration line: " + line.key();
      gathered.add(Problem.error(Origin.of(source, number, ""), message, "write KEY = VALUE"));
      return new LineRead(text, "");
    }
    String value = line.value().get();
    Origin origin = Origin.of(source, number, line.key());
    Assigner.Outcome outcome = assigner.assign(line.key(), value, origin, gathered);
    byChance |= !outcome.value().equals(value);
    int at = text.lastIndexOf(value);
    String kept =
        outcome.value().equals(value)
            ? text
            : text.substring(0, at) + outcome.value() + text.substring(at + value.length());
    return new LineRead(kept, outcome.name());
  }

  private void removeLines(String key) {
    assigner
        .lookUp(key)
        .ifPresent(found ->
            document.removeIf(name ->
                LxcKeys.find(name)
                    .filter(line -> Assigner.covers(found, line.key(), line.name()))
                    .isPresent()));
  }

  private Optional<String> print(Found found) {
    Key<?> key = found.key();
    if (key == HookAndLogKeys.INCLUDE
        || key == HookAndLogKeys.ALL_HOOKS
        || key == NetworkKeys.ONE) {
      return Optional.empty();
    }
    if (key == NetworkKeys.ALL) {
      return Optional.of(nicTypes());
    }
    if (key.isGroup()) {
      return Optional.of(printMembers(key));
    }
    if (NetworkKeys.isOfAny(found.name())) {
      Optional<String> type = assigner.nicType(found.argument());
      if (type.isEmpty() || !NetworkKeys.onlyFor(key).orElse(type.get()).equals(type.get())) {
        return Optional.empty();
      }
      if (key == NetworkKeys.TYPE) {
        return type;
      }
    }
    return Optional.of(key.print(settings.named(found.name())));
  }

  private String printMembers(Key<?> group) {
    StringBuilder text = new StringBuilder();
    for (Setting setting : settings.all()) {
      if (group.members().contains(setting.key())) {
        String value = setting.key().print(List.of(setting));
        text.append(setting.name()).append(" = ").append(ConfigLine.trim(value)).append('\n');
      }
    }
    return text.toString();
  }

  private String nicTypes() {
    StringBuilder types = new StringBuilder();
    settings.all().stream()
        .filter(setting -> NetworkKeys.isOfAny(setting.name()))
        .map(Setting::argument)
        .distinct()
        .sorted(Comparator.comparing(Integer::valueOf))
        .forEach(index -> types.append(assigner.nicType(index).orElseThrow()).append('\n'));
    return types.toString();
  }

  private static List<String> subkeys(String type) {
    List<String> subkeys = new ArrayList<>(List.of("type"));
    for (Key<?> key : NetworkKeys.settings()) {
      if (NetworkKeys.onlyFor(key).filter(only -> !Objects.equals(only, type)).isEmpty()) {
        subkeys.add(NetworkKeys.subkey(key));
      }
    }
    return subkeys;
  }
}
