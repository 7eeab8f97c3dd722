package dev.coffer.runtime;

import dev.coffer.linux.DeviceRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Device rules that a running container got besides those of its configuration. Cgroup v2 does not
 * tell which rules are in effect, so they are noted for the engine that takes over. Like everything
 * that is written to a cgroup they last until the container ends or reboots.
 */
final class AddedDeviceRules {
  private static final String ALLOW = "allow ";
  private static final String DENY = "deny ";

  private final Path file;
  private List<DeviceRule> rules = List.of();

  AddedDeviceRules(Path file) {
    this.file = file;
  }

  synchronized List<DeviceRule> rules() {
    return rules;
  }

  /** Reads what an earlier engine noted. */
  synchronized void recall() {
    try {
      rules = Files.readAllLines(file).stream().map(AddedDeviceRules::decode).toList();
    } catch (NoSuchFileException _) {
      rules = List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What they come to with another one, which takes the place of one for the same devices. */
  synchronized List<DeviceRule> with(DeviceRule added) {
    List<DeviceRule> all = new ArrayList<>(rules);
    all.removeIf(rule -> added.isForAll() || rule.withAllow(added.allow()).equals(added));
    all.add(added);
    return List.copyOf(all);
  }

  /** Notes those that are in effect now. */
  synchronized void note(List<DeviceRule> effective) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(fresh, effective.stream().map(AddedDeviceRules::encode).toList());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    rules = List.copyOf(effective);
  }

  /** The cgroup they were in is gone. */
  synchronized void forget() {
    rules = List.of();
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String encode(DeviceRule rule) {
    return (rule.allow() ? ALLOW : DENY) + rule.describe();
  }

  private static DeviceRule decode(String line) {
    boolean allow = line.startsWith(ALLOW);
    return DeviceRule.parse(line.substring((allow ? ALLOW : DENY).length()), allow).orElseThrow();
  }
}
