package dev.coffer.tools.command;

import dev.coffer.network.BridgeNetwork;
import dev.coffer.network.BridgeNetwork.Family;
import dev.coffer.network.Lease;
import dev.coffer.network.Networks.Status;
import dev.coffer.network.Obstacle;
import dev.coffer.tools.text.Json;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What is printed about networks. */
final class NetworkText {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final int LABEL_WIDTH = 16;
  private static final String NOTHING = "-";

  private NetworkText() {}

  static String list(List<Status> all) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NAME", "STATE", "IPV4", "IPV6", "KIND", "PORTS"));
    for (Status status : all) {
      rows.add(
          List.of(
              status.network().name(),
              status.state().name(),
              address(status.network().ipv4()),
              address(status.network().ipv6()),
              kind(status.network()),
              String.valueOf(status.ports().size())));
    }
    return table(rows);
  }

  private static String address(Optional<Family> family) {
    return family.map(Family::address).map(Object::toString).orElse(NOTHING);
  }

  private static String kind(BridgeNetwork network) {
    if (network.isolated()) {
      return "isolated";
    }
    boolean nat =
        network.ipv4().map(Family::nat).orElse(false)
            || network.ipv6().map(Family::nat).orElse(false);
    return nat ? "nat" : "routed";
  }

  static String show(Status status) {
    BridgeNetwork network = status.network();
    StringBuilder out = new StringBuilder(512);
    line(out, "Name", network.name());
    line(out, "State", status.state().name());
    line(out, "Kind", kind(network));
    line(out, "IPv4", address(network.ipv4()));
    line(out, "IPv6", address(network.ipv6()));
    line(out, "DHCP", network.service().dhcpRange().orElse(NOTHING).replace(",", " to "));
    line(out, "Domain", network.service().domain().orElse(NOTHING));
    line(out, "dnsmasq", status.pid().map(pid -> "pid " + pid).orElse("does not run"));
    line(out, "Ports", status.ports().isEmpty() ? NOTHING : String.join(", ", status.ports()));
    line(out, "Described in", network.source().toString());
    for (Obstacle obstacle : status.obstacles()) {
      line(out, "Obstacle", obstacle.message());
      line(out, "  remedy", obstacle.remedy());
    }
    return out.toString();
  }

  private static void line(StringBuilder out, String label, String value) {
    out.append(label).append(':').repeat(' ', LABEL_WIDTH - label.length() - 1);
    out.append(value).append('\n');
  }

  static String leases(List<Lease> leases) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ADDRESS", "NAME", "HARDWARE ADDRESS", "UNTIL"));
    for (Lease lease : leases) {
      rows.add(
          List.of(
              lease.address().getHostAddress(),
              lease.name().orElse(NOTHING),
              lease.hardwareAddress(),
              lease
                  .until()
                  .map(until -> TIME.format(until.atZone(ZoneId.systemDefault())))
                  .orElse("for ever")));
    }
    return table(rows);
  }

  /** Rows with columns as wide as their widest cell. */
  static String table(List<List<String>> rows) {
    StringBuilder out = new StringBuilder(256);
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width = rows.stream().mapToInt(each -> each.get(column).length()).max().orElse(0);
        out.append(row.get(i));
        if (i + 1 < row.size()) {
          out.repeat(' ', width - row.get(i).length() + 1);
        }
      }
      out.append('\n');
    }
    return out.toString();
  }

  static String json(List<Status> all) {
    Json json = new Json().array();
    all.forEach(status -> add(json, status));
    return json.endArray().text();
  }

  static String json(Status status) {
    Json json = new Json();
    add(json, status);
    return json.text();
  }

  private static void add(Json json, Status status) {
    BridgeNetwork network = status.network();
    json.object()
        .member("name", network.name())
        .member("state", status.state().name().toLowerCase(Locale.ROOT))
        .member("bridge", network.bridge())
        .member("ipv4", network.ipv4().map(family -> family.address().toString()))
        .member("ipv6", network.ipv6().map(family -> family.address().toString()))
        .member("isolated", network.isolated())
        .member("ports", status.ports())
        .member(
            "dnsmasq_pid",
            status.pid().map(pid -> OptionalLong.of(pid)).orElse(OptionalLong.empty()))
        .member("obstacles", status.obstacles().stream().map(Obstacle::message).toList())
        .member("source", network.source().toString())
        .endObject();
  }

  static String jsonLeases(List<Lease> leases) {
    Json json = new Json().array();
    for (Lease lease : leases) {
      json.object()
          .member("address", lease.address().getHostAddress())
          .member("hardware_address", lease.hardwareAddress())
          .member("name", lease.name())
          .member("until", lease.until().map(Instant::toString))
          .endObject();
    }
    return json.endArray().text();
  }
}
