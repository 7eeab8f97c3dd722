package dev.coffer.plan;

import java.util.Optional;

/**
 * What the kernel's security modules are ready for.
 *
 * @param appArmor empty where it is not active
 * @param seLinux whether it is active
 * @param landlock version of Landlock's interface, 0 for none
 */
public record LsmFacts(Optional<AppArmorFacts> appArmor, boolean seLinux, int landlock) {
  public static final LsmFacts NONE = new LsmFacts(Optional.empty(), false, 0);

  /**
   * An AppArmor that is active.
   *
   * @param mediatesMounts whether its profiles can say what is mounted
   * @param stacks whether a profile can be put upon a policy namespace
   * @param confined whether the engine itself is under a profile
   * @param loads whether the engine may load profiles
   * @param parser whether apparmor_parser(8) is there
   */
  public record AppArmorFacts(
      boolean mediatesMounts, boolean stacks, boolean confined, boolean loads, boolean parser) {}
}
