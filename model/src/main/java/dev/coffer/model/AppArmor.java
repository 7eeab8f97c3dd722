package dev.coffer.model;

import java.util.List;
import java.util.Optional;

/**
 * Which AppArmor profile the container's processes get.
 *
 * @param profile absent where the configuration leaves it to us
 * @param required whether a start without a profile is refused, and where that is said
 * @param allowIncomplete whether a kernel that does not mediate mounts is good enough
 * @param allowNesting whether the generated profile lets containers run inside, and where that is
 *     said
 * @param raw lines added to the generated profile
 */
public record AppArmor(
    Optional<Sourced<Profile>> profile,
    Optional<Origin> required,
    boolean allowIncomplete,
    Optional<Origin> allowNesting,
    List<Sourced<String>> raw) {
  public static final AppArmor NONE =
      new AppArmor(Optional.empty(), Optional.empty(), false, Optional.empty(), List.of());

  public AppArmor {
    raw = List.copyOf(raw);
  }

  /** The values of lxc.apparmor.profile. */
  public sealed interface Profile {
    /** None. */
    record Unconfined() implements Profile {}

    /** Whatever the caller has. */
    record Unchanged() implements Profile {}

    /** One that is made for this container. */
    record Generated() implements Profile {}

    /** One that is loaded already. */
    record Named(String name) implements Profile {}

    static Profile parse(String text) {
      return switch (text) {
        case "unconfined" -> new Unconfined();
        case "unchanged" -> new Unchanged();
        case "generated" -> new Generated();
        default -> new Named(text);
      };
    }

    default String describe() {
      return switch (this) {
        case Unconfined _ -> "unconfined";
        case Unchanged _ -> "unchanged";
        case Generated _ -> "generated";
        case Named named -> named.name();
      };
    }
  }
}
