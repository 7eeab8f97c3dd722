package dev.coffer.tools.command;

import dev.coffer.Address;
import dev.coffer.Container;
import dev.coffer.Disk;
import dev.coffer.Usage;
import dev.coffer.config.LxcConfig;
import dev.coffer.model.ContainerState;
import dev.coffer.plan.Protection;
import dev.coffer.runtime.LastEnd;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.CommonOptions;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.Json;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;

/** lxc-info: state, process, addresses, resource use and configuration values of one container. */
public final class InfoTool implements Tool {
  private static final Option CONFIG =
      Option.value('c', "config", "KEY", "Show the configuration value KEY.");
  private static final Option IPS = Option.flag('i', "ips", "Show the addresses.");
  private static final Option STATE = Option.flag('s', "state", "Show the state.");
  private static final Option PID = Option.flag('p', "pid", "Show the process id of its init.");
  private static final Option STATS = Option.flag('S', "stats", "Show what it uses.");
  private static final Option NO_HUMANIZE =
      Option.flag(
          'H', "no-humanize", "Plain numbers, and the bare value where one thing is asked for.");

  private static final Option SECCOMP =
      Option.flag("seccomp", "Show the system call filter, as libseccomp describes it.").ours();

  private static final Option SECURITY =
      Option.flag(
              "security",
              "Show what protects it and what is weaker than the secure default, with the line to"
                  + " write.")
          .ours();

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-info",
          "--name=NAME",
          "shows what is known about a container",
          "Without options it shows everything but configuration values.\n\n"
              + "--format json prints an object with the members name, state, pid, last_end (halted,"
              + " status, signal, at, restarts), ips, cpu_nanos,"
              + " io_bytes, memory_bytes, swap_bytes, kernel_memory_bytes, links (name, sent_bytes,"
              + " received_bytes), root_bytes and root_limit_bytes (where the root file system has a size"
              + " of its own) and config (a member per key, null for an unknown one), as far as"
              + " they are asked for; what is not known is null. With --security it has name and protections"
              + " (subject, strength: default, own or weaker, text, origin, remedy).",
          OptionTable.of(
              CONFIG, IPS, STATE, PID, STATS, NO_HUMANIZE, SECCOMP, SECURITY, OutputFormat.OPTION),
          List.of());

  /** What is asked for. */
  private record Wanted(
      boolean name, boolean state, boolean pid, boolean ips, boolean stats, List<String> keys) {
    static Wanted of(Session session) {
      List<String> keys = session.arguments().values(CONFIG);
      boolean state = session.has(STATE);
      boolean pid = session.has(PID);
      boolean ips = session.has(IPS);
      boolean stats = session.has(STATS);
      boolean all = !state && !pid && !ips && !stats && keys.isEmpty();
      return new Wanted(all, all || state, all || pid, all || ips, all || stats, keys);
    }

    /** Whether exactly one of the single values is asked for, so that its label can be left out. */
    boolean single() {
      return !name && !stats && (state ? 1 : 0) + (pid ? 1 : 0) + (ips ? 1 : 0) == 1;
    }
  }

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    Wanted wanted = Wanted.of(session);
    OutputFormat format = OutputFormat.of(session);
    Container container = session.container();
    ContainerState state = container.state();
    if (state == ContainerState.STOPPED && !container.isDefined()) {
      return missing(session);
    }
    if (session.has(SECCOMP)) {
      return seccomp(session, container);
    }
    if (session.has(SECURITY)) {
      List<Protection> protections = container.protections();
      session
          .out()
          .print(
              format == OutputFormat.JSON
                  ? SecurityText.json(container.name(), protections)
                  : SecurityText.table(protections));
      return Runner.OK;
    }
    Function<String, Optional<String>> config = config(session, container);
    if (format == OutputFormat.JSON) {
      session.out().print(json(container, state, wanted, config));
      return Runner.OK;
    }
    boolean humanize = !session.has(NO_HUMANIZE);
    InfoText text = new InfoText(humanize, !humanize && wanted.single());
    add(text, container, state, wanted);
    if (wanted.stats() && session.face() == Face.COFFER) {
      container.disk().ifPresent(text::disk);
    }
    session.out().print(text.toString());
    values(session, config, wanted.keys(), !humanize && wanted.keys().size() == 1);
    return Runner.OK;
  }

  private static int seccomp(Session session, Container container) {
    Optional<String> filter = container.seccompFilter();
    if (filter.isEmpty()) {
      session
          .log()
          .error(
              "no seccomp policy is asked for",
              List.of("hint  set lxc.seccomp.profile = FILE, or coffer.seccomp = default"));
      return Runner.FAILED;
    }
    session.out().print(filter.get());
    return Runner.OK;
  }

  /** Values of the file given by {@code --rcfile}, else the container's. */
  private static Function<String, Optional<String>> config(Session session, Container container) {
    Optional<Path> file = session.path(CommonOptions.RC_FILE);
    return file.isPresent()
        ? LxcConfig.read(file.get(), session.invocation().environment())::get
        : container::configItem;
  }

  private static int missing(Session session) {
    if (session.face() == Face.LXC) {
      session.err().println(session.name() + " doesn't exist");
    } else {
      session
          .log()
          .error(
              "it does not exist", List.of("hint  \"coffer list\" shows the containers there are"));
    }
    return Runner.FAILED;
  }

  private static void add(InfoText text, Container container, ContainerState state, Wanted wanted) {
    if (wanted.name()) {
      text.value("Name:", container.name());
    }
    if (wanted.state()) {
      text.value("State:", state.name());
    }
    if (state == ContainerState.STOPPED && wanted.name()) {
      container.lastEnd().ifPresent(end -> text.value("Last end:", ended(end)));
    }
    if (wanted.name()) {
      container.hook().ifPresent(hook -> text.value("Hook:", hook.describe()));
    }
    if (state != ContainerState.STOPPED) {
      running(container, wanted, text);
    }
  }

  private static String ended(LastEnd end) {
    String when = TIME.format(end.at().atZone(ZoneId.systemDefault()));
    return end.describe()
        + ", "
        + when
        + (end.restarts() > 0 ? ", after " + end.restarts() + " restarts" : "");
  }

  private static void running(Container container, Wanted wanted, InfoText text) {
    if (wanted.pid()) {
      OptionalInt pid = container.initPid();
      if (pid.isPresent()) {
        text.value("PID:", Integer.toString(pid.getAsInt()));
      }
    }
    if (wanted.ips()) {
      for (Address address : container.addresses()) {
        text.value("IP:", address.address());
      }
    }
    if (wanted.stats()) {
      container.usage().ifPresent(text::usage);
    }
  }

  /** Printed one by one: errors about unknown keys stand between the values, and are no failure. */
  private static void values(
      Session session, Function<String, Optional<String>> config, List<String> keys, boolean bare) {
    for (String key : keys) {
      Optional<String> value = config.apply(key);
      if (value.isEmpty()) {
        session.out().flush();
        session.err().println(key + " invalid");
      } else if (bare) {
        session.out().println(value.get());
      } else {
        session.out().println(value.get().isEmpty() ? key + " =" : key + " = " + value.get());
      }
    }
  }

  private static String json(
      Container container,
      ContainerState state,
      Wanted wanted,
      Function<String, Optional<String>> config) {
    Json json = new Json().object();
    json.member("name", container.name()).member("state", state.name());
    if (wanted.pid()) {
      json.member("pid", container.initPid());
    }
    if (wanted.name()) {
      lastEnd(json, container.lastEnd());
    }
    if (wanted.ips()) {
      json.member("ips", container.addresses().stream().map(Address::address).toList());
    }
    if (wanted.stats()) {
      stats(json, container.usage());
      Optional<Disk> disk = container.disk();
      json.member(
          "root_bytes", disk.map(Disk::used).map(OptionalLong::of).orElse(OptionalLong.empty()));
      json.member(
          "root_limit_bytes",
          disk.map(Disk::limit).map(OptionalLong::of).orElse(OptionalLong.empty()));
    }
    if (!wanted.keys().isEmpty()) {
      json.name("config").object();
      for (String key : wanted.keys()) {
        json.member(key, config.apply(key));
      }
      json.endObject();
    }
    return json.endObject().text();
  }

  private static void lastEnd(Json json, Optional<LastEnd> last) {
    if (last.isEmpty()) {
      json.member("last_end", Optional.<String>empty());
      return;
    }
    LastEnd end = last.get();
    json.name("last_end").object();
    json.member("halted", end.halted());
    json.member(
        "status",
        end.status().exited() ? OptionalInt.of(end.status().code()) : OptionalInt.empty());
    json.member(
        "signal",
        end.status().exited() ? OptionalInt.empty() : OptionalInt.of(end.status().signal()));
    json.member("at", end.at().toString());
    json.member("restarts", OptionalInt.of(end.restarts()));
    json.endObject();
  }

  private static void stats(Json json, Optional<Usage> usage) {
    OptionalLong none = OptionalLong.empty();
    json.member("cpu_nanos", usage.map(Usage::cpuNanos).orElse(none));
    json.member("io_bytes", usage.map(Usage::ioBytes).orElse(none));
    json.member("memory_bytes", usage.map(Usage::memoryBytes).orElse(none));
    json.member("swap_bytes", usage.map(Usage::swapBytes).orElse(none));
    json.member("kernel_memory_bytes", usage.map(Usage::kernelMemoryBytes).orElse(none));
    json.name("links").array();
    for (Usage.Link link : usage.map(Usage::links).orElse(List.of())) {
      json.object().member("name", link.hostName()).member("sent_bytes", link.sentBytes());
      json.member("received_bytes", link.receivedBytes()).endObject();
    }
    json.endArray();
  }
}
