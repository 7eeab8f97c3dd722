package dev.coffer.model.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinkUndoTest {
  private static final String ADDRESS = "02:00:00:00:00:01";
  private static final LinkMark DEVICE =
      new LinkMark("eth0", 2, "", "0000:00:03.0", ADDRESS, 0, 1500, ADDRESS);
  private static final LinkMark VIRTUAL = new LinkMark("nic0", 7, "veth", "", "", 8, 1450, ADDRESS);

  @Test
  void aJournalLineIsReadAsItWasWritten() {
    for (Undo undo :
        List.of(
            new LinkUndo.ReturnLink(DEVICE, "/run/coffer/my net"),
            new LinkUndo.ReturnLink(VIRTUAL, "/run/coffer/c/network"),
            new LinkUndo.ReleaseNetwork("/run/coffer/c/network"),
            new LinkUndo.RemoveNeighbourProxy("br0", "fd00::2"),
            new LinkUndo.RemoveHostRoute("lo", "10.0.0.2"),
            new LinkUndo.RemoveSwitchPort("ovs0", "veth1"))) {
      assertEquals(Optional.of(undo), Undo.decode(undo.encode()));
    }
  }

  @Test
  void aLineThatIsCutShortIsNone() {
    String line = new LinkUndo.ReturnLink(VIRTUAL, "/run/c").encode();
    for (int length = 0; length < line.length() - "run/c".length(); length++) {
      assertTrue(Undo.decode(line.substring(0, length)).isEmpty());
    }
    assertTrue(Undo.decode("remove-neighbour-proxy br0").isEmpty());
    assertTrue(Undo.decode("release-network network").isEmpty());
  }

  @Test
  void aDeviceIsKnownWhateverItsNameAndAddressAre() {
    assertTrue(
        DEVICE.isOf(
            new LinkMark("mine", 9, "", "0000:00:03.0", ADDRESS, 0, 1300, "02:00:00:00:00:99")));
    assertFalse(
        DEVICE.isOf(new LinkMark("eth0", 2, "", "0000:00:04.0", ADDRESS, 0, 1500, ADDRESS)));
  }

  @Test
  void oneWithoutADeviceIsKnownByItsKindAndWhatItLiesOn() {
    assertTrue(VIRTUAL.isOf(new LinkMark("mine", 7, "veth", "", "", 8, 1300, "")));
    assertFalse(VIRTUAL.isOf(new LinkMark("nic0", 7, "veth", "", "", 9, 1450, ADDRESS)));
    assertFalse(VIRTUAL.isOf(new LinkMark("nic0", 7, "dummy", "", "", 8, 1450, ADDRESS)));
  }
}
