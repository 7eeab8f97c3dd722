package dev.coffer.tools.engine;

import dev.coffer.model.CofferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client asks for.
 *
 * @param descriptors bit n: its descriptor n (0, 1, 2) comes with the request
 * @param cwd empty where the caller's directory has no name
 */
record Request(
    BuildId build,
    int descriptors,
    int umask,
    String cwd,
    List<String> argv,
    Map<String, String> environment) {
  private static final int HEADER = BuildId.BYTES + 16;
  private static final int STREAMS = 3;
  private static final int UMASK_BITS = 0777;

  Request {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
  }

  /** Reads the payload of a REQUEST frame, which may be forged. */
  static Request decode(byte[] payload) {
    if (payload.length < HEADER) {
      throw new CofferException("a request of " + payload.length + " bytes is too short");
    }
    ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
    byte[] build = new byte[BuildId.BYTES];
    header.get(build);
    int descriptors = header.getInt();
    int umask = header.getInt();
    Strings strings = new Strings(payload, HEADER, header.getInt(), header.getInt());
    if (descriptors >>> STREAMS != 0 || (umask & ~UMASK_BITS) != 0) {
      throw new CofferException("a request with unknown flags");
    }
    return new Request(
        BuildId.decode(build),
        descriptors,
        umask,
        strings.cwd(),
        strings.argv(),
        environment(strings.environment()));
  }

  /** How many descriptors belong to the request. */
  int descriptorCount() {
    return Integer.bitCount(descriptors);
  }

  /** The tool's name. */
  String program() {
    String name = argv.isEmpty() ? "" : argv.getFirst();
    return name.substring(name.lastIndexOf('/') + 1);
  }

  List<String> arguments() {
    return argv.isEmpty() ? List.of() : argv.subList(1, argv.size());
  }

  private static Map<String, String> environment(List<String> entries) {
    Map<String, String> variables = HashMap.newHashMap(entries.size());
    for (String entry : entries) {
      int equals = entry.indexOf('=', 1);
      if (equals > 0) {
        variables.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return variables;
  }

  /** cwd, argv and environment, each string with a NUL behind it. */
  private record Strings(String cwd, List<String> argv, List<String> environment) {
    Strings(byte[] payload, int from, int argc, int envc) {
      this(split(payload, from, 1L + checked(argc) + checked(envc)), argc);
    }

    private Strings(List<String> all, int argc) {
      this(all.getFirst(), all.subList(1, 1 + argc), all.subList(1 + argc, all.size()));
    }

    private static int checked(int count) {
      if (count < 0) {
        throw new CofferException("a request with " + Integer.toUnsignedString(count) + " words");
      }
      return count;
    }

    private static List<String> split(byte[] payload, int from, long count) {
      if (count > payload.length - from) {
        throw new CofferException("a request that is shorter than it says");
      }
      List<String> strings = new ArrayList<>((int) count);
      int start = from;
      for (int at = from; at < payload.length; at++) {
        if (payload[at] == 0) {
          strings.add(new String(payload, start, at - start, StandardCharsets.UTF_8));
          start = at + 1;
        }
      }
      if (strings.size() != count || start != payload.length) {
        throw new CofferException("a request whose words do not fit its counts");
      }
      return strings;
    }
  }
}
