package dev.coffer.tools;

/** The versions that tools tell. */
public final class Version {
  /** The release of LXC whose tools these stand in for; programs compare it. */
  public static final String LXC = "5.0.2";

  public static final String COFFER = "0.1.0";

  private Version() {}
}
