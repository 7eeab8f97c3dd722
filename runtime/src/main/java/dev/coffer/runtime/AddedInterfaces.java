package dev.coffer.runtime;

import dev.coffer.linux.HostFiles;
import dev.coffer.model.plan.Undo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * The interfaces that a running container got besides those of its start, and those of its start
 * that it lost: a part of its undo journal, in a file of its own, as any process of this user may
 * change it. They last until the container ends or reboots.
 */
final class AddedInterfaces {
  private static final String INTERFACE = "interface ";
  private static final String UNDO = "undo ";
  private static final String GONE = "gone ";

  private final Path file;

  AddedInterfaces(Path file) {
    this.file = file;
  }

  /**
   * One that was added.
   *
   * @param index the N of its lxc.net.N
   * @param name inside
   */
  record Added(int index, String name, List<Undo> undos) {}

  /** Those of now. */
  List<Added> all() {
    List<Added> all = new ArrayList<>();
    for (String line : lines()) {
      if (line.startsWith(INTERFACE)) {
        String[] words = line.substring(INTERFACE.length()).split(" ", 2);
        all.add(new Added(Integer.parseInt(words[0]), words[1], new ArrayList<>()));
      } else if (line.startsWith(UNDO) && !all.isEmpty()) {
        Undo.decode(line.substring(UNDO.length())).ifPresent(all.getLast().undos()::add);
      }
    }
    return all;
  }

  OptionalInt highestIndex() {
    return all().stream().mapToInt(Added::index).max();
  }

  Optional<Added> named(String name) {
    return all().stream().filter(added -> added.name().equals(name)).findFirst();
  }

  /** The whole journal: that of the start with what has changed since. */
  List<Undo> in(List<Undo> started) {
    List<String> lines = lines();
    if (lines.isEmpty()) {
      return started;
    }
    List<Undo> undos =
        new ArrayList<>(
            started.stream().filter(undo -> !lines.contains(GONE + undo.encode())).toList());
    all().forEach(added -> undos.addAll(added.undos()));
    return undos;
  }

  /** To be called before anything is done. */
  void add(Added added) {
    List<String> lines = new ArrayList<>(lines());
    lines.add(INTERFACE + added.index() + " " + added.name());
    added.undos().forEach(undo -> lines.add(UNDO + undo.encode()));
    write(lines);
  }

  /** To be called when nothing is left of it. */
  void remove(Added gone) {
    rewrite(added -> !added.equals(gone), List.of());
  }

  /** The same for one of the start. */
  void remove(List<Undo> gone) {
    rewrite(_ -> true, gone);
  }

  void forget() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void rewrite(Predicate<Added> stays, List<Undo> gone) {
    List<String> lines =
        new ArrayList<>(lines().stream().filter(line -> line.startsWith(GONE)).toList());
    gone.forEach(undo -> lines.add(GONE + undo.encode()));
    for (Added added : all().stream().filter(stays).toList()) {
      lines.add(INTERFACE + added.index() + " " + added.name());
      added.undos().forEach(undo -> lines.add(UNDO + undo.encode()));
    }
    write(lines);
  }

  private List<String> lines() {
    return HostFiles.readIfThere(file).map(text -> text.lines().toList()).orElse(List.of());
  }

  private void write(List<String> lines) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(fresh, lines);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
