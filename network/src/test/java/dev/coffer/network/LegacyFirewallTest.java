package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LegacyFirewallTest {
  @TempDir Path folder;

  @Test
  void theRulesAreThoseOfLxcNet() throws IOException {
    Path file = Files.writeString(folder.resolve("lxc-net"), "LXC_USE_NFT=false\n");
    LxcNet lxcNet = LxcNet.read(List.of(file));
    assertEquals(BridgeNetwork.Rules.IPTABLES, lxcNet.network().rules());
    String mark = "-m comment --comment coffer lxcbr0 ";
    assertEquals(
        List.of(
            "iptables -w -t filter -I INPUT " + mark + "-i lxcbr0 -p udp --dport 53 -j ACCEPT",
            "iptables -w -t filter -I INPUT " + mark + "-i lxcbr0 -p udp --dport 67 -j ACCEPT",
            "iptables -w -t filter -I INPUT " + mark + "-i lxcbr0 -p tcp --dport 53 -j ACCEPT",
            "iptables -w -t filter -I INPUT " + mark + "-i lxcbr0 -p tcp --dport 67 -j ACCEPT",
            "iptables -w -t filter -I FORWARD " + mark + "-i lxcbr0 -j ACCEPT",
            "iptables -w -t filter -I FORWARD " + mark + "-o lxcbr0 -j ACCEPT",
            "iptables -w -t nat -I POSTROUTING "
                + mark
                + "-s 10.0.3.0/24 ! -d 10.0.3.0/24 -j MASQUERADE",
            "iptables -w -t mangle -I POSTROUTING "
                + mark
                + "-o lxcbr0 -p udp -m udp --dport 68 -j CHECKSUM --checksum-fill"),
        LegacyFirewall.rules(lxcNet.network()).stream()
            .map(rule -> String.join(" ", rule.command("-I")))
            .toList());
  }
}
