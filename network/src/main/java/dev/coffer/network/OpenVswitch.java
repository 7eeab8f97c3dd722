package dev.coffer.network;

import dev.coffer.linux.CommandOutput;
import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.LinkStep.AddSwitchPort;
import dev.coffer.model.plan.LinkUndo.RemoveSwitchPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Ports of Open vSwitch bridges, which its own program keeps the book of, ovs-vsctl(8). */
final class OpenVswitch {
  private static final String PROGRAM = "ovs-vsctl";

  private OpenVswitch() {}

  static void add(AddSwitchPort step) {
    List<String> words =
        new ArrayList<>(List.of("--may-exist", "add-port", step.bridge(), step.hostName()));
    words.addAll(vlans(step.untagged(), step.tagged()));
    run(words, "step  " + step.describe(), "from  " + step.origin().describe());
  }

  static void remove(RemoveSwitchPort port) {
    if (Programs.find(PROGRAM).isPresent()) {
      run(List.of("--if-exists", "del-port", port.bridge(), port.port()));
    }
  }

  /** Columns of the port, ovs-vswitchd.conf.db(5) "VLAN Configuration". */
  static List<String> vlans(OptionalInt untagged, List<Integer> tagged) {
    boolean none = untagged.isPresent() && untagged.getAsInt() == 0;
    if (untagged.isEmpty() && tagged.isEmpty()) {
      return List.of();
    }
    if (none && tagged.isEmpty()) {
      throw new CofferException(
          "a port of an Open vSwitch bridge cannot be in no VLAN at all",
          List.of("hint  name one with lxc.net.N.veth.vlan.tagged.id"));
    }
    List<String> columns = new ArrayList<>();
    if (untagged.isPresent() && !none) {
      columns.add("tag=" + untagged.getAsInt());
    }
    if (!tagged.isEmpty()) {
      columns.add(
          "trunks=" + tagged.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
    columns.add("vlan_mode=" + mode(untagged.isPresent() && !none, !tagged.isEmpty()));
    return columns;
  }

  private static String mode(boolean untagged, boolean tagged) {
    if (!untagged) {
      return "trunk";
    }
    return tagged ? "native-untagged" : "access";
  }

  private static void run(List<String> words, String... details) {
    Path program =
        Programs.find(PROGRAM)
            .orElseThrow(() ->
                failure("there is no program " + PROGRAM, details)
                    .with("hint  install Open vSwitch's tools (package openvswitch-switch)"));
    List<String> argv = new ArrayList<>(List.of(program.toString(), "--timeout=10"));
    argv.addAll(words);
    CommandOutput output = CommandOutput.of(argv, List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    if (output.status().shellCode() != 0) {
      throw failure(output.complaints(), details)
          .with("hint  \"ovs-vsctl show\" tells whether the switch runs and which bridges it has");
    }
  }

  private static Failure failure(String what, String... details) {
    return new Failure(what, List.of(details));
  }

  private record Failure(String what, List<String> details) {
    CofferException with(String hint) {
      List<String> all = new ArrayList<>(details);
      all.add(hint);
      return new CofferException("cannot change the Open vSwitch bridge: " + what, all);
    }
  }
}
