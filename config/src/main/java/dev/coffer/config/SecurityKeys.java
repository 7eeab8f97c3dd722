package dev.coffer.config;

import dev.coffer.model.Capability;
import dev.coffer.model.IdMap;
import dev.coffer.model.Intercepts;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Keys about capabilities, ids and confinement. */
final class SecurityKeys {
  /** Keeps no capability at all; only for lxc.cap.keep. */
  static final String NONE = "none";

  static final String DEFAULT = "default";
  static final String LXC = "lxc";

  static final Key<String> SECURITY =
      Key.single(
          "coffer.security",
          Types.oneOf("There is no meaning of what is left out named", DEFAULT, LXC),
          "default gives what is left out the secure choice, lxc that of LXC",
          DEFAULT);

  private static final List<String> CAPABILITIES =
      Arrays.stream(Capability.values()).map(Capability::describe).toList();

  static final Key<List<String>> CAP_DROP =
      capabilities(
          "lxc.cap.drop", false, "capabilities taken from the container", "sys_time mknod");
  static final Key<List<String>> CAP_KEEP =
      capabilities("lxc.cap.keep", true, "the only capabilities left; none for none", "chown kill")
          .printedBy(lines ->
              kept(lines.stream().flatMap(List::stream).toList()).stream()
                  .map(word -> word + "\n")
                  .collect(Collectors.joining()));
  static final Key<IdMap> IDMAP =
      Key.list(
              "lxc.idmap",
              ValueType.of(
                  "u|g FIRST HOST-FIRST COUNT", (text, reading) -> idMap(text), IdMap::describe),
              "maps ids of the container to ids of the host",
              "u 0 100000 65536")
          .formerly("lxc.id_map")
          .printedBy(maps -> maps.stream().map(IdMap::describe).collect(Collectors.joining("\n")));
  static final Key<IdWish> AUTO_IDMAP =
      Key.single(
          "coffer.idmap",
          IdWish.TYPE,
          "auto gives the container a range of ids of its own, as many as said; none no map in"
              + " spite of coffer.security",
          "auto 262144");
  static final Key<Boolean> NESTING =
      flag("coffer.nesting", "1 opens what containers inside the container need");
  static final Key<Boolean> NO_NEW_PRIVILEGES =
      Key.single("lxc.no_new_privs", Types.FLAG, "1 forbids gaining privileges by exec", "1")
          .unset("0");
  // LXC shows 0 when unset although it makes a keyring then.
  static final Key<Boolean> KEYRING =
      Key.single("lxc.keyring.session", Types.FLAG, "0 keeps the starter's session keyring", "0")
          .unset("0");

  static final Key<String> SECCOMP_PROFILE =
      Key.single("lxc.seccomp.profile", Types.PATH, "seccomp policy file", "/etc/c1.seccomp")
          .formerly("lxc.seccomp");
  static final Key<String> SECCOMP_OWN =
      Key.single(
          "coffer.seccomp",
          Types.oneOf("There is no seccomp policy of Coffer's named", DEFAULT, NONE),
          "policy that comes with Coffer, in place of lxc.seccomp.profile; none filters nothing",
          DEFAULT);
  static final Key<Intercepts> INTERCEPT =
      Key.single(
          "coffer.intercept",
          InterceptWords.TYPE,
          "system calls that Coffer makes for the container: mknod, setxattr, sysinfo, mount:TYPE",
          "mknod sysinfo mount:ext4,xfs");
  static final Key<Boolean> SECCOMP_NESTING =
      flag("lxc.seccomp.allow_nesting", "1 loads the policy although one is in force already");
  static final Key<String> SECCOMP_PROXY =
      Key.single(
          "lxc.seccomp.notify.proxy",
          ValueType.of("unix:PATH", (text, reading) -> unixAddress(text), text -> text),
          "socket that is asked about system calls",
          "unix:/run/proxy.sock");
  static final Key<String> SECCOMP_COOKIE =
      Key.single(
          "lxc.seccomp.notify.cookie", Types.TEXT, "text that goes with each question", "c1");
  static final Key<Boolean> SCHED_CORE =
      flag("lxc.sched.core", "1 never shares a processor core with other containers");

  private SecurityKeys() {}

