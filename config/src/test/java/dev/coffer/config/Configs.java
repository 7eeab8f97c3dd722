package dev.coffer.config;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Short ways to read a text in tests. */
final class Configs {
  static final Path FILE = Path.of("/c/config");

  private Configs() {}

  static LxcConfig parse(String text) {
    return LxcConfig.parse(text, FILE, Map.of("HOME", "/root"));
  }

  static ContainerSpec spec(String text) {
    return parse(text).spec("c", Path.of("/lxc"));
  }

  /** All problems in the form users see, with the severity before those that are no errors. */
  static List<String> problems(String text) {
    return parse(text).problems().stream().map(Configs::describe).toList();
  }

  private static String describe(Problem problem) {
    return (problem.isError() ? "" : problem.severity() + " ") + problem.describe();
  }
}
