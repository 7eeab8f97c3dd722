package dev.coffer.image.server;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/** Indexes as they were last fetched, for when their server does not answer. */
public record IndexCache(Path folder) {
  /** Fetches, or where that fails for another reason than absence gives what was fetched before. */
  byte[] read(URI uri, Supplier<byte[]> fetch, Meter meter) {
    Path file = folder.resolve(URLEncoder.encode(uri.toString(), StandardCharsets.UTF_8));
    try {
      byte[] fresh = fetch.get();
      keep(file, fresh);
      return fresh;
    } catch (Web.Missing e) {
      throw e;
    } catch (CofferException e) {
      return old(file, e, meter);
    }
  }

  private static byte[] old(Path file, CofferException e, Meter meter) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      meter.say(e.getMessage() + "; using the list of " + Files.getLastModifiedTime(file));
      return bytes;
    } catch (IOException missing) {
      throw e;
    }
  }

  private void keep(Path file, byte[] bytes) {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path fresh = Files.createTempFile(folder, ".", ".new");
      Files.write(fresh, bytes);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // a cache that cannot be written is only a slower one
    }
  }
}