  static List<Key<?>> all() {
    return List.of(
        SECURITY,
        CAP_DROP,
        CAP_KEEP,
        SCHED_CORE,
        IDMAP,
        AUTO_IDMAP,
        NESTING,
        KEYRING,
        NO_NEW_PRIVILEGES,
        SECCOMP_NESTING,
        SECCOMP_COOKIE,
        SECCOMP_PROXY,
        SECCOMP_PROFILE,
        SECCOMP_OWN,
        INTERCEPT);
  }

  /**
   * The words in force: {@code none} undoes what stands before it and is dropped when more follow.
   */
  static List<String> kept(List<String> words) {
    List<String> afterNone = words.subList(words.lastIndexOf(NONE) + 1, words.size());
    return afterNone.isEmpty() ? List.of(NONE) : afterNone;
  }

  static Key<Boolean> flag(String name, String description) {
    return Key.single(name, Types.FLAG, description, "1").unset("0");
  }

  private static Key<List<String>> capabilities(
      String name, boolean noneAllowed, String description, String example) {
    ValueType<List<String>> type =
        Types.withWords(
            ValueType.of(
                "capabilities",
                (text, reading) -> capabilities(text, noneAllowed),
                words -> String.join("\n", words)),
            CAPABILITIES);
    return Key.list(name, type, description, example);
  }

  private static List<String> capabilities(String text, boolean noneAllowed)
      throws BadValueException {
    List<String> words = Types.split(text);
    for (String word : words) {
      if (word.equals(NONE)) {
        if (!noneAllowed) {
          throw new BadValueException(
              "The \"none\" keyword is only valid when keeping caps", "use lxc.cap.keep = none");
        }
      } else if (capability(word).isEmpty()) {
        throw new BadValueException(
            "Invalid capability specified: \"" + word + "\"",
            nearestCapability(word).map(near -> "did you mean \"" + near + "\"?").orElse(""));
      }
    }
    return words;
  }

  private static Optional<String> nearestCapability(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    return Nearest.of(lower.startsWith("cap_") ? lower.substring(4) : lower, CAPABILITIES);
  }

  /** A capability by its lower-case name or its number. */
  static Optional<Capability> capability(String word) {
    if (CAPABILITIES.contains(word)) {
      return Capability.parse(word);
    }
    try {
      long number = Numbers.parse(word, 0, CAPABILITIES.size() - 1);
      return Optional.of(Capability.values()[(int) number]);
    } catch (BadValueException e) {
      return Optional.empty(); // neither name nor number, which the caller words
    }
  }

  private static IdMap idMap(String text) throws BadValueException {
    List<String> words = Types.split(text);
    if (words.size() != 4) {
      throw new BadValueException(
          "Failed to parse id mappings: \"" + text + "\"", "write for instance u 0 100000 65536");
    }
    IdMap.Kind kind =
        switch (words.getFirst()) {
          case "u" -> IdMap.Kind.USER;
          case "g" -> IdMap.Kind.GROUP;
          default ->
              throw new BadValueException(
                  "Invalid id mapping type: " + words.getFirst(), "write u or g");
        };
    long[] numbers = new long[3];
    for (int i = 0; i < 3; i++) {
      numbers[i] = id(words.get(i + 1));
    }
    if (numbers[2] < 1) {
      throw new BadValueException(
          "Failed to parse id mappings: a range of 0 ids maps nothing", "give at least 1");
    }
    if (Math.max(numbers[0], numbers[1]) + numbers[2] > Numbers.UINT_MAX + 1) {
      throw new BadValueException(
          "Failed to parse id mappings: the range reaches beyond 4294967295", "");
    }
    return new IdMap(kind, numbers[0], numbers[1], numbers[2]);
  }

  private static long id(String word) throws BadValueException {
    try {
      return Numbers.parse(word, 0, Numbers.UINT_MAX);
    } catch (BadValueException e) {
      throw new BadValueException("Failed to parse id mappings: " + e.getMessage(), e.remedy());
    }
  }

  private static String unixAddress(String text) throws BadValueException {
    if (!text.startsWith("unix:")) {
      throw new BadValueException(
          "\"" + text + "\" is not the address of a socket",
          "write unix:/PATH, or unix:@NAME for an abstract one");
    }
    return text;
  }
}
