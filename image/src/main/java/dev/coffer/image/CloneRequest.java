package dev.coffer.image;

import dev.coffer.model.CofferException;
import dev.coffer.storage.Store;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * A container to be copied.
 *
 * @param from the original's directory
 * @param to the copy's directory
 * @param config the original's configuration file, as it stands
 * @param source what the original's root file system is kept in; empty for a container without
 * @param way how much is copied
 * @param storage what the copy's is to be kept in; empty for the same kind
 * @param keepsName whether lxc.uts.name stays
 * @param keepsAddresses whether hardware addresses stay
 * @param further lines for the end of the copy's configuration
 * @param owners what the owners of the files become
 * @param mappedRoot root of the container, where its files belong to ids of its own
 * @param environment of the caller
 */
public record CloneRequest(
    Path from,
    Path to,
    String config,
    Optional<Store> source,
    Way way,
    Optional<StorageWish> storage,
    boolean keepsName,
    boolean keepsAddresses,
    List<String> further,
    Owners owners,
    Optional<MappedRoot> mappedRoot,
    Map<String, String> environment) {
  /** How much is copied. */
  public enum Way {
    /** All: the copy needs nothing of the original. */
    FULL,
    /** Only what will change: the original stays below the copy. */
    SNAPSHOT
  }

  /** What owners become. */
  public record Owners(IntUnaryOperator uids, IntUnaryOperator gids) {
    public static final Owners SAME = new Owners(uid -> uid, gid -> gid);
  }

  public CloneRequest {
    further = List.copyOf(further);
    environment = Map.copyOf(environment);
    if (from.equals(to)) {
      throw new CofferException("a copy needs a name of its own");
    }
  }

  CloneConfig rewriting() {
    return new CloneConfig(from, to, keepsName, keepsAddresses);
  }
}
