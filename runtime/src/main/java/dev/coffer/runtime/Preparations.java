package dev.coffer.runtime;

import dev.coffer.model.plan.Plan;
import dev.coffer.plan.HostFacts;
import dev.coffer.plan.Planner;
import dev.coffer.plan.StartRequest;
import dev.coffer.runtime.program.AssemblyContext;
import dev.coffer.runtime.program.Program;
import dev.coffer.runtime.program.StartAssembler;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Plans and programs of earlier starts. Both are pure functions of what is known before a start, so
 * they serve again for the same request where host and moment are the same.
 */
final class Preparations {
  private static final int MOST = 64;

  /** A request's plan on a host, and its program of last time. */
  private static final class Prepared {
    private final HostFacts facts;
    private final Plan plan;
    private AssemblyContext context;
    private Program program;

    private Prepared(HostFacts facts, Plan plan) {
      this.facts = facts;
      this.plan = plan;
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

  private final Map<Key, Prepared> prepared =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Prepared> eldest) {
          return size() > MOST;
        }
      };

  Plan plan(StartRequest request, HostFacts facts) {
    Prepared earlier = find(request);
    if (earlier != null && earlier.facts.equals(facts)) {
      return earlier.plan;
    }
    Plan plan = Planner.plan(request, facts);
    keep(request, new Prepared(facts, plan));
    return plan;
  }

  /** The program of a plan that was made here. */
  Program program(StartRequest request, Plan plan, AssemblyContext context) {
    Prepared earlier = find(request);
    boolean known = earlier != null && earlier.plan == plan;
    if (known) {
      synchronized (earlier) {
        if (context.equals(earlier.context)) {
          return earlier.program;
        }
      }
    }
    Program program = StartAssembler.assemble(plan, context);
    if (known) {
      synchronized (earlier) {
        earlier.context = context;
        earlier.program = program;
      }
    }
    return program;
  }

  private synchronized Prepared find(StartRequest request) {
    return prepared.get(new Key(request));
  }

  private synchronized void keep(StartRequest request, Prepared now) {
    prepared.put(new Key(request), now);
  }
}
