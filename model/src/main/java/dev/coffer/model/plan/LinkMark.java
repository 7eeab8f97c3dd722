package dev.coffer.model.plan;

import java.util.Optional;

/**
 * By what an interface of the host is found again after a container had it, and what it was like.
 * Its name and addresses the container may have changed; what it is made of it cannot.
 *
 * @param name on the host
 * @param index there; kept by a move where it is free
 * @param kind {@code veth}, {@code vlan} …, empty for one of a device
 * @param device the bus's name of its device, as {@code 0000:00:03.0}; empty where it has none
 * @param permanentAddress burnt into the device; empty where it has none
 * @param below index of the interface it lies on, or of a veth's other end; 0 for none
 * @param mtu in bytes, before
 * @param hardwareAddress as {@code 00:16:3e:01:02:03}, before; empty if it has none
 */
public record LinkMark(
    String name,
    int index,
    String kind,
    String device,
    String permanentAddress,
    int below,
    int mtu,
    String hardwareAddress) {
  private static final int FIELDS = 8;
  private static final String NOTHING = "-";

  /** Whether both are of the same device, or, without one, were made the same way. */
  public boolean isOf(LinkMark other) {
    return kind.equals(other.kind)
        && device.equals(other.device)
        && permanentAddress.equals(other.permanentAddress)
        && (hasDevice() || below == other.below);
  }

  /** Whether it is one of hardware, which nobody can make another of. */
  public boolean hasDevice() {
    return !device.isEmpty() || !permanentAddress.isEmpty();
  }

  String encode() {
    return String.join(
        " ",
        name,
        String.valueOf(index),
        orNothing(kind),
        orNothing(device),
        orNothing(permanentAddress),
        String.valueOf(below),
        String.valueOf(mtu),
        orNothing(hardwareAddress));
  }

  static Optional<LinkMark> decode(String text) {
    String[] words = text.split(" ");
    if (words.length != FIELDS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new LinkMark(
              words[0],
              Integer.parseInt(words[1]),
              orEmpty(words[2]),
              orEmpty(words[3]),
              orEmpty(words[4]),
              Integer.parseInt(words[5]),
              Integer.parseInt(words[6]),
              orEmpty(words[7])));
    } catch (NumberFormatException _) {
      return Optional.empty(); // cut short
    }
  }

  private static String orNothing(String word) {
    return word.isEmpty() ? NOTHING : word;
  }

  private static String orEmpty(String word) {
    return word.equals(NOTHING) ? "" : word;
  }
}
