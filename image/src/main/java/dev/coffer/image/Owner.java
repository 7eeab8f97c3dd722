package dev.coffer.image;

/**
 * Who files are given to: root of a container with an id map, as the host sees it.
 *
 * @param uid user on the host
 * @param gid group on the host
 */
public record Owner(long uid, long gid) {
  /** Whoever makes them. */
  public static final Owner CALLER = new Owner(-1, -1);
}
