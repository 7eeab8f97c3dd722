package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.model.ContainerSpec.Personality;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import java.nio.file.Path;
import java.util.Optional;

/** Architecture names as lxc.arch takes them. */
final class Architectures {
  private Architectures() {}

  /**
   * @throws dev.coffer.model.CofferException for a name lxc.arch does not know
   */
  static Optional<Personality> personality(String name) {
    LxcConfig config = LxcConfig.empty();
    config.set("lxc.arch", name, Origin.option("--arch=" + name));
    return config.spec("arch", Path.of("/")).personality().map(Sourced::value);
  }
}
