package dev.coffer.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Debian's own LXC beside ours: its tools by their full names. */
final class Lxc {
  private static final Path TOOLS = Path.of("/usr/bin");

  private final Machine machine;

  Lxc(Machine machine) {
    this.machine = machine;
  }

  static void assumeInstalled() {
    assumeTrue(Files.isExecutable(TOOLS.resolve("lxc-start")), "needs Debian's package lxc");
  }

  static boolean hasPython() {
    return Files.isDirectory(Path.of("/usr/lib/python3/dist-packages/lxc"));
  }

  /** {@code /usr/bin/lxc-TOOL -P LXCPATH -n NAME ARGUMENT…}, not run yet. */
  Command command(String tool, String container, String... arguments) {
    List<String> argv =
        new ArrayList<>(
            List.of(
                TOOLS.resolve("lxc-" + tool).toString(),
                "-P",
                machine.lxcpath().toString(),
                "-n",
                machine.name(container)));
    argv.addAll(List.of(arguments));
    return machine.command(argv);
  }

  Outcome run(String tool, String container, String... arguments) {
    return command(tool, container, arguments).run();
  }

  /** A tool on a terminal: keys are typed after a while each, then what was shown is returned. */
  Outcome onTerminal(String tool, String container, String arguments, String... keys) {
    StringBuilder typing = new StringBuilder();
    for (String key : keys) {
      typing.append("sleep 1; printf '").append(key).append("'; ");
    }
    String line =
        TOOLS.resolve("lxc-" + tool)
            + " -P "
            + machine.lxcpath()
            + " -n "
            + machine.name(container)
            + " "
            + arguments;
    return machine.run(
        "sh", "-c", "{ " + typing + "sleep 1; } | script -qec '" + line + "' /dev/null");
  }

  /** A program for python3-lxc, with the container as {@code c}. */
  Outcome python(String container, String program) {
    String start =
        "import lxc, os\nc = lxc.Container('%s', config_path='%s')\n"
            .formatted(machine.name(container), machine.lxcpath());
    return machine.run("/usr/bin/python3", "-c", start + program);
  }
}
