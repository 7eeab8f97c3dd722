package dev.coffer.autostart;

import dev.coffer.Container;
import dev.coffer.config.LxcConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A container and what its configuration file says about being started with others.
 *
 * @param auto lxc.start.auto
 * @param order lxc.start.order, lower first
 * @param delay lxc.start.delay, what to wait after its start
 * @param groups lxc.group
 * @param needs coffer.start.needs, names of containers to be started before it
 * @param ready coffer.start.ready, a shell command inside that succeeds once it is of use
 * @param readyTimeout coffer.start.ready.timeout
 */
public record Candidate(
    String name,
    boolean auto,
    long order,
    Duration delay,
    List<String> groups,
    List<String> needs,
    Optional<String> ready,
    Duration readyTimeout) {
  public Candidate {
    groups = List.copyOf(groups);
    needs = List.copyOf(needs);
  }

  /** What the configuration of a container says. */
  public static Candidate of(Container container) {
    LxcConfig config = container.config();
    return new Candidate(
        container.name(),
        value(config, "lxc.start.auto").equals("1"),
        number(config, "lxc.start.order", 0),
        Duration.ofSeconds(number(config, "lxc.start.delay", 0)),
        words(config, "lxc.group"),
        words(config, "coffer.start.needs"),
        Optional.of(value(config, "coffer.start.ready")).filter(text -> !text.isEmpty()),
        Duration.ofSeconds(number(config, "coffer.start.ready.timeout", 60)));
  }

  private static String value(LxcConfig config, String key) {
    return config.get(key).orElse("").strip();
  }

  private static long number(LxcConfig config, String key, long otherwise) {
    String text = value(config, key);
    return text.isEmpty() ? otherwise : Long.parseLong(text);
  }

  private static List<String> words(LxcConfig config, String key) {
    String text = value(config, key);
    return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
  }
}
