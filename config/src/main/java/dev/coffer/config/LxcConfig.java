package dev.coffer.config;
/** Placeholder; being written. */
public final class LxcConfig {
  private LxcConfig() {}
}
