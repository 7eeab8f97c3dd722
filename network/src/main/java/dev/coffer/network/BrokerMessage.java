package dev.coffer.network;

import dev.coffer.network.Refusal.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What is said between an ordinary user's engine and the broker over a stream socket, each side
 * once; lines of plain ASCII.
 *
 * <pre>
 * coffer-broker 1     with one descriptor: the network namespace
 * veth
 * BRIDGE              or none
 * NAME                of the interface inside
 *                                                  ok HOST-NAME
 *                                      or          no REASON
 *                                                  MESSAGE
 *                                                  HINT
 * </pre>
 */
final class BrokerMessage {
  /** Bytes of a request at most. */
  static final int MOST_REQUEST = 96;

  /** Bytes of an answer at most. */
  static final int MOST_ANSWER = 1024;

  /** How many lines a request has. */
  static final int LINES = 4;

  private static final String GREETING = "coffer-broker 1";
  private static final String TYPE = "veth";

  private BrokerMessage() {}

  /** A request without its descriptor. */
  record Join(String bridge, String name) {
    byte[] encode() {
      return (String.join("\n", GREETING, TYPE, bridge, name) + "\n")
          .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Takes nothing on trust.
     *
     * @throws Refusal where anything is not as it is written above
     */
    static Join decode(byte[] bytes) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      String[] lines = text.split("\n", -1);
      boolean whole = lines.length == LINES + 1 && lines[LINES].isEmpty();
      if (!whole || !lines[0].equals(GREETING)) {
        throw malformed("this is no request to this broker");
      }
      if (!lines[1].equals(TYPE)) {
        throw malformed("interfaces of type veth are all there is");
      }
      if (!InterfaceName.isPlain(lines[2]) || !InterfaceName.isPlain(lines[3])) {
        throw malformed(
            "a name has 1 to 15 of the characters A-Z a-z 0-9 _ . - and begins with no sign");
      }
      return new Join(lines[2], lines[3]);
    }
  }

  static byte[] encodeJoined(String hostName) {
    return ("ok " + hostName + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] encode(Refusal refusal) {
    String text =
        "no "
            + refusal.reason()
            + "\n"
            + oneLine(refusal.getMessage())
            + "\n"
            + oneLine(refusal.hint())
            + "\n";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= MOST_ANSWER ? bytes : Arrays.copyOf(bytes, MOST_ANSWER);
  }

  /**
   * The name on the host.
   *
   * @throws Refusal where the broker refused
   */
  static String decodeAnswer(byte[] bytes) {
    List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
    String first = lines.isEmpty() ? "" : lines.getFirst();
    if (first.startsWith("ok ") && InterfaceName.isPlain(first.substring(3))) {
      return first.substring(3);
    }
    if (first.startsWith("no ") && lines.size() >= 2) {
      throw new Refusal(
          reason(first.substring(3)), oneLine(lines.get(1)), lines.size() > 2 ? lines.get(2) : "");
    }
    throw new Refusal(Reason.FAILED, "the broker ended without an answer", "its log may tell why");
  }

  private static Reason reason(String word) {
    return Arrays.stream(Reason.values())
        .filter(reason -> reason.name().equals(word))
        .findFirst()
        .orElse(Reason.FAILED);
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  private static Refusal malformed(String why) {
    return new Refusal(Reason.MALFORMED, why, "");
  }
}
