package dev.coffer.plan;

import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Nic;
import dev.coffer.model.Sourced;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The names and hardware addresses of a container's interfaces. What the configuration leaves out
 * follows from machine, folder and name, so that it is the same at every start and a DHCP server
 * knows the container again.
 */
final class NicNames {
  private static final String LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final int RANDOM_LETTERS = 10;
  private static final int ADDRESS = 6;
  private static final int DIGEST = 8;

  private final ContainerSpec spec;
  private final NetworkFacts facts;
  private final List<Nic> nics;
  private final Map<Nic, String> inside = new HashMap<>();

  NicNames(ContainerSpec spec, NetworkFacts facts) {
    this.spec = spec;
    this.facts = facts;
    this.nics = LinkPrefixes.expand(BridgePlanner.withZones(spec.nics()), facts.links().names());
    Set<String> taken = new HashSet<>();
    nics.forEach(nic -> named(nic).ifPresent(taken::add));
    int number = 0;
    for (Nic nic : nics) {
      Optional<String> given = named(nic);
      if (given.isPresent()) {
        inside.put(nic, given.get());
        continue;
      }
      while (!taken.add("eth" + number)) {
        number++;
      }
      inside.put(nic, "eth" + number);
    }
  }

  /** The interfaces, those that are named by a prefix one by one. */
  List<Nic> nics() {
    return nics;
  }

  /** One of the host's keeps its name, and the second of a prefix cannot have the first's. */
  private Optional<String> named(Nic nic) {
    boolean isPhysical = nic.type().value().equals("phys");
    Optional<String> given = given(nic, "name").filter(_ -> isFirst(nic));
    return isPhysical ? given.or(() -> given(nic, "link")) : given;
  }

  private boolean isFirst(Nic nic) {
    return nics.stream()
        .filter(other -> other.index() == nic.index())
        .findFirst()
        .get()
        .equals(nic);
  }

  /** Inside the container; the first free ethN where none is given. */
  String inside(Nic nic) {
    return inside.get(nic);
  }

  /** Of a veth's end on the host. */
  String onHost(Nic nic) {
    return given(nic, "veth.pair")
        .orElseGet(() -> {
          byte[] hash = hash(nic, "name");
          StringBuilder name = new StringBuilder("veth");
          for (int i = 0; i < RANDOM_LETTERS; i++) {
            name.append(LETTERS.charAt((hash[i] & 0xff) % LETTERS.length()));
          }
          return name.toString();
        });
  }

  /** Of the interface inside. */
  String hardwareAddress(Nic nic) {
    return given(nic, "hwaddr")
        .filter(_ -> isFirst(nic))
        .orElseGet(() -> address(hash(nic, "inside"), 0x02));
  }

  /**
   * Of a veth's end on the host. A bridge takes the lowest address of its ports as its own, so this
   * one is high.
   */
  String hostAddress(Nic nic) {
    return address(hash(nic, "host"), 0xfe);
  }

  private static Optional<String> given(Nic nic, String key) {
    return Optional.ofNullable(nic.settings().get(key))
        .map(Sourced::value)
        .filter(value -> !value.isEmpty());
  }

  private static String address(byte[] hash, int first) {
    hash[0] = (byte) first;
    return HexFormat.ofDelimiter(":").formatHex(hash, 0, ADDRESS);
  }

  private byte[] hash(Nic nic, String purpose) {
    return hash(
        String.join(
            "\n",
            facts.machineId(),
            spec.lxcPath().toString(),
            spec.name(),
            isFirst(nic) ? String.valueOf(nic.index()) : nic.index() + given(nic, "link").get(),
            purpose));
  }

  /** Sixteen hexadecimal digits. */
  static String digest(String text) {
    return HexFormat.of().formatHex(hash(text), 0, DIGEST);
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
