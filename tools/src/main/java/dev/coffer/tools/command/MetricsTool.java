package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.Metrics;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.OpenMetrics;
import dev.coffer.tools.text.OpenMetrics.Family;
import dev.coffer.tools.text.OpenMetrics.Type;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** {@code coffer metrics}: what the kernel accounts of every container, for Prometheus. */
public final class MetricsTool implements Tool {
  private static final CommandPage PAGE =
      new CommandPage(
          "coffer metrics",
          "[OPTION...]",
          "prints what containers use as OpenMetrics text",
          "One sample per running container with the label name, and how many there are in each"
              + " state. A figure that this host does not keep, and a limit that is not set, is left"
              + " out.",
          OptionTable.of(),
          List.of());

  private static final int NANO = 9;

  private static final Family CONTAINERS =
      gauge("coffer_containers", "", "Containers in each state.");
  private static final Family CPU =
      counter("coffer_cpu_seconds", "seconds", "Processor time used.");
  private static final Family CPU_MODE =
      counter("coffer_cpu_mode_seconds", "seconds", "Processor time used, by mode.");
  private static final Family THROTTLED =
      counter("coffer_cpu_throttled_seconds", "seconds", "Time waited for the quota.");
  private static final Family THROTTLED_PERIODS =
      counter("coffer_cpu_throttled_periods", "", "Periods in which the quota was used up.");
  private static final Family MEMORY =
      gauge("coffer_memory_bytes", "bytes", "Memory in use, page cache included.");
  private static final Family MEMORY_LIMIT =
      gauge("coffer_memory_limit_bytes", "bytes", "Most memory that may be in use.");
  private static final Family MEMORY_PEAK =
      gauge("coffer_memory_peak_bytes", "bytes", "Most memory that was in use.");
  private static final Family SWAP = gauge("coffer_swap_bytes", "bytes", "Swap in use.");
  private static final Family SWAP_LIMIT =
      gauge("coffer_swap_limit_bytes", "bytes", "Most swap that may be in use.");
  private static final Family KERNEL =
      gauge("coffer_kernel_memory_bytes", "bytes", "Memory that the kernel keeps for it.");
  private static final Family OOM_KILLS =
      counter("coffer_oom_kills", "", "Processes killed for want of memory.");
  private static final Family IO_BYTES =
      counter("coffer_io_bytes", "bytes", "Bytes that block devices have transferred.");
  private static final Family IO_OPERATIONS =
      counter("coffer_io_operations", "", "Transfers of block devices.");
  private static final Family TASKS = gauge("coffer_tasks", "", "Processes and threads.");
  private static final Family TASKS_LIMIT =
      gauge("coffer_tasks_limit", "", "Most processes and threads that may be there.");
  private static final Family PRESSURE =
      counter(
          "coffer_pressure_waiting_seconds",
          "seconds",
          "Time that some, or all, tasks have waited for a resource.");
  private static final Family NETWORK_BYTES =
      counter("coffer_network_bytes", "bytes", "Bytes that went through an interface.");
  private static final Family NETWORK_PACKETS =
      counter("coffer_network_packets", "", "Packets that went through an interface.");
  private static final Family NETWORK_ERRORS =
      counter("coffer_network_errors", "", "Faulty packets of an interface.");
  private static final Family NETWORK_DROPPED =
      counter("coffer_network_dropped", "", "Packets that an interface had no room for.");

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public int run(Session session) {
    OpenMetrics text = new OpenMetrics();
    Map<ContainerState, Integer> states = new EnumMap<>(ContainerState.class);
    states.put(ContainerState.RUNNING, 0);
    states.put(ContainerState.STOPPED, 0);
    List<Container> containers = session.coffer().containers(session.lxcPath());
    containers.forEach(container -> states.merge(container.state(), 1, Integer::sum));
    states.forEach(
        (state, count) -> text.sample(CONTAINERS, Integer.toString(count), "state", state.name()));
    for (Container container : containers) {
      Optional<Metrics> metrics = container.metrics();
      metrics.ifPresent(found -> new Writing(text, container.name()).write(found));
    }
    session.out().print(text.text());
    return Runner.OK;
  }

  private static Family counter(String name, String unit, String help) {
    return new Family(name, Type.COUNTER, unit, help);
  }

  private static Family gauge(String name, String unit, String help) {
    return new Family(name, Type.GAUGE, unit, help);
  }

  /** The samples of one container. */
  private record Writing(OpenMetrics text, String container) {
    void write(Metrics metrics) {
      cpu(metrics.cpu());
      memory(metrics.memory());
      plain(IO_BYTES, metrics.io().readBytes(), "direction", "read");
      plain(IO_BYTES, metrics.io().writtenBytes(), "direction", "write");
      plain(IO_OPERATIONS, metrics.io().reads(), "direction", "read");
      plain(IO_OPERATIONS, metrics.io().writes(), "direction", "write");
      plain(TASKS, metrics.tasks().count());
      plain(TASKS_LIMIT, metrics.tasks().limit());
      new TreeMap<>(metrics.pressure())
          .forEach((resource, pressure) -> {
            sample(PRESSURE, seconds(pressure.some()), "resource", resource, "share", "some");
            sample(PRESSURE, seconds(pressure.full()), "resource", resource, "share", "full");
          });
      for (Metrics.Link link : metrics.links()) {
        traffic(link.name(), "receive", link.received());
        traffic(link.name(), "transmit", link.sent());
      }
    }

    private void cpu(Metrics.Cpu cpu) {
      seconds(CPU, cpu.total());
      seconds(CPU_MODE, cpu.user(), "mode", "user");
      seconds(CPU_MODE, cpu.system(), "mode", "system");
      seconds(THROTTLED, cpu.throttled());
      plain(THROTTLED_PERIODS, cpu.throttledPeriods());
    }

    private void memory(Metrics.Memory memory) {
      plain(MEMORY, memory.used());
      plain(MEMORY_LIMIT, memory.limit());
      plain(MEMORY_PEAK, memory.peak());
      plain(SWAP, memory.swap());
      plain(SWAP_LIMIT, memory.swapLimit());
      plain(KERNEL, memory.kernel());
      plain(OOM_KILLS, memory.oomKills());
    }

    private void traffic(String link, String direction, Metrics.Traffic traffic) {
      String[] labels = {"interface", link, "direction", direction};
      sample(NETWORK_BYTES, Long.toUnsignedString(traffic.bytes()), labels);
      sample(NETWORK_PACKETS, Long.toUnsignedString(traffic.packets()), labels);
      sample(NETWORK_ERRORS, Long.toUnsignedString(traffic.errors()), labels);
      sample(NETWORK_DROPPED, Long.toUnsignedString(traffic.dropped()), labels);
    }

    private void plain(Family family, OptionalLong number, String... labels) {
      number.ifPresent(value -> sample(family, Long.toString(value), labels));
    }

    private void seconds(Family family, OptionalLong nanos, String... labels) {
      nanos.ifPresent(value -> sample(family, seconds(value), labels));
    }

    private static String seconds(long nanos) {
      return BigDecimal.valueOf(nanos, NANO).stripTrailingZeros().toPlainString();
    }

    private void sample(Family family, String value, String... labels) {
      String[] all = new String[labels.length + 2];
      all[0] = "name";
      all[1] = container;
      System.arraycopy(labels, 0, all, 2, labels.length);
      text.sample(family, value, all);
    }
  }
}
