package dev.coffer.config;
/** Placeholder; being written. */
public final class SystemConfig {
  private SystemConfig() {}
}
