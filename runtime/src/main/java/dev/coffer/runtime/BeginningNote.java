package dev.coffer.runtime;

import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.plan.StartRequest;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What of a start is not in its configuration and yet holds until the container's end, as lines of
 * the memo: its options, its command, and how it began.
 */
public final class BeginningNote {
  private static final String CWD = "cwd";
  private static final String ENVIRONMENT = "environment";
  private static final String COMMAND = "command";
  private static final String CALLER_STREAMS = "caller-streams";
  private static final String CONSOLE = "console";
  private static final String CONSOLE_LOG = "console-log";
  private static final String PID_FILE = "pidfile";

  private BeginningNote() {}

  static Map<String, String> encode(StartOrder order, Beginning beginning) {
    Map<String, String> memo = new LinkedHashMap<>();
    StartRequest request = order.request();
    memo.put(CWD, beginning.cwd().toString());
    memo.put(
        ENVIRONMENT,
        new TreeMap<>(beginning.environment())
            .entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("\0")));
    memo.put(COMMAND, String.join("\0", request.command().value()));
    memo.put(CALLER_STREAMS, String.valueOf(request.callerStreams()));
    order.console().ifPresent(console -> memo.put(CONSOLE, console));
    order.consoleLog().ifPresent(log -> memo.put(CONSOLE_LOG, log.toString()));
    order.pidFile().ifPresent(file -> memo.put(PID_FILE, file.toAbsolutePath().toString()));
    return memo;
  }

  static Beginning decode(Map<String, String> memo) {
    return memo.containsKey(CWD)
        ? new Beginning(Path.of(memo.get(CWD)), environment(memo))
        : Beginning.UNKNOWN;
  }

  /** The variables that were there at the start, as far as something reads them. */
  public static Map<String, String> environment(Map<String, String> memo) {
    Map<String, String> environment = new HashMap<>();
    for (String variable : memo.getOrDefault(ENVIRONMENT, "").split("\0")) {
      int equals = variable.indexOf('=', 1);
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return environment;
  }

  /** Adds the options of the start to an order that was made of the configuration alone. */
  static StartOrder complete(StartOrder order, Map<String, String> memo) {
    StartRequest request = order.request();
    return new StartOrder(
        new StartRequest(
            request.spec(),
            request.application(),
            Boolean.parseBoolean(memo.get(CALLER_STREAMS)),
            command(request.command(), memo),
            request.fstab(),
            request.share(),
            request.seccomp(),
            request.mountPoint()),
        order.configText(),
        order.items(),
        order.filter(),
        order.foreground(),
        Optional.ofNullable(memo.get(PID_FILE)).map(Path::of),
        Optional.ofNullable(memo.get(CONSOLE)),
        Optional.ofNullable(memo.get(CONSOLE_LOG)).map(Path::of));
  }

  private static Sourced<List<String>> command(
      Sourced<List<String>> configured, Map<String, String> memo) {
    String noted = memo.get(COMMAND);
    List<String> words = noted == null ? configured.value() : Arrays.asList(noted.split("\0", -1));
    return words.equals(configured.value())
        ? configured
        : new Sourced<>(words, Origin.option(COMMAND));
  }
}
