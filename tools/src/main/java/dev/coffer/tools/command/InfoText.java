package dev.coffer.tools.command;

import dev.coffer.Disk;
import dev.coffer.Usage;
import java.util.OptionalLong;

/**
 * The lines of lxc-info: a label padded to fifteen characters and a value, sizes for people or raw.
 */
final class InfoText {
  private static final int LABEL_WIDTH = 15;
  private static final long KIB = 1L << 10;
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final long NANOS_PER_CENTISECOND = 10_000_000;

  private final StringBuilder out = new StringBuilder(256);
  private final boolean humanize;
  private final boolean bare;

  /**
   * @param bare values of {@link #value} without their labels
   */
  InfoText(boolean humanize, boolean bare) {
    this.humanize = humanize;
    this.bare = bare;
  }

  void value(String label, String value) {
    if (bare) {
      out.append(value).append('\n');
    } else {
      line(label, value);
    }
  }

  void usage(Usage usage) {
    if (usage.cpuNanos().isPresent()) {
      long nanos = usage.cpuNanos().getAsLong();
      line("CPU use:", humanize ? seconds(nanos) + " seconds" : Long.toString(nanos));
    }
    size("BlkIO use:", usage.ioBytes());
    size("Memory use:", usage.memoryBytes());
    size("KMem use:", usage.kernelMemoryBytes());
    for (Usage.Link link : usage.links()) {
      line("Link:", link.hostName());
      line(" TX bytes:", size(link.sentBytes()));
      line(" RX bytes:", size(link.receivedBytes()));
      line(" Total bytes:", size(link.sentBytes() + link.receivedBytes()));
    }
  }

  /** Not among the lines of lxc-info(1). */
  void disk(Disk disk) {
    line("Root use:", size(disk.used()));
    line("Root size:", size(disk.limit()));
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private void line(String label, String value) {
    out.append(label).repeat(' ', LABEL_WIDTH - label.length() + 1).append(value).append('\n');
  }

  private void size(String label, OptionalLong bytes) {
    if (bytes.isPresent()) {
      line(label, size(bytes.getAsLong()));
    }
  }

  private String size(long bytes) {
    return humanize ? humanSize(bytes) : Long.toString(bytes);
  }

  /** With LXC's own rounding: GiB downwards, smaller units to the nearest hundredth. */
  static String humanSize(long bytes) {
    if (bytes > GIB) {
      return hundredths(bytes >> 30, (bytes & (GIB - 1)) / 10_737_419, " GiB");
    }
    if (bytes > MIB) {
      long rounded = bytes + 5243;
      return hundredths(rounded >> 20, (rounded & (MIB - 1)) * 100 >> 20, " MiB");
    }
    if (bytes > KIB) {
      long rounded = bytes + 5;
      return hundredths(rounded >> 10, (rounded & (KIB - 1)) * 100 >> 10, " KiB");
    }
    return bytes + " bytes";
  }

  private static String seconds(long nanos) {
    long centiseconds = (nanos + NANOS_PER_CENTISECOND / 2) / NANOS_PER_CENTISECOND;
    return hundredths(centiseconds / 100, centiseconds % 100, "");
  }

  private static String hundredths(long whole, long hundredths, String unit) {
    return whole + (hundredths < 10 ? ".0" : ".") + hundredths + unit;
  }
}
