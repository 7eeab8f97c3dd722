package dev.coffer.plan;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Nic;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a running container's keys of interfaces tell beyond the configuration: chosen names. */
public final class NicItems {
  private static final Pattern KEY = Pattern.compile("lxc\\.net\\.(\\d+)\\.(veth\\.pair|name)");

  private NicItems() {}

  /** Empty where the configuration has the answer, or there is none. */
  public static Optional<String> of(ContainerSpec spec, HostFacts facts, String key) {
    Matcher matcher = KEY.matcher(key);
    if (facts == null || spec == null || !facts.privileged() || !matcher.matches()) {
      return Optional.empty();
    }
    NicNames names = new NicNames(spec, facts.network());
    return names.nics().stream()
        .filter(nic -> String.valueOf(nic.index()).equals(matcher.group(1)))
        .findFirst()
        .flatMap(nic -> name(nic, names, matcher.group(2)));
  }

  private static Optional<String> name(Nic nic, NicNames names, String what) {
    if (!what.equals("name")) {
      return nic.type().value().equals("veth") ? Optional.of(names.onHost(nic)) : Optional.empty();
    }
    return switch (nic.type().value()) {
      case "none", "empty" -> Optional.empty();
      default -> Optional.of(names.inside(nic));
    };
  }
}
