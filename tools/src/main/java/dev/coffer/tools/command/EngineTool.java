package dev.coffer.tools.command;

import dev.coffer.tools.EngineCall;
import dev.coffer.tools.EngineControl;
import dev.coffer.tools.EngineStatus;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** {@code coffer engine}: how the engine is, and its end. */
public final class EngineTool implements Tool {
  private static final int LABEL_WIDTH = 12;

  private static final CommandPage PAGE =
      new CommandPage(
          "coffer engine",
          "status | stop",
          "looks after the engine",
          "The engine is the process that does the work behind all commands. It is started by the first"
              + " command and leaves when it has had nothing to do for a while; containers do not depend"
              + " on it.\n\n"
              + "A stopped engine still answers the commands it has begun with, such as a start in the"
              + " foreground, and stop names them; other commands get a new engine at once. A signal (kill"
              + " PID) ends it without waiting; a command that only waits for its own child goes on.\n\n"
              + "--format json prints an object with the members pid, uptime_seconds, build,"
              + " requests_served, memory_bytes, containers and socket.",
          OptionTable.bare(OutputFormat.OPTION),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public int run(Session session) {
    OutputFormat format = OutputFormat.of(session);
    EngineControl engine = session.invocation().engine();
    String verb = session.operands().isEmpty() ? "status" : session.operands().getFirst();
    switch (verb) {
      case "status" -> {
        EngineStatus status = engine.status();
        session.out().print(format == OutputFormat.JSON ? json(status) : text(status));
      }
      case "stop" -> session.out().print(remaining(engine.stop()));
      default -> throw new BadArgument("unknown command '" + verb + "'; use status or stop");
    }
    return Runner.OK;
  }

  /** Silent when it ends at once. */
  private static String remaining(List<EngineCall> calls) {
    if (calls.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder("The engine ends when these commands have ended:\n");
    for (EngineCall call : calls) {
      out.append("  ").append(call.pid()).append("  ").append(String.join(" ", call.argv()));
      out.append('\n');
    }
    return out.toString();
  }

  private static String text(EngineStatus status) {
    StringBuilder out = new StringBuilder(256);
    line(out, "PID", Long.toString(status.pid()));
    line(out, "Uptime", describe(status.uptime()));
    line(out, "Build", status.buildId());
    line(out, "Requests", Long.toString(status.requestsServed()));
    line(out, "Memory", InfoText.humanSize(status.memoryBytes()));
    line(out, "Containers", Integer.toString(status.containers()));
    line(out, "Socket", status.socket().map(Path::toString).orElse("none, runs in this process"));
    return out.toString();
  }

  private static void line(StringBuilder out, String label, String value) {
    out.append(label).append(':').repeat(' ', LABEL_WIDTH - label.length());
    out.append(value).append('\n');
  }

  private static String describe(Duration uptime) {
    if (uptime.toHours() > 0) {
      return uptime.toHours() + " h " + uptime.toMinutesPart() + " min";
    }
    return uptime.toMinutes() > 0
        ? uptime.toMinutes() + " min " + uptime.toSecondsPart() + " s"
        : uptime.toSeconds() + " s";
  }

  private static String json(EngineStatus status) {
    return new Json()
        .object()
        .member("pid", status.pid())
        .member("uptime_seconds", status.uptime().toSeconds())
        .member("build", status.buildId())
        .member("requests_served", status.requestsServed())
        .member("memory_bytes", status.memoryBytes())
        .member("containers", status.containers())
        .member("socket", status.socket().map(Path::toString))
        .endObject()
        .text();
  }
}
