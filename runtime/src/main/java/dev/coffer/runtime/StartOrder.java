package dev.coffer.runtime;

import dev.coffer.linux.SeccompFilter;
import dev.coffer.plan.StartRequest;
import java.nio.file.Path;
import java.util.Optional;
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
    Optional<Path> consoleLog) {}
