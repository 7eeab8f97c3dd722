package dev.coffer;

/**
 * How a container is deleted.
 *
 * @param force stop it first
 * @param withSnapshots delete its snapshots too
 */
public record DestroyOptions(boolean force, boolean withSnapshots) {
  public static final DestroyOptions PLAIN = new DestroyOptions(false, false);
}
