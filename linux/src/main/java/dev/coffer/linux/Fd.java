package dev.coffer.linux;

/** Placeholder; being written. */
public final class Fd {
  private Fd() {}
}
