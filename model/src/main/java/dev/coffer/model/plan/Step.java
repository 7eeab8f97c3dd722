package dev.coffer.model.plan;

import dev.coffer.model.Origin;

/**
 * One thing that is done, as plain values, with the place in the configuration that asked for it.
 */
public sealed interface Step permits HostStep, KeeperStep, ContainerStep, RunHook {
  Origin origin();

  Place place();

  /** What is done and on what, in a few words, without the container's name. */
  String describe();
}
