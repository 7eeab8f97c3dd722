package dev.coffer.runtime.program;

import dev.coffer.model.Namespace;
import dev.coffer.model.plan.Place;
import dev.coffer.model.plan.RunHook;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

  void run(Stream stream, RunHook hook, boolean afterClone) {
    List<Blob> environment = new ArrayList<>();
    context.environment().forEach(variable -> environment.add(program.text(variable)));
    context.hookEnvironment().forEach(variable -> environment.add(program.text(variable)));
    environment.add(program.text("LXC_HOOK_TYPE=" + hook.type().key()));
    environment.add(program.text("LXC_HOOK_SECTION=lxc"));
    if (afterClone && hook.place() == Place.KEEPER) {
      environment.add(pid(stream));
      if (context.namespaces()) {
        namespaces(stream, environment);
      }
    }
    String command = "exec " + hook.command();
    if (context.hookVersion() == 0) {
      command += " " + quote(context.name()) + " lxc " + hook.type().key();
    }
    stream.spawn(
        program.text("/bin/sh"),
        program.vectorOf(List.of("sh", "-c", command)),
        program.vector(environment),
        Registers.HOOK_LOG);
  }

  private Blob pid(Stream stream) {
    Text text = program.growing("LXC_PID=", NUMBER_ROOM);
    stream.decimal(text, Registers.MAIN_PID);
    return text.blob();
  }

  private void namespaces(Stream stream, List<Blob> environment) {
    for (Namespace namespace : Namespace.values()) {
      String variable = "LXC_" + namespace.file().toUpperCase(Locale.ROOT) + "_NS=/proc/";
      Text text = program.growing(variable, NUMBER_ROOM);
      stream.decimal(text, Registers.SELF);
      stream.append(text, program.text("/fd/"));
      stream.decimal(text, new Register(Registers.FIRST_NAMESPACE + namespace.ordinal()));
      environment.add(text.blob());
    }
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
