package dev.coffer.config;

import dev.coffer.model.Intercepts;
import dev.coffer.model.Intercepts.Call;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The value of coffer.intercept. */
final class InterceptWords {
  static final ValueType<Intercepts> TYPE =
      Types.withWords(
          ValueType.of("calls", (text, reading) -> parse(text), Intercepts::describe),
          Arrays.stream(Call.values()).map(Call::word).toList());

  /** They lie on a block device; others a container can mount itself, or nobody should for it. */
  private static final List<String> FILE_SYSTEMS =
      List.of("btrfs", "erofs", "exfat", "ext2", "ext3", "ext4", "f2fs", "ntfs3", "vfat", "xfs");

  private InterceptWords() {}

  private static Intercepts parse(String text) throws BadValueException {
    Set<Call> calls = EnumSet.noneOf(Call.class);
    List<String> fileSystems = List.of();
    for (String word : Types.split(text)) {
      int colon = word.indexOf(':');
      String name = colon < 0 ? word : word.substring(0, colon);
      Call call = Call.parse(name).orElse(null);
      if (call == null) {
        throw Types.unknownWord("Coffer does not intercept", name, TYPE.words());
      }
      if ((call == Call.MOUNT) == (colon < 0)) {
        throw new BadValueException(
            "\"" + word + "\" is not a call that is intercepted",
            call == Call.MOUNT ? "say which file systems: mount:ext4,xfs" : "write " + name);
      }
      if (call == Call.MOUNT) {
        fileSystems = fileSystems(word.substring(colon + 1));
      }
      calls.add(call);
    }
    return new Intercepts(calls, fileSystems);
  }

  private static List<String> fileSystems(String text) throws BadValueException {
    List<String> types = List.of(text.split(",", -1));
    for (String type : types) {
      if (!FILE_SYSTEMS.contains(type)) {
        throw Types.unknownWord("Coffer mounts for no container the type", type, FILE_SYSTEMS);
      }
    }
    return types;
  }
}
