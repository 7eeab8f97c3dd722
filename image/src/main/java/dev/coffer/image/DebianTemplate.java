package dev.coffer.image;

import dev.coffer.image.server.Meter;
import dev.coffer.image.server.StoredImage;
import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The template {@code debian}: a small Debian with systemd, made by mmdebstrap(1) once and kept.
 * The options are lxc-debian's.
 */
final class DebianTemplate implements ImageTemplate {
  private static final Map<String, String> VALUED =
      Map.of(
          "-r", "release",
          "--release", "release",
          "-a", "arch",
          "--arch", "arch",
          "--mirror", "mirror",
          "--packages", "packages",
          "--security-mirror", "security");
  private static final Map<String, String> FLAGS =
      Map.of("-c", "clean", "--clean", "clean", "--flush-cache", "clean");
  private static final String RELEASE = "stable";
  private static final String MIRROR = "http://deb.debian.org/debian";
  private static final String PACKAGES =
      "systemd-sysv,dbus,iproute2,ifupdown,isc-dhcp-client,netbase,login,passwd,procps,iputils-ping";
  private static final String INTERFACES =
      "printf 'auto lo\\niface lo inet loopback\\n\\nallow-hotplug eth0\\niface eth0 inet dhcp\\n'"
          + " >\"$1/etc/network/interfaces\"";

  @Override
  public StoredImage obtain(CreateRequest request, Images images, CommandRunner runner, Meter meter)
      throws IOException {
    TemplateOptions options = TemplateOptions.parse("debian", request.arguments(), VALUED, FLAGS);
    String release = options.value("release").orElse(RELEASE);
    String arch = options.value("arch").orElse(images.architecture());
    String mirror = options.value("mirror").orElseGet(() -> mirror(request.environment()));
    String packages = options.value("packages").map(more -> PACKAGES + "," + more).orElse(PACKAGES);
    requireWord(release, mirror, arch, packages);
    String name = "debian:" + Images.hash(String.join(" ", release, arch, mirror, packages));
    if (options.has("clean")) {
      images.store().removeName(name);
    }
    Optional<StoredImage> there = images.find(name);
    if (there.isPresent()) {
      meter.say("Using the Debian " + release + " made before; -- --clean makes it anew");
      return there.get();
    }
    meter.say("Making Debian " + release + " from " + mirror);
    List<String> what = List.of(release, arch, mirror, packages);
    return images.addRoot(
        archive -> make(request, runner, archive, what),
        Map.of("distribution", "debian", "release", release, "architecture", arch),
        name);
  }

  private static void make(
      CreateRequest request, CommandRunner runner, Path archive, List<String> what) {
    Path program =
        Programs.find("mmdebstrap")
            .orElseThrow(() ->
                new CofferException(
                    "the program mmdebstrap is missing", List.of("hint  apt install mmdebstrap")));
    List<String> argv =
        List.of(
            program.toString(),
            "--quiet",
            "--format=tar",
            "--variant=minbase",
            "--architectures=" + what.get(1),
            "--include=" + what.get(3),
            "--customize-hook=" + INTERFACES,
            "--customize-hook=echo localhost >\"$1/etc/hostname\"",
            "--customize-hook=: >\"$1/etc/machine-id\"",
            "--customize-hook=ln -sfn /dev/null \"$1/etc/systemd/system/systemd-udevd.service\"",
            what.get(0),
            archive.toString(),
            what.get(2));
    int status = runner.run(argv, request.environment(), request.cwd(), false);
    if (status != 0) {
      throw new CofferException(
          "cannot make a Debian",
          List.of(
              "cause  mmdebstrap ended with status " + status,
              "hint  its own words are above; --mirror names another mirror"));
    }
  }

  /** As lxc-debian takes it: the variable MIRROR, else the machine's own, else Debian's. */
  private static String mirror(Map<String, String> environment) {
    String given = environment.getOrDefault("MIRROR", "");
    return given.isEmpty() ? MIRROR : given;
  }

  /** They become words of a command line: none may look like an option. */
  private static void requireWord(String... words) {
    for (String word : words) {
      if (!word.matches("[A-Za-z0-9][A-Za-z0-9.:/,+_~@-]*")) {
        throw new CofferException("\"" + word + "\" cannot be used for a Debian");
      }
    }
  }
}
