package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
  private final UnixSocket[] pair = UnixSocket.pair();
  private final UnixSocket left = pair[0];
  private final UnixSocket right = pair[1];

  @AfterEach
  void close() {
    left.close();
    right.close();
  }

  @Test
  void aFrameArrivesAsItWasSent() {
    try (Frame sent = new Frame(17, new byte[] {7, 0, 0, 0}, List.of(left.fd().duplicate()))) {
      sent.write(left);
      try (Frame read = Frame.read(right)) {
        assertEquals(17, read.kind());
        assertArrayEquals(sent.payload(), read.payload());
        assertEquals(1, read.fds().size());
      }
    }
  }

  @Test
  void theBytesAreThoseOfTheProtocol() {
    Frame.of(0x01020304, new byte[] {9}).write(left);
    byte[] bytes = new byte[16];
    assertEquals(9, right.receive(bytes, Collections.emptyList()));
    assertArrayEquals(new byte[] {4, 3, 2, 1, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0}, bytes);
  }

  @Test
  void theLargestFrameArrivesWhole() throws Exception {
    byte[] payload = new byte[Frame.LONGEST];
    new Random(3).nextBytes(payload);
    Thread writer = Thread.ofPlatform().start(() -> Frame.of(1, payload).write(left));
    assertArrayEquals(payload, Frame.read(right).payload());
    writer.join();
  }

  @Test
  void aPeerThatClosesBetweenFramesIsAnEnd() {
    Frame.of(1, new byte[3]).write(left);
    left.close();
    assertEquals(3, Frame.read(right).payload().length);
    assertNull(Frame.read(right));
  }

  @Test
  void aPeerThatLeftWithoutReadingIsAnEndToo() {
    Frame.of(1, new byte[3]).write(right);
    left.close();
    assertNull(Frame.read(right));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 11})
  void aPeerThatClosesInTheMiddleIsAnError(int sent) {
    byte[] whole = header(1, 4).array();
    left.send(java.util.Arrays.copyOf(whole, sent));
    left.close();
    CofferException e = assertThrows(CofferException.class, () -> Frame.read(right));
    assertEquals("the connection ended in the middle of a frame", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {Frame.LONGEST + 1, -1, Integer.MIN_VALUE})
  void aLengthBeyondTheLimitIsRefusedAndNothingLeaks(int length) {
    int before = OpenFds.count();
    left.send(header(1, length).array(), left.fd().number());
    CofferException e = assertThrows(CofferException.class, () -> Frame.read(right));
    assertEquals(
        "received a frame of " + Integer.toUnsignedString(length) + " bytes", e.getMessage());
    assertEquals(before, OpenFds.count());
  }

  @Test
  void tooManyDescriptorsAreRefusedAndClosed() {
    int before = OpenFds.count();
    int[] fds = Collections.nCopies(65, left.fd().number()).stream().mapToInt(n -> n).toArray();
    left.send(header(5, 0).array(), fds);
    CofferException e = assertThrows(CofferException.class, () -> Frame.read(right));
    assertEquals("received a frame of kind 5 with misplaced descriptors", e.getMessage());
    assertEquals(before, OpenFds.count());
  }

  @Test
  void descriptorsOnThePayloadAreRefusedAndClosed() {
    int before = OpenFds.count();
    left.send(header(5, 2).array());
    left.send(new byte[2], left.fd().number());
    assertThrows(CofferException.class, () -> Frame.read(right));
    assertEquals(before, OpenFds.count());
  }

  @Test
  void anOversizedFrameCannotBeMade() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Frame.of(1, new byte[Frame.LONGEST + 1]));
    assertEquals("a frame of 16777217 bytes and 0 descriptors is too large", e.getMessage());
  }

  /**
   * Whatever bytes and descriptors come in whatever pieces: a frame, an end or a refusal, and no
   * leak.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void noStreamOfBytesBreaksTheReader(long seed) {
    Random random = new Random(seed);
    int before = OpenFds.count() - 2; // the pair this test does not use
    for (int round = 0; round < 250; round++) {
      UnixSocket[] sockets = UnixSocket.pair();
      try (UnixSocket reader = sockets[1]) {
        try (UnixSocket writer = sockets[0]) {
          for (int piece = random.nextInt(6); piece > 0; piece--) {
            writer.send(bytes(random), new int[random.nextInt(4) == 0 ? 3 : 0]);
          }
        }
        readAll(reader);
      }
    }
    assertTrue(OpenFds.count() <= before + 2);
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[1 + random.nextInt(40)];
    random.nextBytes(bytes);
    if (random.nextBoolean() && bytes.length > 8) {
      System.arraycopy(header(random.nextInt(), random.nextInt(50)).array(), 0, bytes, 0, 8);
    }
    return bytes;
  }

  private static void readAll(UnixSocket reader) {
    try {
      for (Frame frame; (frame = Frame.read(reader)) != null; ) {
        frame.close();
      }
    } catch (CofferException e) {
      assertTrue(
          e.getMessage().matches("received a frame .*|the connection ended in the .*"),
          e.getMessage());
    }
  }

  private static ByteBuffer header(int kind, int length) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(kind).putInt(length);
  }
}
