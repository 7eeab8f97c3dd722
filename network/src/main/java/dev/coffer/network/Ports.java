package dev.coffer.network;

import dev.coffer.linux.Links;
import dev.coffer.linux.Netlink;
import dev.coffer.model.plan.PortStep;
import dev.coffer.model.plan.PortStep.FilterPort;
import dev.coffer.model.plan.PortStep.ForwardPorts;
import dev.coffer.model.plan.PortStep.IsolatePort;
import dev.coffer.model.plan.PortStep.LimitReceiving;
import dev.coffer.model.plan.PortStep.LimitSending;

/** Carries out what is to hold for interfaces' ends on the host, and takes it back. */
public final class Ports {
  private final Links links;
  private final RateLimits limits;

  /**
   * @param outside a conversation in the host's network namespace
   */
  Ports(Netlink outside) {
    this.links = new Links(outside);
    this.limits = new RateLimits(outside);
  }

  void run(PortStep step) {
    switch (step) {
      case FilterPort filter -> PortFilter.apply(filter);
      case IsolatePort isolate -> links.isolate(links.require(isolate.hostName()).index());
      case LimitReceiving limit -> limits.apply(limit);
      case LimitSending limit -> limits.apply(limit);
      case ForwardPorts forward -> forward(forward);
    }
  }

  private void forward(ForwardPorts step) {
    PortForwards.apply(step);
    boolean isPort = !step.bridge().equals(step.hostName());
    if (isPort && PortForwards.turnAtPort()) {
      links.turnAround(links.require(step.hostName()).index());
    }
  }

  /** Removes the rules for what comes in by a port; nothing where there are none. */
  public static void removeFilter(String port) {
    PortFilter.remove(port);
  }

  /**
   * Removes the rules that lead ports of the host to an interface; nothing where there are none.
   *
   * @param port the interface's end on the host
   * @param bridge the interface of the host that leads to it
   */
  public static void removeForwards(String port, String bridge) {
    PortForwards.remove(port, bridge);
  }
}
