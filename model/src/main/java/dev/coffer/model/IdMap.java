package dev.coffer.model;

/**
 * One line of a user namespace's id map, user_namespaces(7).
 *
 * @param first first id inside the container
 * @param hostFirst the id on the host that {@code first} stands for
 * @param count length of the range, at least 1
 */
public record IdMap(Kind kind, long first, long hostFirst, long count) {
  /** Which ids a line maps. */
  public enum Kind {
    USER,
    GROUP
  }

  private static final long LIMIT = 1L << 32;

  public IdMap {
    if (first < 0 || hostFirst < 0 || count < 1) {
      throw new IllegalArgumentException("id map " + first + " " + hostFirst + " " + count);
    }
    if (first + count > LIMIT || hostFirst + count > LIMIT) {
      throw new IllegalArgumentException("id map beyond 32 bits");
    }
  }

  public boolean contains(long id) {
    return id >= first && id < first + count;
  }

  /** The host id behind {@code id}, which must lie in this range. */
  public long toHost(long id) {
    if (!contains(id)) {
      throw new IllegalArgumentException(id + " is not mapped by " + describe());
    }
    return hostFirst + (id - first);
  }

  /** As in lxc.idmap: {@code u 0 100000 65536}. */
  public String describe() {
    return (kind == Kind.USER ? "u " : "g ") + first + " " + hostFirst + " " + count;
  }
}
