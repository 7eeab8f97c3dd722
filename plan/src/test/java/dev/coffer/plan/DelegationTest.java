package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.CofferException;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.Plan;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where an ordinary user's cgroups go, and what is said where they can go nowhere. */
class DelegationTest {
  private static final String MAPS = "lxc.idmap = u 0 100000 9\nlxc.idmap = g 0 100000 9\n";

  private static Delegation of(String own, String... writable) {
    return Delegation.of(own, Set.of(writable)::contains);
  }

  @Test
  void aDelegatedCgroupIsUsed() {
    assertEquals(new Delegation("/user/x.scope", true), of("/user/x.scope", "/user/x.scope"));
  }

  @Test
  void oneThatIsNotIsNot() {
    assertEquals(new Delegation("/user/x.scope", false), of("/user/x.scope", "/user"));
  }

  @Test
  void whoWasMovedBelowItFindsItAgain() {
    assertEquals(new Delegation("/u/x", true), of("/u/x/coffer.session", "/u/x"));
    assertEquals(new Delegation("/", true), of("/coffer.session", "/"));
    assertEquals(
        new Delegation("/u/coffer.session", true), of("/u/coffer.session", "/u/coffer.session"));
  }

  private static CofferException refused(String text, HostFacts facts) {
    return assertThrows(CofferException.class, () -> plan(text, facts));
  }

  private static Plan plan(String text, HostFacts facts) {
    var spec = LxcConfig.parse(text, Path.of("c.conf"), Map.of()).spec("c", Path.of("/l"));
    StartRequest request =
        new StartRequest(
            spec,
            false,
            false,
            Sourced.builtIn(List.of("/sbin/init"), "lxc.init.cmd"),
            List.of(),
            Map.of(),
            new SeccompChoice.None(),
            "/m");
    return Planner.plan(request, facts);
  }

  @Test
  void limitsThatNobodyCanSetAreRefusedByName() {
    CofferException e =
        refused(
            MAPS
                + "lxc.cgroup.memory.limit_in_bytes = 1M\n"
                + "lxc.cgroup.pids.max = 9\nlxc.cgroup.devices.deny = a\n",
            Hosts.UNDELEGATED);
    assertEquals(
        "cannot set memory.limit_in_bytes, pids.max: no cgroup is delegated to eve",
        e.getMessage());
    assertEquals(
        List.of(
            "from  c.conf:3  lxc.cgroup.memory.limit_in_bytes",
            "from  c.conf:4  lxc.cgroup.pids.max",
            "why   eve may not write to /sys/fs/cgroup/memory/",
            "hint  root can give you cgroups of version 1 (libpam-cgfs does at login); or remove the"
                + " lines"),
        e.details());
  }

  @Test
  void onVersionTwoOneCommandHelps() {
    HostFacts v2 = Hosts.DELEGATED;
    HostFacts.CgroupTree tree = v2.trees().getFirst();
    HostFacts none =
        v2.at(
            List.of(
                new HostFacts.CgroupTree(
                    tree.mount(), tree.controllers(), true, "/s", "/s", false)),
            "n",
            "m",
            true);
    CofferException e = refused(MAPS + "lxc.cgroup2.memory.max = 1M\n", none);
    assertEquals("cannot set memory.max: no cgroup is delegated to eve", e.getMessage());
    assertEquals(
        "hint  systemd-run --user --scope -p Delegate=yes -- lxc-start -n c",
        e.details().getLast());
  }

  @Test
  void idsThatAreNobodysToMapAreRefusedWithTheLineToAdd() {
    CofferException e =
        refused("lxc.idmap = u 0 100000 65536\nlxc.idmap = g 0 200000 10\n", Hosts.DELEGATED);
    assertEquals("eve may not map the group ids 200000-200009 of the host", e.getMessage());
    assertEquals(
        List.of(
            "from  c.conf:2  lxc.idmap",
            "why   /etc/subgid gives eve 100000-165535",
            "hint  as root: usermod --add-subgids 200000-200009 eve, which adds the line"
                + " \"eve:200000:10\"; or map ids that are listed there"),
        e.details());
  }

  @Test
  void aMissingProgramIsToldWithItsPackage() {
    HostFacts.User user = Hosts.EVE;
    HostFacts.User bare =
        new HostFacts.User(
            user.uid(),
            user.gid(),
            user.name(),
            user.uids(),
            user.gids(),
            java.util.Optional.empty(),
            user.newgidmap());
    HostFacts facts =
        new HostFacts(
            Hosts.DELEGATED.trees(), "n", "m", true, false, 40, false, true, bare, LsmFacts.NONE);
    CofferException e = refused(MAPS, facts);
    assertEquals("cannot map user ids: there is no newuidmap on this machine", e.getMessage());
    assertEquals(
        List.of(
            "from  c.conf:1  lxc.idmap",
            "hint  install the package uidmap: apt-get install uidmap"),
        e.details());
  }

  @Test
  void aContainerWithoutAMapIsRefusedWithTheLinesItNeeds() {
    CofferException e = refused("lxc.net.0.type = empty\n", Hosts.DELEGATED);
    assertEquals(
        "a container of an ordinary user needs an id map, and its configuration has none",
        e.getMessage());
    assertEquals(
        List.of(
            "hint  add \"lxc.idmap = u 0 100000 65536\" and \"lxc.idmap = g 0 100000 65536\", also to"
                + " ~/.config/lxc/default.conf for later containers"),
        e.details());
  }

  @Test
  void aScopeIsStartedBeforeAnythingIsMadeInIt() {
    HostFacts session = Hosts.DELEGATED;
    HostFacts offered =
        session.at(
            List.of(session.trees().getFirst().inScope("coffer-c.scope", "/u/coffer-c.scope")),
            "lxc.payload.c",
            "lxc.monitor.c",
            true);
    List<String> steps =
        plan(MAPS, offered).steps().stream().limit(2).map(step -> step.describe()).toList();
    assertEquals(
        List.of(
            "start scope coffer-c.scope of the user's systemd, for cgroup"
                + " /sys/fs/cgroup/u/coffer-c.scope",
            "move the processes of /sys/fs/cgroup/u/coffer-c.scope to coffer.session below it"),
        steps);
  }
}
