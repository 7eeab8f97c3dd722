package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.network.BrokerMessage.Join;
import dev.coffer.network.Refusal.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BrokerMessageTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void aRequestIsReadAsItWasWritten() {
    Join join = new Join("lxcbr0.12345678", "eth0");
    assertEquals(join, Join.decode(join.encode()));
    assertEquals("coffer-broker 1\nveth\nbr0\neth0\n", text(new Join("br0", "eth0").encode()));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void theLongestRequestFits() {
    String longest = "x".repeat(15);
    assertEquals(true, new Join(longest, longest).encode().length <= BrokerMessage.MOST_REQUEST);
  }

  @Test
  void anythingElseIsRefused() {
    for (String text :
        List.of(
            "",
            "\n\n\n\n",
            "coffer-broker 2\nveth\nbr0\neth0\n",
            "coffer-broker 1\nveth\nbr0\neth0",
            "coffer-broker 1\nveth\nbr0\neth0\n\n",
            "coffer-broker 1\nveth\nbr0\neth0\nmore\n",
            "coffer-broker 1\nphys\nbr0\neth0\n",
            "coffer-broker 1\nveth\n\neth0\n",
            "coffer-broker 1\nveth\nbr0\neth%d\n",
            "coffer-broker 1\nveth\nbr0\n..\n",
            "coffer-broker 1\nveth\nbr0\n-x\n",
            "coffer-broker 1\nveth\nbr/0\neth0\n",
            "coffer-broker 1\nveth\nbr0\neth0\0\n",
            "coffer-broker 1\r\nveth\r\nbr0\r\neth0\r\n",
            "coffer-broker 1\nveth\nbr0\n" + "x".repeat(16) + "\n")) {
      Refusal refusal = assertThrows(Refusal.class, () -> Join.decode(bytes(text)), text);
      assertEquals(Reason.MALFORMED, refusal.reason());
    }
  }

  @Test
  void whateverComesIsRefusedAndNothingElseHappens() {
    Random random = new Random(1);
    byte[] good = new Join("br0", "eth0").encode();
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = good.clone();
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      try {
        Join join = Join.decode(changed);
        assertEquals(true, InterfaceName.isPlain(join.name()));
      } catch (Refusal refusal) {
        assertEquals(Reason.MALFORMED, refusal.reason());
      }
    }
  }

  @Test
  void anAnswerIsANameOrARefusal() {
    assertEquals("veth7_ab", BrokerMessage.decodeAnswer(BrokerMessage.encodeJoined("veth7_ab")));
    Refusal refusal = new Refusal(Reason.QUOTA, "Quota reached: all 2", "add a line");
    Refusal read =
        assertThrows(
            Refusal.class, () -> BrokerMessage.decodeAnswer(BrokerMessage.encode(refusal)));
    assertEquals(Reason.QUOTA, read.reason());
    assertEquals("Quota reached: all 2", read.getMessage());
    assertEquals(List.of("hint  add a line"), read.details());
  }

  @Test
  void anAnswerThatIsNoneIsTold() {
    for (String text : List.of("", "ok", "ok ../x\n", "no", "no WHAT\n", "\0")) {
      Refusal read =
          assertThrows(Refusal.class, () -> BrokerMessage.decodeAnswer(bytes(text)), text);
      assertEquals("the broker ended without an answer", read.getMessage());
    }
    Refusal escaped =
        assertThrows(
            Refusal.class, () -> BrokerMessage.decodeAnswer(bytes("no WHAT\na\u001b[2Jb\n")));
    assertEquals("a [2Jb", escaped.getMessage());
  }
}
