package dev.coffer.model;

import java.util.List;
import java.util.Optional;

/**
 * What the container's processes may do.
 *
 * @param keep capabilities to keep; present even when empty if lxc.cap.keep was given ({@code
 *     none})
 * @param drop capabilities to drop when {@code keep} is absent
 * @param idMaps the user namespace's maps; empty for none
 * @param automaticIds whether a start must have maps, chosen for it where it has none
 * @param keyring whether init gets a fresh session keyring
 * @param seccomp which system calls are allowed
 * @param secure who asks that what the configuration leaves out be the secure choice
 * @param confinement what security modules of the kernel are to forbid
 */
public record Privileges(
    Optional<List<Sourced<Capability>>> keep,
    List<Sourced<Capability>> drop,
    List<Sourced<IdMap>> idMaps,
    boolean automaticIds,
    Sourced<Boolean> noNewPrivileges,
    Sourced<Boolean> keyring,
    Seccomp seccomp,
    Optional<Origin> secure,
    Confinement confinement) {
  public static final Privileges DEFAULT =
      new Privileges(
          Optional.empty(),
          List.of(),
          List.of(),
          false,
          Sourced.builtIn(false, "lxc.no_new_privs"),
          Sourced.builtIn(true, "lxc.keyring.session"),
          Seccomp.NONE,
          Optional.empty(),
          Confinement.NONE);

  public Privileges {
    keep = keep.map(List::copyOf);
    drop = List.copyOf(drop);
    idMaps = List.copyOf(idMaps);
  }

  /** The maps without their places. */
  public IdMaps maps() {
    return new IdMaps(idMaps.stream().map(Sourced::value).toList());
  }
}
