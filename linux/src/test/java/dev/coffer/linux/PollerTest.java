package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollerTest {
  private final Poller poller = new Poller();
  private final UnixSocket[] pair = UnixSocket.pair();

  @AfterEach
  void close() {
    poller.close();
    pair[0].close();
    pair[1].close();
  }

  @Test
  void readableDescriptorsAreReportedWithWhatWasAttached() {
    poller.add(pair[0].fd(), Poller.READABLE, "left");
    poller.add(pair[1].fd(), Poller.READABLE, "right");
    assertEquals(List.of(), poller.await(0));
    pair[0].send(new byte[1]);
    List<Poller.Event> events = poller.await(-1);
    assertEquals(List.of(new Poller.Event(pair[1].fd(), Poller.READABLE, "right")), events);
    pair[1].receive(new byte[1], new ArrayList<>());
    assertEquals(List.of(), poller.await(0));
  }

  @Test
  void whatIsWaitedForCanChange() {
    poller.add(pair[0].fd(), Poller.READABLE, "left");
    poller.modify(pair[0].fd(), Poller.WRITABLE);
    assertEquals(Poller.WRITABLE, poller.await(0).getFirst().events());
    poller.remove(pair[0].fd());
    assertEquals(List.of(), poller.await(0));
  }

  @Test
  void aClosedPeerIsReportedUninvited() {
    poller.add(pair[0].fd(), 0, "left");
    pair[1].close();
    assertTrue(poller.await(0).getFirst().isHungUp());
  }

  @Test
  void aWaitCanBeBrokenOffFromOutside() throws Exception {
    Thread waker = Thread.ofPlatform().start(poller::wakeup);
    assertEquals(List.of(), poller.await(-1));
    waker.join();
    assertEquals(List.of(), poller.await(0));
  }

  @Test
  void addingTwiceIsRefusedAndTheFirstStays() {
    poller.add(pair[0].fd(), Poller.WRITABLE, "first");
    assertThrows(KernelException.class, () -> poller.add(pair[0].fd(), Poller.WRITABLE, "second"));
    assertEquals("first", poller.await(0).getFirst().attachment());
  }
}
