package dev.coffer.runtime;

import dev.coffer.model.plan.Step;
import java.util.List;
import java.util.Optional;

/**
 * What puts a command that enters a running container under the same security modules as what runs
 * there.
 *
 * @param appArmor label it is executed with; empty to keep the caller's
 * @param seLinux context it is executed with; empty to keep the caller's
 * @param landlock the steps by which it restricts itself
 */
public record LateConfinement(
    Optional<String> appArmor, Optional<String> seLinux, List<Step> landlock) {
  public static final LateConfinement NONE =
      new LateConfinement(Optional.empty(), Optional.empty(), List.of());

  public LateConfinement {
    landlock = List.copyOf(landlock);
  }

  /** Whether a label is to be written. */
  public boolean hasLabel() {
    return appArmor.isPresent() || seLinux.isPresent();
  }
}
