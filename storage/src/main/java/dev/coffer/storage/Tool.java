package dev.coffer.storage;

import dev.coffer.linux.CommandOutput;
import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program of the system that makes or deletes storage.
 *
 * @param name of its file
 * @param debianPackage that brings it
 */
record Tool(String name, String debianPackage) {
  private static final List<String> ENVIRONMENT =
      List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8");

  boolean isInstalled() {
    return Programs.find(name).isPresent();
  }

  /**
   * Runs it.
   *
   * @param what it is to do, for the error: {@code make the volume vg0/c1}
   * @return what it wrote
   */
  String run(String what, String... arguments) {
    CommandOutput said = tried(what, arguments);
    if (said.status().shellCode() != 0) {
      throw new CofferException(
          "cannot " + what,
          List.of(
              "cause  " + name + ": " + said.complaints().lines().findFirst().orElse("no reason"),
              "step  " + name + " " + String.join(" ", arguments)));
    }
    return said.output();
  }

  /** What it wrote; empty where it failed, which then is an answer, too. */
  Optional<String> ask(String... arguments) {
    if (!isInstalled()) {
      return Optional.empty();
    }
    CommandOutput said = tried("run " + name, arguments);
    return Optional.of(said.output()).filter(_ -> said.status().shellCode() == 0);
  }

  private CommandOutput tried(String what, String... arguments) {
    Path program =
        Programs.find(name)
            .orElseThrow(() ->
                new CofferException(
                    "cannot " + what + ": there is no " + name,
                    List.of("hint  apt install " + debianPackage)));
    List<String> argv = new ArrayList<>(List.of(program.toString()));
    argv.addAll(List.of(arguments));
    return CommandOutput.of(argv, ENVIRONMENT);
  }
}
