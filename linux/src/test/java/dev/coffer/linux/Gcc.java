package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The C compiler as a witness; tests that call it are skipped where there is none. */
final class Gcc {
  private static final Path COMPILER = Path.of("/usr/bin/gcc");

  private Gcc() {}

  /** The macros that are defined in the end, resolved as far as they name each other. */
  static Map<String, String> macros(List<String> arguments)
      throws IOException, InterruptedException {
    assumeTrue(Files.exists(COMPILER), "no C compiler");
    List<String> command = new ArrayList<>(List.of(COMPILER.toString(), "-E", "-dM"));
    command.addAll(arguments);
    command.addAll(List.of("-x", "c", "/dev/null"));
    Map<String, String> macros = new HashMap<>();
    for (String line : run(command).lines().toList()) {
      String[] words = line.split(" ", 3);
      macros.put(words[1], words.length > 2 ? words[2] : "");
    }
    macros.replaceAll((name, value) -> resolved(macros, value));
    return macros;
  }

  /** What a program of these lines prints. */
  static String output(Path source, Path directory) throws IOException, InterruptedException {
    assumeTrue(Files.exists(COMPILER), "no C compiler");
    Path program = directory.resolve("program");
    run(List.of(COMPILER.toString(), "-D_GNU_SOURCE", "-o", program.toString(), source.toString()));
    return run(List.of(program.toString()));
  }

  private static String resolved(Map<String, String> macros, String value) {
    String current = value;
    while (macros.containsKey(current) && !macros.get(current).equals(current)) {
      current = macros.get(current);
    }
    return current;
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
