package dev.coffer.runtime.program;

import dev.coffer.model.HookType;
import dev.coffer.model.Namespace;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.RunHook;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Hooks as lxc.container.conf(5) runs them: a shell, arguments or variables by version, numbers
 * late.
 */
final class HookOperations {
  private static final int NUMBER_ROOM = 64;

  private final ProgramBuilder program;
  private final AssemblyContext context;

  HookOperations(ProgramBuilder program, AssemblyContext context) {
    this.program = program;
    this.context = context;
  }

  /**
   * @param alive whether the container has been born in this program, so that only now its pid is
   *     known
   */
  void run(Stream stream, RunHook hook, boolean alive) {
    List<Blob> environment = new ArrayList<>();
    context.environment().forEach(variable -> environment.add(program.text(variable)));
    context.hookEnvironment().forEach(variable -> environment.add(program.text(variable)));
    if (context.hookVersion() > 0) {
      environment.add(program.text("LXC_HOOK_TYPE=" + hook.type().key()));
      environment.add(program.text("LXC_HOOK_SECTION=" + hook.type().section()));
      hook.network()
          .ifPresent(script ->
              script.variables().forEach(variable -> environment.add(program.text(variable))));
    }
    if (alive && hook.place() == Place.KEEPER) {
      environment.add(pid(stream));
    }
    if (atTheEnd(hook.type())) {
      context
          .namespaces()
          .forEach(namespace ->
              environment.add(
                  path(
                          stream,
                          "LXC_" + namespace.file().toUpperCase(Locale.ROOT) + "_NS=",
                          namespace)
                      .blob()));
    }
    stream.spawn(
        program.text("/bin/sh"),
        program.vector(List.of(program.text("sh"), program.text("-c"), command(stream, hook))),
        program.vector(environment),
        Registers.HOOK_LOG);
  }

  private static boolean atTheEnd(HookType type) {
    return type == HookType.STOP || type == HookType.POST_STOP || type == HookType.NETWORK_DOWN;
  }

  /** The line for the shell; stop hooks of version 0 are told the namespaces as arguments. */
  private Blob command(Stream stream, RunHook hook) {
    String command = "exec " + hook.command();
    String words =
        hook.network().stream()
            .flatMap(script -> script.arguments().stream())
            .map(word -> " " + quote(word))
            .collect(Collectors.joining());
    if (context.hookVersion() > 0) {
      return program.text(command + words);
    }
    command +=
        " " + quote(context.name()) + " " + hook.type().section() + " " + hook.type().key() + words;
    if (hook.type() != HookType.STOP) {
      return program.text(command);
    }
    int length = command.getBytes(StandardCharsets.UTF_8).length;
    Text line = program.growing(command, length + 1 + context.namespaces().size() * NUMBER_ROOM);
    for (Namespace namespace : context.namespaces()) {
      Text argument = path(stream, " " + namespace.file() + ":", namespace);
      stream.append(line, argument.blob());
    }
    return line.blob();
  }

  private Blob pid(Stream stream) {
    Text text = program.growing("LXC_PID=", NUMBER_ROOM);
    stream.decimal(text, Registers.MAIN_PID);
    return text.blob();
  }

  /** {@code START/proc/KEEPER/fd/NUMBER}. */
  private Text path(Stream stream, String start, Namespace namespace) {
    Text text = program.growing(start + "/proc/", NUMBER_ROOM);
    stream.decimal(text, Registers.SELF);
    stream.append(text, program.text("/fd/"));
    stream.decimal(text, new Register(Registers.FIRST_NAMESPACE + namespace.ordinal()));
    return text;
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
