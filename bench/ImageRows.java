import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Unpacking a Debian: a whole lxc-create from an archive against tar alone. */
final class ImageRows {
  private static final int ROUNDS = 5;

  private ImageRows() {}

  static List<Result> unpack(Site site) {
    if (!site.hasCoffer()) {
      return List.of();
    }
    List<Result> results = new ArrayList<>();
    for (String program : List.of("xz", "zstd")) {
      Path archive = site.home().resolve("debian.tar." + program);
      String make = "\"$(it/debian)\"; " + program + " -q -3 -T0 -c <\"$1\" >" + archive;
      shell("set -- " + make);
      Site.Family coffer = site.families().getFirst();
      Path to = site.home().resolve("unpacked");
      var script = new Script();
      script
          .time(
              coffer.name(),
              coffer.lxc("create", "unpack", "-t", "local", "--", "-f", archive.toString()))
          .run(coffer.lxc("destroy", "unpack"))
          .next()
          .run(List.of("/bin/mkdir", to.toString()))
          .time(
              "tar",
              List.of(
                  "/usr/bin/tar",
                  "--use-compress-program=/usr/bin/" + program,
                  "--xattrs",
                  "--xattrs-include=*",
                  "--numeric-owner",
                  "-xpf",
                  archive.toString(),
                  "-C",
                  to.toString()))
          .run(List.of("/bin/rm", "-r", to.toString()));
      String what = "lxc-create from a Debian's tar." + program;
      Timing timing = Timing.run(what, site, ROUNDS, script);
      results.add(
          new Result(
              what,
              "ms",
              timing.milliseconds(),
              List.of(Result.Goal.atMost(1, "tar")),
              timing.problems()));
    }
    return results;
  }

  private static void shell(String script) {
    try {
      Process process = new ProcessBuilder("sh", "-ec", script).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("no archive of a Debian: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
