package dev.coffer.runtime;

import dev.coffer.linux.Fd;
import dev.coffer.model.CofferException;
import dev.coffer.model.IdMap;
import dev.coffer.model.IdMaps;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.HostStep;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.plan.IdMapPlanner;
import dev.coffer.runtime.program.OwnershipAssembler;
import dev.coffer.runtime.program.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives an ordinary user's files to ids of a container: allowed in a user namespace only that maps
 * both the user's own ids and the container's, capabilities(7) CAP_CHOWN.
 */
final class MappedOwners {
  private MappedOwners() {}

  /** Hands a cgroup to the container's root group. */
  static void delegate(
      Executor executor, HostStep.DelegateCgroup step, IdMaps container, User user) {
    if (step.gid() != user.gid()) {
      List<String> paths = new ArrayList<>(List.of(step.path()));
      HostRunner.present(step).forEach(file -> paths.add(step.path() + "/" + file));
      giveGroup(executor, paths, step.gid(), container, user);
    }
    HostRunner.permit(step);
  }

  private static void giveGroup(
      Executor executor, List<String> paths, long gid, IdMaps container, User user) {
    IdMaps maps = withOwn(container, user);
    long inside = maps.fromHost(IdMap.Kind.GROUP, gid).orElseThrow();
    List<Sourced<IdMap>> lines =
        maps.lines().stream().map(map -> Sourced.builtIn(map, "lxc.idmap")).toList();
    Program program = OwnershipAssembler.assemble(paths, inside, IdMapPlanner.write(lines, user));
    Executor.Outcome outcome =
        executor.run(program, List.of(), (_, _, fds) -> fds.forEach(Fd::close));
    if (outcome instanceof Executor.Outcome.Failed failed) {
      throw new CofferException(
          "cannot give " + paths.getFirst() + " to group " + gid,
          List.of(
              "step  " + program.callOf(failed.operation()),
              "why   " + StartFailure.reason(failed)));
    }
  }

  /** The container's ids and the user's own. */
  static IdMaps withOwn(IdMaps container, User user) {
    return container.with(IdMap.Kind.USER, user.uid()).with(IdMap.Kind.GROUP, user.gid());
  }
}
