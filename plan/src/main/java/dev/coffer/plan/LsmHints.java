package dev.coffer.plan;

import dev.coffer.model.plan.ContainerStep;

/** What to do when a security module of the kernel refuses something; null for nothing to say. */
final class LsmHints {
  private static final int EPERM = 1;
  private static final int ENOENT = 2;
  private static final int E2BIG = 7;
  private static final int EACCES = 13;
  private static final int EINVAL = 22;
  private static final int ELOOP = 40;
  private static final String LXC_PROFILES = "lxc-container-default";

  private LsmHints() {}

  static String appArmor(ContainerStep.EnterAppArmorProfile step, int errno) {
    return switch (errno) {
      case ENOENT ->
          step.label().startsWith(LXC_PROFILES)
              ? "it is not loaded; it comes with Debian's package lxc: apt install lxc, or"
                  + " apparmor_parser -r /etc/apparmor.d/lxc-containers, or set"
                  + " lxc.apparmor.profile = generated"
              : "it is not loaded: apparmor_parser -r FILE, or set lxc.apparmor.profile ="
                  + " generated; aa-status lists those that are";
      case EACCES, EPERM ->
          "the caller's own profile does not let it change to this one: change_profile rule, or"
              + " lxc.apparmor.profile = unchanged";
      case EINVAL -> "this is no name that AppArmor takes";
      default -> null;
    };
  }

  static String loading(int errno) {
    return switch (errno) {
      case EACCES, EPERM ->
          "loading profiles takes CAP_MAC_ADMIN on the host; inside a container, set"
              + " lxc.apparmor.profile = unchanged";
      default -> null;
    };
  }

  static String seLinux(int errno) {
    return switch (errno) {
      case EINVAL -> "the policy that is loaded does not know this context";
      case EACCES, EPERM -> "the policy does not let the caller set this context (ausearch -m avc)";
      default -> null;
    };
  }

  /** The context is entered, and so checked, when the program is executed. */
  static String executing(ContainerStep.SetSelinuxContext label, int errno) {
    return switch (errno) {
      case EACCES, EPERM ->
          "SELinux's policy may forbid to enter "
              + label.context()
              + " by executing it (ausearch -m avc, or dmesg); it must also be executable, and its"
              + " file system not noexec";
      default -> null;
    };
  }

  static String path(ContainerStep.AllowPath step, String call, int errno) {
    if (!call.equals("openat2")) {
      return null;
    }
    return switch (errno) {
      case ENOENT -> "there is no " + step.rule().path() + " in the container";
      case ELOOP -> "the path leads through a link of proc, which is not followed";
      default -> null;
    };
  }

  static String landlock(int errno) {
    return switch (errno) {
      case EPERM -> "it takes lxc.no_new_privs = 1, or CAP_SYS_ADMIN in the container";
      case E2BIG -> "sixteen layers of Landlock are in force already, which is the most";
      default -> null;
    };
  }
}
