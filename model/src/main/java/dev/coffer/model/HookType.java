package dev.coffer.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The moments at which lxc.container.conf(5) runs a hook, in the order of a life, and those of the
 * scripts of interfaces.
 */
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
  DESTROY("destroy"),
  NETWORK_UP("up", "net"),
  NETWORK_DOWN("down", "net");

  private static final List<HookType> OF_CONTAINERS =
      Arrays.stream(values()).filter(type -> type.section.equals("lxc")).toList();

  private final String key;
  private final String section;

  HookType(String key) {
    this(key, "lxc");
  }

  HookType(String key, String section) {
    this.key = key;
    this.section = section;
  }

  /** Those of lxc.hook.*. */
  public static List<HookType> ofContainers() {
    return OF_CONTAINERS;
  }

  /** The word in LXC_HOOK_SECTION. */
  public String section() {
    return section;
  }

  /** The word in lxc.hook.* and in LXC_HOOK_TYPE. */
  public String key() {
    return key;
  }

  public static Optional<HookType> parse(String key) {
    for (HookType type : OF_CONTAINERS) {
      if (type.key.equals(key)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
