package dev.coffer.runtime;

import dev.coffer.linux.CommandOutput;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.HostStep;
import dev.coffer.plan.Delegation;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The scopes that the user's own systemd makes for containers: the session of a login is no cgroup
 * of the user's, but what the user's systemd has is. Spoken to by busctl(1), as a scope takes a
 * process that it did not start by the bus alone.
 */
public final class UserScope {
  private static final Path BUSCTL = Path.of("/usr/bin/busctl");
  private static final String SLICE = "app.slice";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** An earlier container's scope of the name has ended and is not forgotten yet. */
  private static final String STILL_KNOWN = "was already loaded";

  private static final int PAUSE_MILLIS = 5;
  private static final int MOST_SUFFIXES = 1000;

  private UserScope() {}

  /** Trees with a scope that can be had, where an ordinary user can make no cgroup by himself. */
  static List<CgroupTree> orOffered(List<CgroupTree> trees, long uid, String container) {
    boolean wanted =
        uid != 0 && trees.size() == 1 && trees.getFirst().unified() && !trees.getFirst().usable();
    if (!wanted) {
      return trees;
    }
    CgroupTree tree = trees.getFirst();
    String slice = manager(uid) + "/" + SLICE;
    boolean offered =
        Files.isWritable(Path.of(tree.mount() + manager(uid), "cgroup.procs"))
            && HostFiles.exists(bus(uid))
            && HostFiles.exists(BUSCTL);
    if (!offered) {
      return trees;
    }
    String unit = free(tree.mount() + slice, "coffer-" + escape(container));
    return List.of(tree.inScope(unit, slice + "/" + unit));
  }

  /** The same trees when their scopes are there. */
  static List<CgroupTree> started(List<CgroupTree> trees) {
    return trees.stream().map(CgroupTree::started).toList();
  }

  /** user@.service(5). */
  private static String manager(long uid) {
    return "/user.slice/user-" + uid + ".slice/user@" + uid + ".service";
  }

  private static Path bus(long uid) {
    return Path.of("/run/user/" + uid + "/bus");
  }

  private static String free(String slice, String name) {
    for (int i = 0; i < MOST_SUFFIXES; i++) {
      String unit = name + (i == 0 ? "" : "-" + i) + ".scope";
      if (!HostFiles.exists(Path.of(slice, unit))) {
        return unit;
      }
    }
    throw new CofferException("there are " + MOST_SUFFIXES + " scopes " + name + "-*.scope");
  }

  /** What systemd.unit(5) does not allow in a name. */
  private static String escape(String name) {
    StringBuilder text = new StringBuilder();
    for (char c : name.toCharArray()) {
      boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "_.-:".indexOf(c) >= 0);
      text.append(plain ? String.valueOf(c) : "_" + Integer.toHexString(c));
    }
    return text.toString();
  }

  /** Starts the scope around the keeper and waits until the keeper is in it. */
  static void start(HostStep.StartScope step, int keeper, long uid) {
    List<String> call = new ArrayList<>(List.of("StartTransientUnit", "ssa(sv)a(sa(sv))"));
    call.addAll(List.of(step.unit(), "fail", "5"));
    call.addAll(List.of("Description", "s", "Coffer container"));
    call.addAll(List.of("Slice", "s", SLICE));
    call.addAll(List.of("Delegate", "b", "true"));
    call.addAll(List.of("CollectMode", "s", "inactive-or-failed"));
    call.addAll(List.of("PIDs", "au", "1", String.valueOf(keeper), "0"));
    long end = System.nanoTime() + PATIENCE.toNanos();
    CommandOutput said = ask(call, uid);
    while (said.complaints().contains(STILL_KNOWN) && System.nanoTime() < end) {
      pause();
      said = ask(call, uid);
    }
    if (!said.status().isSuccess()) {
      throw refused("start", step.unit(), said.complaints());
    }
    awaitIn(keeper, step.unit(), end);
  }

  /** The answer tells that a job was begun, not that it is done. */
  private static void awaitIn(int keeper, String unit, long end) {
    while (!isIn(keeper, unit)) {
      if (System.nanoTime() > end) {
        String patience = PATIENCE.toSeconds() + " s";
        throw refused("start", unit, "the keeper is not in it after " + patience);
      }
      pause();
    }
  }

  /** The scope that a cgroup lies in, if it is one of the user's containers'. */
  public static Optional<String> of(String cgroup, long uid) {
    Path path = Path.of(cgroup);
    Path slice = Path.of(manager(uid), SLICE);
    boolean scope = path.startsWith(slice) && path.toString().endsWith(".scope");
    return scope ? Optional.of(path.getFileName().toString()) : Optional.empty();
  }

  /** Moves a process beside the keeper of a scope, from where it may go into the container. */
  static void enter(String unit, int pid, long uid) {
    String leaf = "/" + Delegation.SESSION;
    String process = String.valueOf(pid);
    CommandOutput said =
        ask(List.of("AttachProcessesToUnit", "ssau", unit, leaf, "1", process), uid);
    if (!said.status().isSuccess()) {
      throw refused("enter", unit, said.complaints());
    }
  }

  private static CommandOutput ask(List<String> call, long uid) {
    List<String> argv = new ArrayList<>(List.of(BUSCTL.toString(), "--user", "--quiet"));
    argv.addAll(List.of("--timeout=" + PATIENCE.toSeconds(), "call"));
    argv.addAll(List.of("org.freedesktop.systemd1", "/org/freedesktop/systemd1"));
    argv.add("org.freedesktop.systemd1.Manager");
    argv.addAll(call);
    List<String> environment =
        List.of(
            "PATH=/usr/bin:/bin",
            "LC_ALL=C",
            "XDG_RUNTIME_DIR=/run/user/" + uid,
            "DBUS_SESSION_BUS_ADDRESS=unix:path=" + bus(uid));
    return CommandOutput.of(argv, environment);
  }

  private static CofferException refused(String verb, String unit, String why) {
    return new CofferException(
        "cannot " + verb + " the scope " + unit + " of your systemd",
        List.of(
            "said  " + why,
            "hint  \"systemctl --user status\" shows whether it runs; or put the command behind: "
                + Delegation.COMMAND));
  }

  private static boolean isIn(int process, String unit) {
    try {
      return HostFiles.readSmall(Path.of("/proc/" + process + "/cgroup"))
          .strip()
          .endsWith("/" + unit);
    } catch (KernelException _) {
      // it has ended, which whoever speaks to it next finds out
      return true;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new CofferException("interrupted");
    }
  }
}
