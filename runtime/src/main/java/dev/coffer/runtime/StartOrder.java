package dev.coffer.runtime;

import dev.coffer.linux.SeccompFilter;
import dev.coffer.plan.StartRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * All that a start needs.
 *
 * @param configText the configuration in use, kept so that a later engine can read it again
 * @param items values of the configuration as clients of the command socket ask for them
 * @param filter the compiled policy that the request loads
 * @param foreground whether the caller stays with the container
 * @param console device or file to use as console instead of a new terminal
 */
public record StartOrder(
    StartRequest request,
    String configText,
    Function<String, Optional<String>> items,
    Optional<SeccompFilter> filter,
    boolean foreground,
    Optional<Path> pidFile,
    Optional<String> console,
    Optional<Path> consoleLog) {

  /**
   * The order of the life after a reboot.
   *
   * @param initPidOf finds the first process of a container by its name
   */
  StartOrder again(Function<String, OptionalInt> initPidOf) {
    StartRequest next =
        new StartRequest(
            request.spec(),
            request.application(),
            request.callerStreams(),
            request.command(),
            request.fstab(),
            SharedNamespaces.paths(request.spec(), initPidOf),
            request.seccomp(),
            request.mountPoint());
    return new StartOrder(
        next, configText, items, filter, foreground, pidFile, console, consoleLog);
  }
}
