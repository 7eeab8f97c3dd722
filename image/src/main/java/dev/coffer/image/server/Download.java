package dev.coffer.image.server;

import dev.coffer.linux.LockFile;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Fetches a file of known hash into a folder, going on where an earlier attempt was interrupted.
 * Only a file with the right hash is given out; one with a wrong hash is deleted.
 */
final class Download {
  private static final int ATTEMPTS = 4;
  private static final int CHUNK = 128 << 10;
  private static final long MOST = 64L << 30;

  private final Web web;
  private final Path folder;
  private final Meter meter;

  /** What comes of the finished file, which is deleted afterwards. */
  @FunctionalInterface
  interface Use<T> {
    T of(Path file) throws IOException;
  }

  Download(Web web, Path folder, Meter meter) {
    this.web = web;
    this.folder = folder;
    this.meter = meter;
  }

  <T> T fetch(RemoteFile file, Use<T> use) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    String name = file.sha256().orElseGet(() -> hex(digest(), file.uri().toString()));
    Path part = folder.resolve(name + ".part");
    try (LockFile _ = LockFile.acquire(folder.resolve(name + ".lock"), LockFile.Kind.RECORD)) {
      if (file.sha256().isEmpty()) {
        Files.deleteIfExists(part); // nothing tells whether it is still the same file
      }
      complete(file, part);
      T result = use.of(part);
      Files.delete(part);
      return result;
    }
  }

  private void complete(RemoteFile file, Path part) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        append(file, part);
        break;
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw Web.failure(file.uri(), e);
        }
        meter.say("the connection broke (" + e.getMessage() + "); trying again");
      } finally {
        meter.end();
      }
    }
    verify(file, part);
  }

  private void append(RemoteFile file, Path part) throws IOException {
    long there = Files.exists(part) ? Files.size(part) : 0;
    if (file.size().isPresent() && there >= file.size().getAsLong()) {
      return;
    }
    try (Body body = web.open(file.uri(), there)) {
      long total = body.total() < 0 ? file.size().orElse(-1) : body.total();
      StandardOpenOption way =
          body.start() > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
      meter.begin(file.name(), total, body.start());
      long length = body.start();
      try (OutputStream out =
          Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, way)) {
        byte[] chunk = new byte[CHUNK];
        for (int count; (count = body.read(chunk)) >= 0; ) {
          length += count;
          requireWithin(file, length);
          out.write(chunk, 0, count);
          meter.advance(count);
        }
      }
      if (total >= 0 && length < total) {
        throw new IOException("it ended after " + length + " of " + total + " bytes");
      }
    }
  }

  private static void requireWithin(RemoteFile file, long length) {
    if (length > file.size().orElse(MOST)) {
      throw new CofferException(
          file.uri() + " is longer than the server's index says",
          List.of("hint  the server is being changed, or lies; try again later"));
    }
  }

  private static void verify(RemoteFile file, Path part) throws IOException {
    if (file.sha256().isEmpty()) {
      return;
    }
    MessageDigest digest = digest();
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(part)) {
      for (int count; (count = in.read(chunk)) >= 0; ) {
        digest.update(chunk, 0, count);
      }
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(file.sha256().get())) {
      Files.delete(part);
      throw new CofferException(
          file.uri() + " is not what the server's index says: its SHA-256 is " + found,
          List.of(
              "expected  " + file.sha256().get(),
              "hint  it was damaged on the way or on the server; nothing of it was kept"));
    }
  }

  private static String hex(MessageDigest digest, String text) {
    return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /** A file on a server. */
  record RemoteFile(URI uri, OptionalLong size, Optional<String> sha256) {
    String name() {
      String path = uri.getPath();
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }
}
