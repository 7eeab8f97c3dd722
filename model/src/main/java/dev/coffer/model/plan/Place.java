package dev.coffer.model.plan;

/** Who carries a step out, and so which namespaces and credentials it sees. */
public enum Place {
  /** The engine, on the host. */
  HOST("host"),
  /** The keeper: a launcher process outside the container that stays init's parent. */
  KEEPER("keeper"),
  /** The container's first process before it executes init. */
  CONTAINER("container");

  private final String label;

  Place(String label) {
    this.label = label;
  }

  /** The word that listings show. */
  public String label() {
    return label;
  }
}
