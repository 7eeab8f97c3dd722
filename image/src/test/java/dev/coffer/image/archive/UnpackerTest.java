package dev.coffer.image.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.image.archive.TarEntry.Kind;
import dev.coffer.image.archive.UnpackOptions.Devices;
import dev.coffer.image.archive.UnpackOptions.Owners;
import dev.coffer.model.IdMap;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnpackerTest {
  private static final UnpackOptions OWN = UnpackOptions.USUAL.withOwners(Owners.CALLERS);

  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void root() throws IOException {
    root = Files.createDirectory(folder.resolve("root"));
  }

  @Test
  void aTreeOfGnuTarComesOutAsItWas() throws Exception {
    Path from = sampleTree();
    for (String format : List.of("gnu", "posix", "ustar")) {
      Path archive = tar("--format=" + format, from);
      Path to = Files.createDirectory(folder.resolve("to-" + format));
      Unpacker.unpack(Files.newInputStream(archive), to, OWN);
      assertEquals(listing(from), listing(to), format);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "posix", "0.0", "0.1"})
  void aSparseFileKeepsItsHoles(String form) throws Exception {
    Path from = Files.createDirectory(folder.resolve("from"));
    run("truncate", "-s", "300M", from.resolve("sparse").toString());
    run(
        "sh",
        "-c",
        "cd '"
            + from
            + "'; for i in 1 5 9 13 17 21 25 29; do"
            + " printf x$i | dd of=sparse bs=1M seek=$i conv=notrunc status=none; done");
    List<String> options =
        switch (form) {
          case "gnu" -> List.of("--format=gnu");
          case "posix" -> List.of("--format=posix");
          default -> List.of("--format=posix", "--sparse-version=" + form);
        };
    Path archive = folder.resolve("a.tar");
    String all = String.join(" ", options);
    run("sh", "-c", "tar -C '" + from + "' -S " + all + " -cf '" + archive + "' .");
    Unpacker.unpack(Files.newInputStream(archive), root, OWN);
    assertEquals(-1, Files.mismatch(from.resolve("sparse"), root.resolve("sparse")));
    long blocks = (long) (int) Integer.valueOf(output("stat", "-c%b", root + "/sparse"));
    assertTrue(blocks < 2000, "blocks: " + blocks);
  }

  @Test
  void binaryAttributesStayExact() throws Exception {
    byte[] value = {0, 1, (byte) 0xff, '\n', '=', 0, 2};
    byte[] archive =
        new Archives()
            .add(TarEntry.of("f", Kind.FILE, 0644).withAttributes(Map.of("user.x", value)))
            .bytes();
    Unpacker.unpack(new ByteArrayInputStream(archive), root, OWN);
    assertArrayEquals(value, (byte[]) attribute("f", "user.x"));
  }

  @Test
  void ownersModesDevicesAndIdsAreKept() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    byte[] archive =
        new Archives()
            .add(TarEntry.of("d", Kind.DIRECTORY, 01777).withOwner(3, 4).withModified(99, 5))
            .add(TarEntry.of("d/s", Kind.FILE, 04755).withOwner(0, 7))
            .add(TarEntry.of("d/null", Kind.CHARACTER_DEVICE, 0666).withDevice(1, 3))
            .add(TarEntry.of("d/l", Kind.SYMBOLIC_LINK, 0777).withTarget("s").withOwner(9, 9))
            .bytes();
    UnpackOptions options =
        UnpackOptions.USUAL
            .withDevices(Devices.MADE)
            .withIds(
                IdShift.by(
                    List.of(
                        new IdMap(IdMap.Kind.USER, 0, 100000, 65536),
                        new IdMap(IdMap.Kind.GROUP, 0, 200000, 65536))));
    Unpacker.unpack(new ByteArrayInputStream(archive), root, options);
    assertEquals(
        """
        d 1777 100003 200004 99
        d/l 777 100009 200009 0
        d/null 666 100000 200000 0
        d/s 4755 100000 200007 0
        """,
        output("sh", "-c", "cd '" + root + "'; stat -c '%n %a %u %g %Y' d d/*"));
    assertEquals("1 3", output("sh", "-c", "stat -c '%t %T' '" + root + "/d/null'").strip());
  }

  @Test
  void devicesAreLeftOutWhereNobodyAskedForThem() throws Exception {
    byte[] archive =
        new Archives()
            .add(TarEntry.of("sda", Kind.BLOCK_DEVICE, 0666).withDevice(8, 0))
            .file("f", "x")
            .bytes();
    Unpacked unpacked = Unpacker.unpack(new ByteArrayInputStream(archive), root, OWN);
    assertEquals(new Unpacked(1, 1, 1, 0), unpacked);
    assertEquals(Set.of("f"), names());
  }

  @Test
  void aLaterEntryTakesThePlaceOfAnEarlierFile() throws Exception {
    byte[] archive =
        new Archives().symbolicLink("f", "/etc/passwd").file("f", "one").file("f", "two").bytes();
    Unpacker.unpack(new ByteArrayInputStream(archive), root, OWN);
    assertEquals("two", Files.readString(root.resolve("f")));
  }

  @Test
  void absolutePathsAreRefused() throws Exception {
    refused("is refused: its path is absolute", new Archives().file("ok", "").file("/x", ""));
  }

  @Test
  void pathsThatClimbAreRefused() throws Exception {
    refused("is refused: its path climbs out by \"..\"", new Archives().file("a/../../x", ""));
  }

  @Test
  void aPathThroughASymbolicLinkIsRefused() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    refused(
        "leads through",
        new Archives().symbolicLink("a", outside.toString()).file("a/x", "escaped"));
    assertEquals(List.of(), List.of(outside.toFile().list()));
    refused(
        "leads through", new Archives().directory("d").symbolicLink("d/a", "..").file("d/a/x", ""));
  }

  @Test
  void aHardLinkOutOfTheTreeIsRefused() throws Exception {
    refused("is refused: its path is absolute", new Archives().hardLink("x", "/etc/passwd"));
    refused("climbs out", new Archives().hardLink("x", "../../etc/passwd"));
    refused("leads through", new Archives().symbolicLink("e", "/etc").hardLink("x", "e/passwd"));
  }

  @Test
  void aHardLinkToASymbolicLinkIsThatLinkAndNotItsTarget() throws Exception {
    byte[] archive = new Archives().symbolicLink("s", "/etc/passwd").hardLink("x", "s").bytes();
    Unpacker.unpack(new ByteArrayInputStream(archive), root, OWN);
    assertTrue(Files.isSymbolicLink(root.resolve("x")));
  }

  @Test
  void writingThroughAHardLinkOfASymbolicLinkStaysInside() throws Exception {
    Path victim = Files.writeString(folder.resolve("victim"), "safe");
    byte[] archive =
        new Archives()
            .symbolicLink("s", victim.toString())
            .hardLink("x", "s")
            .file("x", "evil")
            .bytes();
    Unpacker.unpack(new ByteArrayInputStream(archive), root, OWN);
    assertEquals("safe", Files.readString(victim));
  }

  @Test
  void aFileNeverReplacesADirectory() throws Exception {
    refused("would replace a directory", new Archives().directory("d").file("d", ""));
    refused("would replace a directory", new Archives().file("d/f", "").symbolicLink("d", "/etc"));
  }

  @Test
  void tooManyEntriesAreRefused() throws Exception {
    Archives archive = new Archives();
    for (int i = 0; i < 20; i++) {
      archive.file("f" + i, "");
    }
    refused("more than 10 entries", archive, OWN.withLimits(UnpackLimits.USUAL.withEntries(10)));
  }

  @Test
  void tooManyBytesAreRefused() throws Exception {
    refused(
        "hold more than 10 bytes",
        new Archives().file("f", "12345678").file("g", "123"),
        OWN.withLimits(UnpackLimits.USUAL.withBytes(10)));
  }

  @Test
  void aBombOfZerosIsRefusedWhereverItStands() throws Exception {
    UnpackLimits limits = new UnpackLimits(1000, 100, 100, 10);
    byte[] zeros = new byte[40 << 20];
    ByteArrayOutputStream behind = new ByteArrayOutputStream();
    behind.writeBytes(new Archives().file("f", "x").bytes());
    behind.writeBytes(zeros);
    ArchiveException e =
        assertThrows(
            ArchiveException.class,
            () ->
                Unpacker.unpack(
                    new ByteArrayInputStream(compressed(behind.toByteArray(), Compression.ZSTD)),
                    root,
                    OWN.withLimits(limits)));
    assertTrue(e.getMessage().startsWith("the archive is refused: unpacked it has more than"));
    assertEquals(Set.of(), names());
  }

  @Test
  void pathsThatWouldFillTheMemoryAreRefused() throws Exception {
    Archives archive = new Archives();
    for (int i = 0; i < 4000; i++) {
      archive.directory((i + "x".repeat(240) + "/").repeat(15));
    }
    refused("too long all together", archive);
  }

  @Test
  void anEndlessDepthIsRefused() throws Exception {
    refused("deeper than 256 directories", new Archives().file("a/".repeat(300) + "f", ""));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void everyCompressionIsReadBack(Compression compression) throws Exception {
    byte[] archive = new Archives().file("f", "x".repeat(1_000_000)).bytes();
    Unpacker.unpack(new ByteArrayInputStream(compressed(archive, compression)), root, OWN);
    assertEquals(1_000_000, Files.size(root.resolve("f")));
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void aTruncatedArchiveIsNamedAndLeavesNothing(Compression compression) throws Exception {
    byte[] archive = new Archives().file("f", "x").file("g", random(200_000)).bytes();
    byte[] whole = compressed(archive, compression);
    byte[] half = java.util.Arrays.copyOf(whole, whole.length / 2);
    assertThrows(Exception.class, () -> Unpacker.unpack(new ByteArrayInputStream(half), root, OWN));
    assertEquals(Set.of(), names());
  }

  @Test
  void attributesThatDirectTheKernelAreLeftOut() throws Exception {
    byte[] archive =
        new Archives()
            .add(
                TarEntry.of("d", Kind.DIRECTORY, 0755)
                    .withAttributes(
                        Map.of(
                            "trusted.overlay.redirect", "/etc".getBytes(),
                            "user.overlay.opaque", "y".getBytes(),
                            "security.selinux", "x".getBytes())))
            .bytes();
    assertEquals(
        3, Unpacker.unpack(new ByteArrayInputStream(archive), root, OWN).attributesLeftOut());
  }

  @Test
  void aRuleTakesOnePartOfAnArchive() throws Exception {
    byte[] archive =
        new Archives()
            .file("metadata.yaml", "")
            .directory("rootfs")
            .file("rootfs/f", "x")
            .hardLink("rootfs/g", "rootfs/f")
            .file("rootfs/dev/mem", "")
            .bytes();
    EntryRule rule = EntryRule.below("rootfs").without(Set.of("rootfs/dev"));
    Unpacker.unpack(new ByteArrayInputStream(archive), root, OWN.withRule(rule));
    assertEquals(Set.of("f", "g"), names());
  }

  private void refused(String words, Archives archive) throws IOException {
    refused(words, archive, OWN);
  }

  private void refused(String words, Archives archive, UnpackOptions options) throws IOException {
    byte[] bytes = archive.bytes();
    ArchiveException e =
        assertThrows(
            ArchiveException.class,
            () -> Unpacker.unpack(new ByteArrayInputStream(bytes), root, options));
    assertTrue(e.getMessage().contains(words), e.getMessage());
    assertEquals(Set.of(), names());
  }

  private Set<String> names() {
    return Set.of(root.toFile().list());
  }

  private Object attribute(String path, String name) throws IOException {
    var view =
        Files.getFileAttributeView(
            root.resolve(path),
            java.nio.file.attribute.UserDefinedFileAttributeView.class,
            LinkOption.NOFOLLOW_LINKS);
    var buffer = java.nio.ByteBuffer.allocate(100);
    view.read(name.substring("user.".length()), buffer);
    return java.util.Arrays.copyOf(buffer.array(), buffer.position());
  }

  private Path sampleTree() throws Exception {
    Path from = Files.createDirectory(folder.resolve("from"));
    String longName = "n".repeat(200);
    run(
        "sh",
        "-c",
        "cd '"
            + from
            + "'; mkdir -p a/b "
            + longName.substring(0, 90)
            + "; echo hello >a/b/f;"
            + " ln a/b/f a/h; ln -s ../x a/s; mkfifo a/p; touch -d @1000000000 a/b/f;"
            + " chmod 4711 a/b/f; printf 'x' >a/ä; : >a/empty; chmod 700 a/b");
    return from;
  }

  private Path tar(String format, Path from) throws Exception {
    Path archive = folder.resolve("x" + format + ".tar");
    run("tar", "-C", from.toString(), format, "-cf", archive.toString(), ".");
    return archive;
  }

  private static String listing(Path tree) throws Exception {
    return output("sh", "-c", "cd '" + tree + "'; find . -printf '%p %y %m %n %Ts %l\\n' | sort");
  }

  static byte[] compressed(byte[] bytes, Compression compression) throws IOException {
    var out = new java.io.ByteArrayOutputStream();
    try (var to = compression.compress(out)) {
      to.write(bytes);
    }
    return out.toByteArray();
  }

  private static String random(int length) {
    var random = new java.util.Random(1);
    return random
        .ints(length, 'a', 'z')
        .mapToObj(Character::toString)
        .collect(java.util.stream.Collectors.joining());
  }

  private static void run(String... argv) throws Exception {
    assertEquals(0, new ProcessBuilder(argv).inheritIO().start().waitFor(), List.of(argv) + "");
  }

  private static String output(String... argv) throws Exception {
    return new String(
            new ProcessBuilder(argv).start().getInputStream().readAllBytes(),
            java.nio.charset.StandardCharsets.UTF_8)
        .replaceAll("(?m)\\s+$", "")
        .concat("\n")
        .replaceAll("^([0-9]+)\n$", "$1");
  }
}
