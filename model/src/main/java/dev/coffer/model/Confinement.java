package dev.coffer.model;

/** What security modules of the kernel are to keep the container's processes from. */
public record Confinement(AppArmor appArmor, SeLinux seLinux, Landlock landlock) {
  public static final Confinement NONE =
      new Confinement(AppArmor.NONE, SeLinux.NONE, Landlock.NONE);
}
