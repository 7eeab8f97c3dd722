package dev.coffer.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.linux.Architecture;
import dev.coffer.linux.SeccompListener.Question;
import dev.coffer.model.Intercepts;
import dev.coffer.model.Intercepts.Call;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an intercepted call asks for, and what of that is harmless. */
class InterceptDecodingTest {
  private static final Intercepts ALL =
      new Intercepts(Set.of(Call.values()), List.of("ext4", "xfs"));
  private static final int OTHER_ABI = 0x40000003;

  private static Question question(int number, int abi, long... arguments) {
    ByteBuffer bytes = ByteBuffer.allocate(80).order(ByteOrder.nativeOrder());
    bytes.putLong(0, 7).putInt(8, 42).putInt(16, number).putInt(20, abi);
    for (int i = 0; i < arguments.length; i++) {
      bytes.putLong(32 + 8 * i, arguments[i]);
    }
    return new Question(7, 42, bytes.array());
  }

  private static long device(int major, int minor) {
    return major << 8 | minor & 0xff | (long) (minor & ~0xff) << 12;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String split(String path) {
    return CallerPath.split(bytes(path))
        .map(found ->
            new String(found.directory(), StandardCharsets.ISO_8859_1)
                + " "
                + new String(found.name(), StandardCharsets.ISO_8859_1))
        .orElse("nothing");
  }

  @Test
  void onlyCallsThatAreInterceptedAreCoffers() {
    int own = Architecture.CURRENT.audit();
    int mknodat = Architecture.CURRENT == Architecture.X86_64 ? 259 : 33;
    Intercepts some = new Intercepts(Set.of(Call.MKNOD), List.of());
    assertEquals(
        Optional.of(InterceptedCall.MKNODAT), InterceptedCall.of(question(mknodat, own), some));
    int sysinfo = Architecture.CURRENT == Architecture.X86_64 ? 99 : 179;
    assertEquals(Optional.empty(), InterceptedCall.of(question(sysinfo, own), some));
    assertEquals(
        Optional.of(InterceptedCall.SYSINFO), InterceptedCall.of(question(sysinfo, own), ALL));
  }

  @Test
  void callsOfOtherAbisAreKnownAndLeftAlone() {
    Question small = question(14, OTHER_ABI);
    assertEquals(Optional.of(InterceptedCall.MKNOD), InterceptedCall.of(small, ALL));
    assertFalse(InterceptedCall.isPlain(small));
    Question x32 = question(1 << 30 | 133, Architecture.CURRENT.audit());
    assertFalse(InterceptedCall.isPlain(x32));
  }

  @Test
  void argumentsAreWords() {
    Question call = question(1, Architecture.CURRENT.audit(), 1, -100, 0xfffffffffL);
    assertEquals(-100, (int) call.argument(1));
    assertEquals(0xfffffffffL, call.argument(2));
  }

  @Test
  void nodesOfTheHostAreNotHarmless() {
    for (int minor : new int[] {3, 5, 7, 8, 9}) {
      assertTrue(HarmlessNode.isOne(device(1, minor)), "1:" + minor);
    }
    assertTrue(HarmlessNode.isOne(device(5, 0)));
    for (int minor : new int[] {0, 1, 2, 4, 6, 10, 11, 0x103, 0x10003}) {
      assertFalse(HarmlessNode.isOne(device(1, minor)), "1:" + minor);
    }
    assertFalse(HarmlessNode.isOne(device(5, 1)), "the host's console");
    assertFalse(HarmlessNode.isOne(device(257, 3)), "a major beyond eight bits");
  }

  @Test
  void ofAttributesOnlyTheMarksThatHide() {
    assertTrue(OverlayMark.isOne("trusted.overlay.opaque", bytes("y")));
    assertTrue(OverlayMark.isOne("trusted.overlay.opaque", bytes("x")));
    assertTrue(OverlayMark.isOne("trusted.overlay.whiteout", bytes("")));
    assertFalse(OverlayMark.isOne("trusted.overlay.opaque", bytes("n")));
    assertFalse(OverlayMark.isOne("trusted.overlay.opaque", bytes("")));
    assertFalse(OverlayMark.isOne("trusted.overlay.redirect", bytes("y")));
    assertFalse(OverlayMark.isOne("security.capability", bytes("y")));
  }

  @Test
  void pathsAreSplitBeforeTheirLastName() {
    assertEquals(". null", split("null"));
    assertEquals("/ null", split("/null"));
    assertEquals("a/b/ null", split("a/b/null"));
    assertEquals("a// \u00ff\u0080", split("a//\u00ff\u0080"));
    for (String none : List.of("", "/", "a/", ".", "..", "a/.", "a/..")) {
      assertEquals("nothing", split(none), none);
    }
    assertEquals(". ...", split("..."));
  }

  @Test
  void aMountKeepsItsFlagsAndNeverHasDevices() {
    MountWish wish = MountWish.of(ALL, "xfs", 0xc0ed0000L | 1 | 2 | 8 | 1024, "ikeep").get();
    assertTrue(wish.readOnly());
    assertEquals(List.of("ro", "ikeep"), wish.superblock());
    assertEquals(0x01 | 0x02 | 0x04 | 0x08 | 0x10, wish.attributes());
    assertEquals(
        new MountWish("ext4", false, List.of("data=ordered", "errors=remount-ro"), 0x04),
        MountWish.of(ALL, "ext4", 0, "data=ordered,").get());
    assertEquals(
        List.of("errors=continue"),
        MountWish.of(ALL, "ext4", 0, "errors=continue").get().superblock());
  }

  @Test
  void whatReachesBeyondTheDeviceIsNoMountOfCoffers() {
    assertEquals(Optional.empty(), MountWish.of(ALL, "btrfs", 0, ""));
    assertEquals(Optional.empty(), MountWish.of(ALL, "ext4", 1 << 18, ""), "MS_PRIVATE");
    assertEquals(Optional.empty(), MountWish.of(ALL, "ext4", 1 << 6, ""), "MS_MANDLOCK");
    for (String option : List.of("errors=panic", "journal_path=/dev/sda", "source=x")) {
      assertEquals(Optional.empty(), MountWish.of(ALL, "ext4", 0, "a," + option), option);
    }
  }
}
