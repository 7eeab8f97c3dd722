package dev.coffer.runtime;

import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Namespace;
import dev.coffer.model.Sourced;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * The namespaces of others that a container joins, lxc.namespace.share.*: a path, a process id, or
 * the name of a container. A name means that container's present life, so it is looked up anew for
 * every life.
 */
public final class SharedNamespaces {
  private SharedNamespaces() {}

  /**
   * The paths to open.
   *
   * @param initPidOf finds the first process of a container by its name
   * @throws CofferException when such a container does not run
   */
  public static Map<Namespace, Sourced<String>> paths(
      ContainerSpec spec, Function<String, OptionalInt> initPidOf) {
    Map<Namespace, Sourced<String>> paths = new EnumMap<>(Namespace.class);
    spec.namespaces()
        .share()
        .forEach((namespace, whose) ->
            paths.put(namespace, new Sourced<>(path(namespace, whose, initPidOf), whose.origin())));
    return paths;
  }

  private static String path(
      Namespace namespace, Sourced<String> whose, Function<String, OptionalInt> initPidOf) {
    return whose.value().startsWith("/")
        ? whose.value()
        : "/proc/" + pid(whose, initPidOf) + "/ns/" + namespace.file();
  }

  private static String pid(Sourced<String> share, Function<String, OptionalInt> initPidOf) {
    String whose = share.value();
    if (whose.chars().allMatch(letter -> letter >= '0' && letter <= '9')) {
      return whose;
    }
    OptionalInt pid = initPidOf.apply(whose);
    if (pid.isEmpty()) {
      throw new CofferException(
          "cannot share a namespace of " + whose + ": it is not running",
          List.of("from  " + share.origin().describe(), "hint  start " + whose + " first"));
    }
    return String.valueOf(pid.getAsInt());
  }
}
