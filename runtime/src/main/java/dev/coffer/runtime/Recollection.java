package dev.coffer.runtime;

import java.nio.file.Path;
import java.util.Map;

/** Reads the configuration of a container again that an earlier engine started. */
@FunctionalInterface
public interface Recollection {
  /**
   * @param configText the configuration as it was at the start
   * @param memo what else was noted then
   */
  StartOrder recall(String configText, String name, Path lxcPath, Map<String, String> memo);
}
