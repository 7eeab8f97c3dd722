package dev.coffer.runtime;

import dev.coffer.linux.Beneath;
import dev.coffer.model.Cgroups;
import dev.coffer.plan.HostFacts.CgroupTree;
import dev.coffer.plan.StartRequest;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which systemd a container's root file system holds, told by the name of the library that all of
 * its programs share. Nothing of it is executed, and no link leads out of the root.
 */
final class GuestSystemd {
  private static final Pattern LIBRARY = Pattern.compile("libsystemd-shared-(\\d{1,4})\\b.*\\.so");

  /** Fedora's, Debian's since 12 (by architecture), and those of before /usr was merged. */
  private static final List<String> FOLDERS =
      List.of("usr/lib/systemd", "usr/lib64/systemd", "lib/systemd");

  private static final String ARCHITECTURES = "usr/lib";
  private static final Pattern ARCHITECTURE = Pattern.compile("[a-z0-9_]+-linux-gnu[a-z0-9]*");

  private GuestSystemd() {}

  /**
   * The version where it decides something: on a host with v1 trees, for a container that is to
   * boot and has not said what it wants to see.
   */
  static OptionalInt version(StartRequest request, List<CgroupTree> trees) {
    boolean matters =
        request.spec().cgroups().view().value() == Cgroups.View.AUTO
            && !request.application()
            && trees.stream().anyMatch(tree -> !tree.unified())
            && boots(request.command().value().getFirst());
    return matters
        ? request.spec().rootfs().path().map(root -> version(root.value())).orElse(empty())
        : empty();
  }

  private static OptionalInt empty() {
    return OptionalInt.empty();
  }

  private static boolean boots(String program) {
    return program.endsWith("/init") || program.endsWith("/systemd");
  }

  static OptionalInt version(String root) {
    return Stream.concat(FOLDERS.stream(), byArchitecture(root))
        .flatMap(folder -> Beneath.names(root, folder).stream())
        .map(LIBRARY::matcher)
        .filter(Matcher::matches)
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .findFirst();
  }

  private static Stream<String> byArchitecture(String root) {
    // looked at only when it is its turn
    return Stream.of(ARCHITECTURES)
        .flatMap(folder -> Beneath.names(root, folder).stream())
        .filter(name -> ARCHITECTURE.matcher(name).matches())
        .map(name -> ARCHITECTURES + "/" + name + "/systemd");
  }
}
