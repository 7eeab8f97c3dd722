package dev.coffer.runtime;

import dev.coffer.linux.DeviceNode;
import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.List;

/** Device nodes of the host by path, as lxc.cgroup.devices.allow accepts them besides numbers. */
final class DeviceNodes {
  private DeviceNodes() {}

  /** {@code /dev/fuse rwm} as {@code c 10:229 rwm}. */
  static String rule(String text) {
    String[] words = text.strip().split("\\s+");
    DeviceNode node =
        DeviceNode.read(Path.of(words[0]))
            .orElseThrow(() ->
                new CofferException(
                    "no device \"" + words[0] + "\" on this host",
                    List.of("hint  give its numbers instead")));
    String[] rule = node.rule(true).describe().split(" ");
    return rule[0] + " " + rule[1] + " " + (words.length > 1 ? words[1] : rule[2]);
  }
}
