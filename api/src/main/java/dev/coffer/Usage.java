package dev.coffer;

import java.util.List;
import java.util.OptionalLong;

/**
 * Resource use of a running container.
 *
 * @param cpuNanos processor time used, in nanoseconds
 * @param ioBytes bytes read and written by block devices
 * @param memoryBytes memory in use
 * @param swapBytes swap in use
 * @param kernelMemoryBytes kernel memory in use, where the kernel tells
 * @param links network links of the container that have a peer on the host
 */
public record Usage(
    OptionalLong cpuNanos,
    OptionalLong ioBytes,
    OptionalLong memoryBytes,
    OptionalLong swapBytes,
    OptionalLong kernelMemoryBytes,
    List<Link> links) {
  public Usage {
    links = List.copyOf(links);
  }

  /** Traffic of one link, as the container sees it. */
  public record Link(String hostName, long sentBytes, long receivedBytes) {}
}
