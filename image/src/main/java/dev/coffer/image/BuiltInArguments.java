package dev.coffer.image;

import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code lxc-create -t busybox -- …} may say.
 *
 * @param busyBox the executable to use instead of the machine's
 */
record BuiltInArguments(Optional<Path> busyBox) {
  private static final String OPTION = "--busybox-path";

  static BuiltInArguments parse(List<String> arguments) {
    Optional<Path> busyBox = Optional.empty();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(OPTION + "=")) {
        busyBox = Optional.of(Path.of(argument.substring(OPTION.length() + 1)));
      } else if (argument.equals(OPTION) && i + 1 < arguments.size()) {
        busyBox = Optional.of(Path.of(arguments.get(++i)));
      } else {
        throw new CofferException(
            "The built-in busybox template has no argument \"" + argument + "\"",
            List.of("hint  it knows " + OPTION + "=FILE only"));
      }
    }
    return new BuiltInArguments(busyBox);
  }
}
