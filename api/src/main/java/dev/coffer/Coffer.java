package dev.coffer;

import dev.coffer.config.SystemConfig;
import java.nio.file.Path;
import java.util.List;

/** The way in: containers below one or several directories. */
public interface Coffer extends AutoCloseable {
  /** The container of this name below the default directory. */
  Container container(String name);

  Container container(String name, Path lxcPath);

  /** Defined and running containers below {@code lxcPath}, by name. */
  List<Container> containers(Path lxcPath);

  /** {@code lxc.lxcpath}. */
  Path lxcPath();

  SystemConfig systemConfig();

  @Override
  void close();
}
