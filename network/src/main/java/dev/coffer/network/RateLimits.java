package dev.coffer.network;

import dev.coffer.linux.Links;
import dev.coffer.linux.Netlink;
import dev.coffer.linux.NewLink;
import dev.coffer.linux.TrafficControl;
import dev.coffer.model.BitRate;
import dev.coffer.model.plan.PortStep.LimitReceiving;
import dev.coffer.model.plan.PortStep.LimitSending;

/**
 * How much passes an interface's end on the host. What the container receives is what that end
 * sends, which a queue delays. There is no queue for what it receives, so that is led through an
 * ifb and delayed there; it could only be thrown away at once otherwise, which TCP takes badly.
 */
final class RateLimits {
  /** Bytes a second that arrive within a hundredth of it may pass at once. */
  private static final int BURSTS_A_SECOND = 100;

  private static final long SMALLEST_BURST = 8 * 1024;
  private static final long LARGEST_BURST = 16 * 1024 * 1024;

  /** Room for one packet as large as the kernel makes them before it cuts them up. */
  private static final long LARGEST_PACKET = 64 * 1024;

  private final Links links;
  private final TrafficControl control;

  RateLimits(Netlink outside) {
    this.links = new Links(outside);
    this.control = new TrafficControl(outside);
  }

  void apply(LimitReceiving step) {
    limit(links.require(step.hostName()).index(), step.rate());
  }

  void apply(LimitSending step) {
    links.add(NewLink.of(step.through(), "ifb").up(true));
    int through = links.require(step.through()).index();
    limit(through, step.rate());
    control.redirectReceived(links.require(step.hostName()).index(), through);
  }

  private void limit(int index, BitRate rate) {
    long burst = Math.clamp(rate.bytes() / BURSTS_A_SECOND, SMALLEST_BURST, LARGEST_BURST);
    control.limitSending(index, rate.bytes(), (int) burst, (int) (4 * burst + LARGEST_PACKET));
  }
}
