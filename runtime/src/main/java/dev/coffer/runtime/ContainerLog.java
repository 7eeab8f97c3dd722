package dev.coffer.runtime;

import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;

/**
 * The log of one container, lxc.log.file and lxc.log.level, in LXC's form. Refuses to be the reason
 * why something else fails: what cannot be written goes to the engine's own log.
 */
final class ContainerLog {
  private static final System.Logger ENGINE = System.getLogger("dev.coffer.runtime");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss.SSS");
  private static final int INFO = 2;
  private static final int ERROR = 5;

  private final ContainerSpec spec;

  ContainerLog(ContainerSpec spec) {
    this.spec = spec;
  }

  void info(String message) {
    write(INFO, "INFO", List.of(message));
  }

  /** What the user who asked is told as well. */
  void error(CofferException e) {
    write(
        ERROR,
        "ERROR",
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(e.getMessage()), e.details().stream())
            .toList());
  }

  /** What nobody else is told: nobody waits for it. */
  void errorUnheard(String message) {
    ENGINE.log(System.Logger.Level.ERROR, spec.name() + ": " + message);
    write(ERROR, "ERROR", List.of(message));
  }

  private void write(int level, String label, List<String> messages) {
    if (spec.log().file().isEmpty() || level < spec.log().level().orElse(ERROR)) {
      return;
    }
    Path file = spec.directory().resolve(spec.log().file().get());
    StringBuilder text = new StringBuilder();
    for (String message : messages) {
      text.append("lxc-start ")
          .append(spec.name())
          .append(' ')
          .append(TIME.format(LocalDateTime.now(ZoneOffset.UTC)))
          .append(String.format(" %-8s coffer - runtime:run:0 - ", label))
          .append(message.replace('\n', ' '))
          .append('\n');
    }
    try (SeekableByteChannel channel = open(file)) {
      channel.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      ENGINE.log(System.Logger.Level.WARNING, spec.name() + ": cannot write " + file + ": " + e);
    }
  }

  private static SeekableByteChannel open(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.newByteChannel(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
  }
}
