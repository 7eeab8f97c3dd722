package dev.coffer.plan;

import dev.coffer.model.Cgroups;
import dev.coffer.model.Sourced;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where an ordinary user may make cgroups: below the cgroup he is in, where that was delegated to
 * him (cgroups(7) "Delegation"). A pure function of the place and of what may be written.
 *
 * @param base the cgroup below which containers go, absolute within the tree
 * @param usable whether cgroups can be made there
 */
public record Delegation(String base, boolean usable) {
  /** The cgroup that takes the processes which a delegated one had in it. */
  public static final String SESSION = "coffer.session";

  /** What gives a user of systemd a delegated cgroup. */
  public static final String COMMAND = "systemd-run --user --scope -p Delegate=yes";

  /**
   * @param own the caller's cgroup, absolute within the tree
   * @param writable whether cgroups can be made, and processes put, below a cgroup
   */
  public static Delegation of(String own, Predicate<String> writable) {
    String base = outside(own);
    if (writable.test(base)) {
      return new Delegation(base, true);
    }
    return new Delegation(own, writable.test(own));
  }

  /** An earlier start may have moved the caller into a cgroup below the delegated one. */
  private static String outside(String own) {
    String end = "/" + SESSION;
    if (!own.endsWith(end)) {
      return own;
    }
    String above = own.substring(0, own.length() - end.length());
    return above.isEmpty() ? "/" : above;
  }

  /** The lines below an error about limits that nobody could set. */
  static List<String> advice(String name, List<Sourced<Cgroups.Value>> refused, HostFacts facts) {
    List<String> lines = new ArrayList<>();
    refused.forEach(value -> lines.add("from  " + value.origin().describe()));
    tree(refused.getFirst().value().file(), facts)
        .ifPresent(tree ->
            lines.add(
                "why   " + facts.user().name() + " may not write to " + tree.mount() + tree.own()));
    lines.add(
        facts.isUnified()
            ? "hint  " + COMMAND + " -- lxc-start -n " + name
            : "hint  root can give you cgroups of version 1 (libpam-cgfs does at login); or remove"
                + " the lines");
    return lines;
  }

  /** Where a value would have gone. */
  private static Optional<CgroupTree> tree(String file, HostFacts facts) {
    int dot = file.indexOf('.');
    return facts.legacyTree(dot < 0 ? file : file.substring(0, dot)).or(facts::unifiedTree);
  }
}
