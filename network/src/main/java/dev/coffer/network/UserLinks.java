package dev.coffer.network;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Links;
import dev.coffer.linux.Netlink;
import dev.coffer.model.plan.UserNetworkStep;
import dev.coffer.model.plan.UserNetworkStep.AdjustLink;
import dev.coffer.model.plan.UserNetworkStep.JoinBridge;
import dev.coffer.network.BrokerMessage.Join;
import java.nio.file.Path;

/** Carries out what an ordinary user's engine does for a container's interfaces. */
final class UserLinks {
  private final Fd namespace;
  private final Netlink inside;

  UserLinks(Fd namespace, Netlink inside) {
    this.namespace = namespace;
    this.inside = inside;
  }

  void run(UserNetworkStep step) {
    switch (step) {
      case JoinBridge join ->
          BrokerClient.join(
              Path.of(join.broker()), new Join(join.bridge(), join.name()), namespace);
      case AdjustLink adjust -> adjust(adjust);
    }
  }

  private void adjust(AdjustLink step) {
    Links links = new Links(inside);
    int index = links.require(step.name()).index();
    step.hardwareAddress().ifPresent(address -> links.setHardwareAddress(index, address));
    step.mtu().ifPresent(bytes -> links.setMtu(index, bytes));
    if (step.up()) {
      links.setUp(index, true);
    }
  }
}
