package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.NamespaceThread;
import dev.coffer.linux.NetAddresses;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Namespace;
import dev.coffer.model.Nic;
import dev.coffer.model.plan.HostStep;
import dev.coffer.model.plan.LinkStep.MoveLink;
import dev.coffer.model.plan.NetworkStep;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.Step;
import dev.coffer.model.plan.Undo;
import dev.coffer.network.ContainerLinks;
import dev.coffer.plan.Planner;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Adds interfaces to a running container, as its start would have made them, and removes them. What
 * is added is in the journal before it is done, and goes with the container.
 */
public final class InterfaceChanges {
  private final Lives lives;
  private final Life life;

  public InterfaceChanges(Lives lives, Life life) {
    this.lives = lives;
    this.life = life;
  }

  /** The N of the next lxc.net.N. */
  public int nextIndex() {
    return Stream.concat(
                life.spec().nics().stream().map(Nic::index),
                life.interfaces.highestIndex().stream().boxed())
            .mapToInt(Integer::intValue)
            .max()
            .orElse(-1)
        + 1;
  }

  /** The interfaces that the container has now, whoever made them. */
  public List<NetAddresses.Link> links() {
    try (Fd network = network()) {
      return NetAddresses.read(network);
    }
  }

  /**
   * Adds one.
   *
   * @param wanted has it as its only one, with the name of the container
   * @param name it has inside
   * @throws CofferException as a start would throw; nothing is left then
   */
  public void add(ContainerSpec wanted, String name) {
    synchronized (life.interfaces) {
      requireRunning();
      List<Step> steps = Planner.interfaces(wanted, life.facts);
      refuseOthersSteps(steps);
      List<Undo> undos = undos(steps);
      AddedInterfaces.Added added =
          new AddedInterfaces.Added(wanted.nics().getFirst().index(), name, undos);
      lives
          .claims()
          .claim(
              lives.all(),
              life,
              new ForwardClaims.Wish(life.journal(), undos, steps.getFirst().origin()),
              () -> life.interfaces.add(added));
      try {
        run(steps);
      } catch (RuntimeException | Error e) {
        HostRunner.undo(undos).forEach(failure -> e.addSuppressed(new CofferException(failure)));
        life.interfaces.remove(added);
        throw e;
      }
    }
  }

  private List<Undo> undos(List<Step> steps) {
    return steps.stream()
        .flatMap(step -> {
          if (step instanceof MoveLink move) {
            return noted(steps, move).stream();
          }
          Optional<Undo> undo = ((HostStep) step).undo();
          undo.ifPresent(known -> {
            if (known instanceof Undo.RemoveLink link) {
              StartJournal.refuseTaken(link.name(), step);
            }
          });
          return undo.stream();
        })
        .toList();
  }

  private List<Undo> noted(List<Step> steps, MoveLink move) {
    try {
      return NetworkEnd.undos(move, life.directory());
    } catch (KernelException e) {
      throw StartFailure.of(new Plan("", steps), steps.indexOf(move), e.call(), e.errno(), 0, "");
    }
  }

  private void refuseOthersSteps(List<Step> steps) {
    if (steps.isEmpty()) {
      throw new CofferException(
          "there is nothing to add: an interface of this type is none of its own, or only root may"
              + " make it");
    }
    for (Step step : steps) {
      if (!(step instanceof HostStep)) {
        throw new CofferException(
            "cannot " + step.describe() + " for an interface of a running container",
            List.of("from  " + step.origin().describe()));
      }
    }
  }

  private void run(List<Step> steps) {
    Plan plan = new Plan("", steps);
    try (CgroupValues values = new CgroupValues();
        ContainerLinks links = new ContainerLinks(network(), life.directory().path())) {
      for (int i = 0; i < steps.size(); i++) {
        try {
          if (steps.get(i) instanceof NetworkStep step) {
            links.run(step);
          } else {
            HostRunner.run((HostStep) steps.get(i), values);
          }
        } catch (KernelException e) {
          throw StartFailure.of(plan, i, e.call(), e.errno(), 0, "");
        }
      }
    }
  }

  /**
   * Removes one, whether it was added or made by the start.
   *
   * @throws CofferException where there is none of this name
   */
  public void remove(String name) {
    synchronized (life.interfaces) {
      requireRunning();
      NetAddresses.Link link = require(name);
      if (link.loopback()) {
        throw new CofferException("the loopback interface cannot be removed");
      }
      Optional<AddedInterfaces.Added> added = life.interfaces.named(name);
      List<Undo> undos = added.map(AddedInterfaces.Added::undos).orElseGet(() -> started(name));
      List<String> failures = HostRunner.undo(undos);
      if (!failures.isEmpty()) {
        throw new CofferException("cannot remove " + name + ": " + failures.getFirst());
      }
      removeInside(name);
      added.ifPresentOrElse(life.interfaces::remove, () -> life.interfaces.remove(undos));
    }
  }

  private List<Undo> started(String name) {
    return Planner.interfaces(life.spec(), life.facts).stream()
        .filter(NetworkStep.class::isInstance)
        .map(NetworkStep.class::cast)
        .filter(step -> step.name().equals(name))
        .flatMap(step ->
            step instanceof MoveLink move
                ? NetworkEnd.undos(move, life.journal()).stream()
                : step.undo().stream())
        .toList();
  }

  /** Its end on the host may have taken it along. */
  private void removeInside(String name) {
    try (Fd network = network()) {
      ContainerLinks.remove(network, name);
    } catch (KernelException e) {
      throw new CofferException(
          "cannot remove " + name + ": " + Errno.describe(e.errno()),
          List.of("hint  \"lxc-device del\" moves an interface of the host back"));
    }
  }

  /** Brings one up or takes it down. */
  public void setUp(String name, boolean up) {
    requireRunning();
    require(name);
    try (Fd network = network()) {
      ContainerLinks.setUp(network, name, up);
    } catch (KernelException e) {
      throw new CofferException(
          "cannot " + (up ? "bring up " : "take down ") + name + ": " + Errno.describe(e.errno()));
    }
  }

  private NetAddresses.Link require(String name) {
    List<NetAddresses.Link> links = links();
    return links.stream()
        .filter(link -> link.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new CofferException(
                "the container has no interface " + name,
                List.of(
                    "hint  it has "
                        + String.join(
                            ", ", links.stream().map(NetAddresses.Link::name).toList()))));
  }

  private void requireRunning() {
    if (!life.isRunning()) {
      throw new CofferException(life.name() + " is not running");
    }
    if (!life.namespaces().contains(Namespace.NET)) {
      throw new CofferException(
          life.name() + " has no network namespace of its own",
          List.of("hint  its interfaces belong to the host or to another container"));
    }
  }

  private Fd network() {
    return NamespaceThread.open(life.initPid(), Namespace.NET);
  }
}
