package dev.coffer.image.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.image.archive.TarEntry.Extent;
import dev.coffer.image.archive.TarEntry.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are, reading ends: with entries, or with a word about the archive. */
class TarFuzzTest {
  @RepeatedTest(200)
  void anyDamageIsToldOrHarmless(RepetitionInfo info) throws IOException {
    Random random = new Random(info.getCurrentRepetition());
    byte[] bytes = sample();
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          (byte) (random.nextBoolean() ? random.nextInt() : "0179/-= \n".charAt(random.nextInt(9)));
      if (random.nextInt(3) > 0) {
        mendChecksum(bytes, at);
      }
    }
    try (TarReader reader = new TarReader(new ByteArrayInputStream(bytes))) {
      for (var entry = reader.next(); entry.isPresent(); entry = reader.next()) {
        EntryPath.normalize(entry.get().path());
        reader.content().transferTo(ByteArrayOutputStream.nullOutputStream());
      }
    } catch (ArchiveException e) {
      // told: that is the other good end
    }
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    List<String> seen = new ArrayList<>();
    try (TarReader reader = new TarReader(new ByteArrayInputStream(sample()))) {
      for (var next = reader.next(); next.isPresent(); next = reader.next()) {
        TarEntry e = next.get();
        String content = new String(reader.content().readAllBytes(), StandardCharsets.UTF_8);
        seen.add(
            e.kind()
                + " "
                + e.path().length()
                + " "
                + e.uid()
                + " "
                + e.seconds()
                + "."
                + e.nanos()
                + " "
                + e.size()
                + " "
                + e.target().length()
                + " "
                + e.extents().size()
                + " "
                + content);
      }
    }
    assertEquals(
        List.of(
            "DIRECTORY 2 0 0.0 0 0 0 ",
            "FILE 300 3000000000 -2.750000000 5 0 0 hello",
            "SYMBOLIC_LINK 1 0 1234567890.1 0 150 0 ",
            "FILE 6 0 0.0 1048576 0 2 ab"),
        seen);
  }

  private static byte[] sample() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(bytes)) {
      writer.add(TarEntry.of("d", Kind.DIRECTORY, 0755));
      writer.add(
          TarEntry.of("l".repeat(300), Kind.FILE, 0644)
              .withOwner(3_000_000_000L, 7)
              .withModified(-2, 750_000_000)
              .withAttributes(Map.of("user.a", new byte[] {0, -1, 10}))
              .withSize(5));
      writer.write("hello".getBytes(StandardCharsets.UTF_8), 0, 5);
      writer.add(
          TarEntry.of("s", Kind.SYMBOLIC_LINK, 0777)
              .withTarget("t".repeat(150))
              .withModified(1234567890, 1));
      writer.add(
          new TarEntry(
              "sparse",
              Kind.FILE,
              0600,
              0,
              0,
              1 << 20,
              0,
              0,
              "",
              0,
              0,
              Map.of(),
              List.of(new Extent(4096, 1), new Extent(65536, 1))));
      writer.write("ab".getBytes(StandardCharsets.UTF_8), 0, 2);
    }
    return bytes.toByteArray();
  }

  private static void mendChecksum(byte[] bytes, int at) {
    int start = at / 512 * 512;
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : bytes[start + i] & 0xff;
    }
    byte[] text = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
    if (bytes[start + 257] == 'u') {
      System.arraycopy(text, 0, bytes, start + 148, 8);
    }
  }
}
