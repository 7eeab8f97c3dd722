package dev.coffer.model.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a script of an interface is told, lxc.container.conf(5) "lxc.net.[i].script.up".
 *
 * @param number of the interface's block in the configuration
 * @param type of the interface
 * @param parent its link on the host
 * @param peer a veth's end on the host
 */
public record NetworkScript(
    int number, String type, Optional<String> parent, Optional<String> peer) {
  /** The last words of the command. */
  public List<String> arguments() {
    List<String> words = new ArrayList<>(List.of(type));
    parent.ifPresent(words::add);
    peer.ifPresent(words::add);
    return words;
  }

  /** The variables, where hooks have version 1. */
  public List<String> variables() {
    List<String> lines = new ArrayList<>(List.of("LXC_NET_TYPE=" + type));
    parent.ifPresent(link -> lines.add("LXC_NET_PARENT=" + link));
    peer.ifPresent(name -> lines.add("LXC_NET_PEER=" + name));
    return lines;
  }

  String describe() {
    return "lxc.net." + number;
  }
}
