package dev.coffer.runtime;

import dev.coffer.model.CofferException;
import dev.coffer.model.plan.LinkStep.MoveLink;
import dev.coffer.model.plan.LinkUndo;
import dev.coffer.model.plan.NetworkScript;
import dev.coffer.model.plan.RunHook;
import dev.coffer.model.plan.Undo;
import dev.coffer.network.PhysicalLinks;
import dev.coffer.plan.NetworkScripts;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** How a container's interfaces come to their end, before all else of it does. */
final class NetworkEnd {
  private final Life life;

  NetworkEnd(Life life) {
    this.life = life;
  }

  /** What takes an interface of the host home, noted before it is moved. */
  static List<Undo> undos(MoveLink step, RunDirectory directory) {
    return PhysicalLinks.note(step.link(), directory.path());
  }

  /** The same of one that a container has. */
  static List<Undo> undos(MoveLink step, List<Undo> journal) {
    Optional<Undo> back =
        journal.stream()
            .filter(undo ->
                undo instanceof LinkUndo.ReturnLink link && link.mark().name().equals(step.link()))
            .findFirst();
    return back.stream()
        .flatMap(undo ->
            Stream.of(new LinkUndo.ReleaseNetwork(((LinkUndo.ReturnLink) undo).network()), undo))
        .toList();
  }

  /** The host's interfaces go home, then the scripts of all are run. */
  void run() {
    List<Undo> returns =
        life.journal().stream().filter(LinkUndo.ReturnLink.class::isInstance).toList();
    HostRunner.undo(returns).forEach(new ContainerLog(life.spec())::errorUnheard);
    scripts(_ -> true);
  }

  /** The scripts of those whose other script has been run, though the start has failed. */
  void abandon(List<NetworkScript> begun) {
    scripts(hook -> hook.network().filter(begun::contains).isPresent());
  }

  /** One that fails is told in the log, and does not keep the others from it. */
  private void scripts(Predicate<RunHook> wanted) {
    List<RunHook> scripts;
    try {
      scripts = NetworkScripts.down(life.spec(), life.facts).stream().filter(wanted).toList();
    } catch (CofferException e) {
      new ContainerLog(life.spec()).error(e);
      return;
    }
    for (RunHook script : scripts) {
      EndHooks.run(life, List.of(script), Optional.empty());
    }
  }
}
