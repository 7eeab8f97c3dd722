package dev.coffer.runtime;

import dev.coffer.linux.CgroupDirs;
import dev.coffer.linux.KernelException;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.plan.BridgeUndo;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.KeeperStep;
import dev.coffer.model.plan.LinkStep;
import dev.coffer.model.plan.LinkUndo;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.PortStep;
import dev.coffer.model.plan.Step;
import dev.coffer.model.plan.Undo;
import dev.coffer.network.ContainerLinks;
import dev.coffer.plan.HostFacts;
import dev.coffer.plan.HostFacts.CgroupTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a start notes before it does anything.
 *
 * @param again whether the keeper is that of an earlier life
 */
record StartJournal(Lives lives, Life life, StartOrder order, Plan plan, boolean again) {
  private ContainerSpec spec() {
    return order.request().spec();
  }

  /** What takes the start back, to be noted before it is done. */
  List<Undo> undos() {
    List<Undo> undos = new ArrayList<>();
    order
        .pidFile()
        .ifPresent(file -> undos.add(new Undo.RemoveFile(file.toAbsolutePath().toString())));
    for (Step step : plan.steps()) {
      if (step instanceof HostStep host) {
        host.undo().filter(undo -> isOurs(undo, step)).ifPresent(undos::add);
      } else if (step instanceof KeeperStep.RunNetworkProgram program) {
        program.undo().ifPresent(undos::add);
      }
      if (step instanceof LinkStep.MoveLink move) {
        undos.addAll(noted(move));
      }
    }
    return undos;
  }

  private List<Undo> noted(LinkStep.MoveLink move) {
    try {
      return NetworkEnd.undos(move, life.directory());
    } catch (KernelException e) {
      throw StartFailure.of(plan, plan.steps().indexOf(move), e.call(), e.errno(), 0, "");
    }
  }

  /** Where the plan's port forwarding comes from, if there is any. */
  Origin forwarding() {
    return plan.steps().stream()
        .filter(PortStep.ForwardPorts.class::isInstance)
        .map(Step::origin)
        .findFirst()
        .orElse(Origin.builtIn("coffer.net.N.forward"));
  }

  /** What is there already and stays afterwards, or is in use and must not be touched at all. */
  private boolean isOurs(Undo undo, Step step) {
    switch (undo) {
      case Undo.RemoveCgroup cgroup -> {
        if (spec().cgroups().containerDir().isPresent()) { // else the name is known to be free
          refuseInUse(Path.of(cgroup.path()), step);
        }
      }
      case Undo.RemoveCgroupFolder folder -> {
        return !Files.exists(Path.of(folder.path()));
      }
      case Undo.RemoveKeeperCgroup cgroup -> {
        return again || !Files.exists(Path.of(cgroup.path()));
      }
      case Undo.RemoveLink link -> refuseTaken(link.name(), step);
      case LinkUndo link -> {
        return ContainerLinks.isOurs(link);
      }
      case BridgeUndo _,
          Undo.RemoveFile _,
          Undo.UnloadAppArmorProfile _,
          Undo.RemoveAppArmorNamespace _,
          Undo.RemoveFilter _,
          Undo.RemoveForwards _,
          Undo.EndProgram _ -> {}
    }
    return true;
  }

  /** The end of a container ends everything in its cgroup, so nothing else may be in it. */
  private void refuseInUse(Path cgroup, Step step) {
    if (Files.exists(cgroup) && !CgroupDirs.allMembers(cgroup).isEmpty()) {
      throw new CofferException(
          "cannot " + step.describe() + ": it is there already, with processes in it",
          List.of(
              "from  " + step.origin().describe(),
              "hint  give every container a cgroup of its own"));
    }
  }

  static void refuseTaken(String link, Step step) {
    if (ContainerLinks.exists(link)) {
      throw new CofferException(
          "cannot " + step.describe() + ": the host has an interface " + link + " already",
          List.of(
              "from  " + step.origin().describe(),
              "hint  give it another name with lxc.net.N.veth.pair, or remove it: ip link delete "
                  + link));
    }
  }

  /** What whoever finds the container later must know of it. */
  Map<String, String> memo(HostFacts facts) {
    Map<String, String> memo = new LinkedHashMap<>();
    memo.put("view", lives.view());
    memo.put("lxcpath", spec().lxcPath().toString());
    memo.put("name", spec().name());
    spec().configFile().ifPresent(file -> memo.put("config", file.toString()));
    memo.put("cgroup", facts.cgroupName());
    memo.put("keeper-cgroup", facts.keeperCgroupName());
    memo.put("keeper-needs-cgroup", String.valueOf(facts.keeperNeedsCgroup()));
    memo.put(
        "own-cgroups",
        facts.trees().stream().map(CgroupTree::own).collect(Collectors.joining("\n")));
    memo.put("ttys", String.valueOf(life.ttys));
    memo.put("application", String.valueOf(order.request().application()));
    memo.put("namespaces", names(life.fresh));
    memo.put("shared-namespaces", names(life.shared));
    memo.put("links", String.join(" ", facts.network().links().names()));
    memo.putAll(BeginningNote.encode(order, life.beginning));
    return memo;
  }

  private static String names(Set<Namespace> namespaces) {
    return namespaces.stream().map(Namespace::name).collect(Collectors.joining(" "));
  }
}
