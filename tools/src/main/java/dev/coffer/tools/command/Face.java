package dev.coffer.tools.command;

/** In whose manner a command speaks: as LXC's tools do, or as {@code coffer} does. */
public enum Face {
  LXC,
  COFFER
}
