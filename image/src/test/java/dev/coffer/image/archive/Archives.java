package dev.coffer.image.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Small archives for tests, in memory. */
final class Archives {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter writer = new TarWriter(bytes);

  Archives directory(String path) throws IOException {
    return add(TarEntry.of(path, TarEntry.Kind.DIRECTORY, 0755));
  }

  Archives file(String path, String content) throws IOException {
    byte[] raw = content.getBytes(StandardCharsets.UTF_8);
    writer.add(TarEntry.of(path, TarEntry.Kind.FILE, 0644).withSize(raw.length));
    writer.write(raw, 0, raw.length);
    return this;
  }

  Archives symbolicLink(String path, String target) throws IOException {
    return add(TarEntry.of(path, TarEntry.Kind.SYMBOLIC_LINK, 0777).withTarget(target));
  }

  Archives hardLink(String path, String target) throws IOException {
    return add(TarEntry.of(path, TarEntry.Kind.HARD_LINK, 0644).withTarget(target));
  }

  Archives add(TarEntry entry) throws IOException {
    writer.add(entry);
    return this;
  }

  byte[] bytes() throws IOException {
    writer.close();
    return bytes.toByteArray();
  }
}
