package dev.coffer.plan;

import static dev.coffer.plan.Protection.good;
import static dev.coffer.plan.Protection.own;
import static dev.coffer.plan.Protection.weaker;

import dev.coffer.model.AutoMounts;
import dev.coffer.model.Capability;
import dev.coffer.model.Cgroups;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.IdMap;
import dev.coffer.model.Namespace;
import dev.coffer.model.Nic;
import dev.coffer.model.Origin;
import dev.coffer.model.Privileges;
import dev.coffer.model.Seccomp;
import dev.coffer.model.SecureDefault;
import dev.coffer.model.Sourced;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What protects a container, compared with {@code coffer.security = default}: a pure function over
 * what is wanted and who starts it. It judges single choices, not what they add up to.
 */
public final class Protections {
  private final ContainerSpec spec;
  private final Privileges privileges;
  private final boolean hostsRoot;
  private final boolean unified;
  private final List<Protection> found = new ArrayList<>();

  private Protections(ContainerSpec spec, boolean hostsRoot, boolean unified) {
    this.spec = spec;
    this.privileges = spec.privileges();
    this.hostsRoot = hostsRoot;
    this.unified = unified;
  }

  /**
   * The protections in the order of their weight.
   *
   * @param hostsRoot whether root starts it, outside of every user namespace
   * @param unified whether there is only cgroup v2
   */
  public static List<Protection> of(ContainerSpec spec, boolean hostsRoot, boolean unified) {
    Protections protections = new Protections(spec, hostsRoot, unified);
    protections.ids();
    protections.capabilities();
    protections.systemCalls();
    protections.newPrivileges();
    protections.namespaces();
    protections.network();
    protections.kernelFileSystems();
    protections.kernelPaths();
    protections.devices();
    protections.keyring();
    return List.copyOf(protections.found);
  }

  private void ids() {
    String subject = "ids";
    Optional<Sourced<IdMap>> root =
        privileges.idMaps().stream()
            .filter(map -> map.value().kind() == IdMap.Kind.USER && map.value().contains(0))
            .findFirst();
    if (root.isPresent()) {
      long outside = root.get().value().toHost(0);
      String text = "root inside is " + outside + " outside";
      found.add(
          outside == 0
              ? weaker(
                  subject, text + ", the host's root", root.get().origin(), "coffer.idmap = auto")
              : good(subject, text, root.get().origin()));
    } else if (!privileges.idMaps().isEmpty()) {
      found.add(good(subject, "mapped, without a root", privileges.idMaps().getFirst().origin()));
    } else if (privileges.automaticIds()) {
      found.add(
          good(
              subject,
              "a range of its own is chosen at the first start",
              privileges.secure().orElse(Origin.builtIn("coffer.idmap"))));
    } else {
      found.add(
          weaker(
              subject,
              "root inside is root outside",
              Origin.builtIn("lxc.idmap"),
              "coffer.idmap = auto"));
    }
  }

  private void capabilities() {
    Set<Capability> harmful = EnumSet.copyOf(SecureDefault.DROPPED);
    Origin origin = Origin.builtIn("lxc.cap.drop");
    int left = Capability.values().length;
    if (privileges.keep().isPresent()) {
      Set<Capability> kept = values(privileges.keep().get());
      harmful.retainAll(kept);
      left = kept.size();
      origin = last(privileges.keep().get()).orElse(Origin.builtIn("lxc.cap.keep"));
    } else {
      Set<Capability> dropped = values(privileges.drop());
      harmful.removeAll(dropped);
      left -= dropped.size();
      origin = last(privileges.drop()).orElse(origin);
    }
    found.add(
        harmful.isEmpty()
            ? good("capabilities", left + " of " + Capability.values().length + " left", origin)
            : weaker(
                "capabilities",
                "keeps " + words(harmful),
                origin,
                "lxc.cap.drop = " + words(harmful)));
  }

  private static Set<Capability> values(List<Sourced<Capability>> capabilities) {
    Set<Capability> set = EnumSet.noneOf(Capability.class);
    capabilities.forEach(capability -> set.add(capability.value()));
    return set;
  }

  private static String words(Set<Capability> capabilities) {
    return capabilities.stream().map(Capability::describe).collect(Collectors.joining(" "));
  }

  private void systemCalls() {
    String subject = "system calls";
    Optional<Sourced<String>> profile = privileges.seccomp().profile();
    if (profile.isEmpty()) {
      found.add(
          weaker(
              subject,
              "none is filtered",
              Origin.builtIn("lxc.seccomp.profile"),
              "coffer.seccomp = default"));
    } else if (profile.get().value().equals(Seccomp.DEFAULT_POLICY)) {
      found.add(good(subject, "filtered by Coffer's list", profile.get().origin()));
    } else {
      found.add(own(subject, "filtered by " + profile.get().value(), profile.get().origin()));
    }
  }

  private void newPrivileges() {
    String subject = "new privileges";
    Sourced<Boolean> forbidden = privileges.noNewPrivileges();
    if (forbidden.value()) {
      found.add(good(subject, "none by executing a program", forbidden.origin()));
    } else if (forbidden.origin().isBuiltIn() && privileges.secure().isPresent()) {
      found.add(
          good(
              subject,
              "set-user-ID programs work in a system, not under lxc-execute",
              privileges.secure().get()));
    } else {
      found.add(
          weaker(
              subject,
              "set-user-ID programs work, under lxc-execute too",
              forbidden.origin(),
              privileges.secure().isPresent()
                  ? "lxc.no_new_privs = 1"
                  : "coffer.security = default"));
    }
  }

