package dev.coffer.runtime;

import dev.coffer.model.plan.ContainerStep;
import dev.coffer.model.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What puts a command that enters a running container under the same security modules as what runs
 * there.
 *
 * @param keyring SELinux context of its session keyring; empty to keep the caller's
 * @param labels the steps by which it takes on an AppArmor profile and an SELinux context
 * @param landlock the steps by which it restricts itself
 */
public record LateConfinement(
    Optional<ContainerStep.SetKeyringContext> keyring, List<Step> labels, List<Step> landlock) {
  public static final LateConfinement NONE =
      new LateConfinement(Optional.empty(), List.of(), List.of());

  public LateConfinement {
    labels = List.copyOf(labels);
    landlock = List.copyOf(landlock);
  }

  /** All steps that write a label, in the order of their execution. */
  public List<Step> writing() {
    List<Step> all = new ArrayList<>(keyring.stream().toList());
    all.addAll(labels);
    return all;
  }
}
