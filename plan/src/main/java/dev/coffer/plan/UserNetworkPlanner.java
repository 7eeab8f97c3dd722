package dev.coffer.plan;

import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.ContainerStep.LendNetlink;
import dev.coffer.model.plan.KeeperStep.RunNetworkProgram;
import dev.coffer.model.plan.Step;
import dev.coffer.model.plan.UserNetworkStep.AdjustLink;
import dev.coffer.model.plan.UserNetworkStep.JoinBridge;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * By which way the interfaces of an ordinary user's container lead to the network. To a bridge of
 * the host: the broker where one answers, else lxc-user-nic. Where neither is there, or no bridge
 * is named: pasta, else slirp4netns, which need nobody's leave.
 */
final class UserNetworkPlanner {
  /** What lxc-usernet(5) calls a pair that is no bridge's. */
  private static final String NO_BRIDGE = "none";

  private static final List<String> ROOTS_KEYS =
      Stream.concat(Stream.of("zone"), PortPlanner.KEYS.stream()).toList();

  private final ContainerSpec spec;
  private final NicNames names;
  private final HostFacts.User user;
  private final UserNetwork ways;
  private final RootlessPrograms rootless;

  private enum Way {
    BROKER,
    USER_NIC,
    ROOTLESS
  }

  UserNetworkPlanner(ContainerSpec spec, NicNames names, HostFacts facts) {
    this.spec = spec;
    this.names = names;
    this.user = facts.user();
    this.ways = facts.network().user();
    this.rootless = new RootlessPrograms(spec, names, ways);
  }

  /**
   * What the keeper does before the engine's part, and what gives the engine access.
   *
   * @throws CofferException for what no way leads to
   */
  List<Step> connect() {
    List<Step> steps = new ArrayList<>();
    List<Nic> rootlessOnes = new ArrayList<>();
    for (Nic nic : names.nics()) {
      refuseRootsTypes(nic);
      if (!isWired(nic)) {
        continue;
      }
      refuseRootsKeys(nic);
      switch (way(nic)) {
        case BROKER -> {}
        case USER_NIC -> steps.add(userNic(nic));
        case ROOTLESS -> {
          rootlessOnes.add(nic);
          steps.add(rootless.step(nic, why(nic)));
        }
      }
    }
    if (rootlessOnes.size() > 1) {
      throw refused(
          rootlessOnes.get(1),
          "a container has one way out by " + rootless.name(),
          "leave out all but one interface of type veth without a bridge");
    }
    if (names.nics().stream().anyMatch(this::isEngines)) {
      steps.add(new LendNetlink(spec.namespaces().origin()));
    }
    return steps;
  }

  /** Whether addresses and routes of this interface are the engine's business. */
  boolean isEngines(Nic nic) {
    return isWired(nic) && way(nic) != Way.ROOTLESS;
  }

  /** What the engine does with it before it has addresses. */
  List<Step> adjust(Nic nic) {
    List<Step> steps = new ArrayList<>();
    if (way(nic) == Way.BROKER) {
      steps.add(new JoinBridge(names.inside(nic), bridge(nic), ways.broker(), origin(nic)));
    }
    OptionalInt mtu =
        text(nic, "mtu")
            .map(bytes -> OptionalInt.of(Integer.parseInt(bytes)))
            .orElseGet(OptionalInt::empty);
    Optional<String> hardwareAddress = Optional.of(names.hardwareAddress(nic));
    steps.add(new AdjustLink(names.inside(nic), hardwareAddress, mtu, nic.isUp(), origin(nic)));
    return steps;
  }

  private static boolean isWired(Nic nic) {
    return nic.type().value().equals("veth");
  }

  private void refuseRootsTypes(Nic nic) {
    String type = nic.type().value();
    switch (type) {
      case "veth", "empty", "none" -> {}
      case "phys" -> throw rootsAlone(nic, "takes an interface away from the host");
      default -> throw rootsAlone(nic, "lies on an interface of the host");
    }
  }

  /** What is done at the end on the host, which is root's; passed over it would protect nobody. */
  private void refuseRootsKeys(Nic nic) {
    for (String key : ROOTS_KEYS) {
      Sourced<String> value = nic.settings().get(key);
      boolean wanted = value != null && !value.value().isEmpty() && !value.value().equals("0");
      if (wanted && !(key.equals(PortPlanner.FORWARD) && way(nic) == Way.ROOTLESS)) {
        throw new CofferException(
            "cannot apply " + value.origin().describe() + ": only root may do that on the host",
            List.of(
                "from  " + value.origin().describe(),
                key.equals(PortPlanner.FORWARD)
                    ? "hint  pasta can: install passt, and leave out lxc.net.N.link"
                    : "hint  leave it out, or have root start the container"));
      }
    }
  }

  private CofferException rootsAlone(Nic nic, String what) {
    return new CofferException(
        "an ordinary user's container cannot have an interface of type "
            + nic.type().value()
            + ": it "
            + what
            + ", which only root may do",
        List.of(
            "from  " + nic.type().origin().describe(),
            "hint  lxc.net." + nic.index() + ".type = veth, which has ways for ordinary users"));
  }

  private Way way(Nic nic) {
    boolean named = text(nic, "link").isPresent();
    if (!named && rootless.available()) {
      return Way.ROOTLESS;
    }
    if (ways.brokerAnswers()) {
      return Way.BROKER;
    }
    if (ways.userNic().isPresent()) {
      return Way.USER_NIC;
    }
    if (rootless.available()) {
      return Way.ROOTLESS;
    }
    throw noWay(nic);
  }

  private String why(Nic nic) {
    return text(nic, "link").isEmpty() ? "no bridge is named" : noBroker() + ", no lxc-user-nic";
  }

  private String noBroker() {
    return "no broker answers at " + ways.broker();
  }

  private CofferException noWay(Nic nic) {
    List<String> details = new ArrayList<>();
    details.add("from  " + nic.type().origin().describe());
    details.add("why   " + noBroker() + ", which \"coffer broker\" would be, run by root");
    details.add("why   there is no lxc-user-nic, which the package lxc brings");
    details.add("why   " + rootless.whyNot());
    details.add(
        "hint  any of the three will do; or do without: lxc.net." + nic.index() + ".type = empty");
    return new CofferException(
        "there is no way to the network for containers of " + user.name(), details);
  }

  private RunNetworkProgram userNic(Nic nic) {
    String bridge = bridge(nic);
    return new RunNetworkProgram(
        names.inside(nic),
        List.of(
            ways.userNic().orElseThrow(),
            "create",
            spec.lxcPath().toString(),
            spec.name(),
            RunNetworkProgram.PID,
            "veth",
            bridge,
            names.inside(nic)),
        bridge + " by lxc-user-nic",
        Optional.empty(),
        noBroker(),
        "the host must have the bridge, and /etc/lxc/lxc-usernet a line that allows enough: \""
            + user.name()
            + " veth "
            + bridge
            + " 10\"",
        origin(nic));
  }

  private static String bridge(Nic nic) {
    return text(nic, "link").orElse(NO_BRIDGE);
  }

  private static CofferException refused(Nic nic, String what, String remedy) {
    return new CofferException(
        what, List.of("from  " + nic.type().origin().describe(), "hint  " + remedy));
  }

  private static Optional<String> text(Nic nic, String key) {
    return Optional.ofNullable(nic.settings().get(key))
        .map(Sourced::value)
        .filter(value -> !value.isEmpty());
  }

  private static Origin origin(Nic nic) {
    Sourced<String> link = nic.settings().get("link");
    return link == null ? nic.type().origin() : link.origin();
  }
}
