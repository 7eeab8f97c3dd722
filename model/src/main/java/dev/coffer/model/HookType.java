package dev.coffer.model;

import java.util.Optional;

/** The moments at which lxc.container.conf(5) runs a hook, in the order of a life. */
public enum HookType {
  PRE_START("pre-start"),
  PRE_MOUNT("pre-mount"),
  MOUNT("mount"),
  AUTODEV("autodev"),
  START_HOST("start-host"),
  START("start"),
  STOP("stop"),
  POST_STOP("post-stop"),
  CLONE("clone"),
  DESTROY("destroy");

  private final String key;

  HookType(String key) {
    this.key = key;
  }

  /** The word in lxc.hook.* and in LXC_HOOK_TYPE. */
  public String key() {
    return key;
  }

  public static Optional<HookType> parse(String key) {
    for (HookType type : values()) {
      if (type.key.equals(key)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