  private void namespaces() {
    Set<Namespace> shared =
        EnumSet.of(Namespace.MOUNT, Namespace.PID, Namespace.NET, Namespace.IPC);
    shared.add(Namespace.UTS);
    shared.add(Namespace.CGROUP);
    ContainerSpec.Namespaces wanted = spec.namespaces();
    if (wanted.fresh().isEmpty()) {
      shared.retainAll(wanted.keep());
    } else {
      shared.removeAll(wanted.fresh());
    }
    for (Map.Entry<Namespace, Sourced<String>> other : wanted.share().entrySet()) {
      shared.remove(other.getKey());
      found.add(
          own(
              "namespaces",
              other.getKey().file() + " is that of " + other.getValue().value(),
              other.getValue().origin()));
    }
    if (!shared.isEmpty()) {
      String names = shared.stream().map(Namespace::file).sorted().collect(Collectors.joining(" "));
      found.add(
          weaker("namespaces", "shares with the host: " + names, wanted.origin(), without(wanted)));
    } else if (wanted.share().isEmpty()) {
      found.add(good("namespaces", "all are its own", wanted.origin()));
    }
  }

  private static String without(ContainerSpec.Namespaces wanted) {
    return wanted.fresh().isEmpty() ? "lxc.namespace.keep =" : "lxc.namespace.clone =";
  }

  private void network() {
    spec.nics().stream()
        .filter(nic -> nic.type().value().equals("none"))
        .map(Nic::type)
        .findFirst()
        .ifPresent(type ->
            found.add(
                weaker(
                    "network",
                    "uses the host's interfaces and abstract sockets",
                    type.origin(),
                    "lxc.net.0.type = empty")));
  }

  private void kernelFileSystems() {
    AutoMounts auto = spec.mounts().auto().value();
    Origin origin = spec.mounts().auto().origin();
    switch (auto.proc()) {
      case MIXED -> found.add(good("/proc", "settings of the kernel are read-only", origin));
      case RW ->
          found.add(weaker("/proc", "all is writable", origin, "lxc.mount.auto = proc:mixed"));
      case NONE ->
          found.add(
              weaker("/proc", "not mounted or by itself", origin, "lxc.mount.auto = proc:mixed"));
    }
    switch (auto.sys()) {
      case MIXED, RO -> found.add(good("/sys", "read-only but for its network", origin));
      case RW -> found.add(weaker("/sys", "all is writable", origin, "lxc.mount.auto = sys:mixed"));
      case NONE ->
          found.add(
              weaker("/sys", "not mounted or by itself", origin, "lxc.mount.auto = sys:mixed"));
    }
    switch (auto.cgroup()) {
      case FULL_RW ->
          found.add(
              weaker(
                  "cgroups",
                  "all of the host's, writable",
                  origin,
                  "lxc.mount.auto = cgroup:mixed"));
      case FULL_MIXED, FULL_RO ->
          found.add(
              weaker("cgroups", "sees all of the host's", origin, "lxc.mount.auto = cgroup:mixed"));
      case NONE, MIXED, RO, RW, V2_RO, V2_RW ->
          found.add(good("cgroups", "sees its own only", origin));
    }
  }

  private void kernelPaths() {
    paths(
        "masked paths", "coffer.mask", spec.mounts().kernelPaths().masked(), SecureDefault.MASKED);
    paths(
        "read-only paths",
        "coffer.readonly",
        spec.mounts().kernelPaths().readOnly(),
        SecureDefault.READ_ONLY);
  }

  private void paths(String subject, String key, List<Sourced<String>> paths, List<String> usual) {
    Set<String> missing = new HashSet<>(usual);
    paths.forEach(path -> missing.remove(path.value()));
    Origin origin = last(paths).orElse(Origin.builtIn(key));
    if (missing.isEmpty()) {
      found.add(good(subject, paths.size() + ", those of the default among them", origin));
    } else {
      String what =
          missing.size() == usual.size() ? "none of the default's" : "not " + sorted(missing);
      found.add(weaker(subject, what, origin, key + " = default"));
    }
  }

  private static String sorted(Set<String> words) {
    return words.stream().sorted().collect(Collectors.joining(" "));
  }

  private void devices() {
    String subject = "devices";
    if (!hostsRoot) {
      found.add(
          good(
              subject,
              "only those bound into it can be opened",
              Origin.builtIn("an ordinary user's container")));
      return;
    }
    List<Sourced<Cgroups.Value>> rules =
        DeviceLimits.of(unified ? spec.cgroups().v2() : spec.cgroups().v1(), spec, true);
    String allowed = unified ? "lxc.cgroup2.devices" : "lxc.cgroup.devices";
    boolean denies =
        rules.stream()
            .filter(DeviceLimits::isAboutAll)
            .reduce((first, last) -> last)
            .filter(rule -> rule.value().file().equals("devices.deny"))
            .isPresent();
    Origin origin = last(rules).orElse(Origin.builtIn(allowed));
    if (denies && privileges.secure().equals(last(rules))) {
      found.add(good(subject, "the usual ones can be opened, no others", origin));
    } else if (denies) {
      found.add(own(subject, "those of " + allowed + ".allow can be opened", origin));
    } else {
      found.add(weaker(subject, "every node can be opened", origin, "coffer.security = default"));
    }
    if (!spec.terminals().autodev().value()) {
      found.add(
          weaker(
              "/dev",
              "that of the root file system",
              spec.terminals().autodev().origin(),
              "lxc.autodev = 1"));
    }
  }

  private void keyring() {
    Sourced<Boolean> fresh = privileges.keyring();
    if (!fresh.value()) {
      found.add(
          weaker(
              "keyring",
              "the starter's session keyring",
              fresh.origin(),
              "lxc.keyring.session = 1"));
    }
  }

  private static <T> Optional<Origin> last(List<Sourced<T>> values) {
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast().origin());
  }
}
