package dev.coffer.runtime;

import dev.coffer.model.plan.Plan;
import dev.coffer.plan.HostFacts;
import dev.coffer.plan.Planner;
import dev.coffer.plan.StartRequest;
import dev.coffer.runtime.program.AssemblyContext;
import dev.coffer.runtime.program.HostSpans;
import dev.coffer.runtime.program.PreludeAssembler;
import dev.coffer.runtime.program.Program;
import dev.coffer.runtime.program.StartAssembler;
import java.util.Optional;

/**
 * Plans and programs of earlier starts. Both are pure functions of what is known before a start, so
 * they serve again for the same request where host and moment are the same.
 */
final class Preparations {
  private static final int MOST = 64;

  /** A request's plan on a host, and its program of last time. */
  static final class Prepared {
    private final HostFacts facts;
    private final Plan plan;
    private final HostSpans spans;
    private final Optional<Program> prelude;
    private AssemblyContext context;
    private Program program;

    private Prepared(HostFacts facts, Plan plan, HostSpans spans, Optional<Program> prelude) {
      this.facts = facts;
      this.plan = plan;
      this.spans = spans;
      this.prelude = prelude;
    }

    Plan plan() {
      return plan;
    }

    HostSpans spans() {
      return spans;
    }

    synchronized Program program(AssemblyContext now) {
      if (!now.equals(context)) {
        program = StartAssembler.assemble(plan, spans, now);
        context = now;
      }
      return program;
    }
  }

  /** Requests are compared by identity: equal ones come from one order, and looking is cheap. */
  private record Key(StartRequest request) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.request == request;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(request);
    }
  }

  private final Recent<Key, Prepared> prepared = new Recent<>(MOST);

  /** The program for what is to be done ahead; empty where that is nothing. */
  Optional<Program> prelude(StartRequest request) {
    return prepared
        .find(new Key(request))
        .map(earlier -> earlier.prelude)
        .orElseGet(() -> assemblePrelude(request));
  }

  private static Optional<Program> assemblePrelude(StartRequest request) {
    Plan prelude = Planner.prelude(request);
    return prelude.steps().isEmpty()
        ? Optional.empty()
        : Optional.of(PreludeAssembler.assemble(prelude));
  }

  /** Everything there is to know before the moment of the start. */
  Prepared prepare(StartRequest request, HostFacts facts) {
    return prepared
        .find(new Key(request))
        .filter(earlier -> earlier.facts.equals(facts))
        .orElseGet(() -> prepareAnew(request, facts));
  }

  private Prepared prepareAnew(StartRequest request, HostFacts facts) {
    Plan plan = Planner.plan(request, facts);
    HostSpans spans = HostSpans.of(plan, Planner.prelude(request).steps().size());
    Prepared now = new Prepared(facts, plan, spans, assemblePrelude(request));
    prepared.keep(new Key(request), now);
    return now;
  }
}
