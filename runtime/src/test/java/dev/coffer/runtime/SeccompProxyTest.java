package dev.coffer.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.linux.SeccompListener.Question;
import dev.coffer.linux.SeccompListener.Sizes;
import dev.coffer.model.CofferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The messages between us and a program that decides about system calls. */
class SeccompProxyTest {
  private static final Sizes SIZES = new Sizes(80, 24, 64);
  private static final Question QUESTION = new Question(42, 7, filled(80, (byte) 5));

  private final SeccompProxy proxy = new SeccompProxy("unix:@p", "biscuit", 100, 200);

  private static byte[] filled(int length, byte with) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, with);
    return bytes;
  }

  @Test
  void aQuestionIsHeadNotificationEmptyAnswerAndCookie() {
    byte[] message = proxy.encode(QUESTION, SIZES);
    assertEquals(32 + 80 + 24 + 7, message.length);
    ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
    assertEquals(0, fields.getLong(0));
    assertEquals(100, fields.getInt(8));
    assertEquals(200, fields.getInt(12));
    assertEquals(80, fields.getShort(16));
    assertEquals(24, fields.getShort(18));
    assertEquals(64, fields.getShort(20));
    assertEquals(7, fields.getLong(24));
    assertArrayEquals(QUESTION.notification(), Arrays.copyOfRange(message, 32, 112));
    assertEquals(42, fields.getLong(112));
    assertEquals("biscuit", new String(message, 136, 7, java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void anAnswerIsTakenWithAndWithoutTheCookie() {
    byte[] message = proxy.encode(QUESTION, SIZES);
    byte[] response = Arrays.copyOfRange(message, 112, 136);
    assertArrayEquals(response, proxy.decode(message, QUESTION, SIZES));
    assertArrayEquals(response, proxy.decode(Arrays.copyOf(message, 136), QUESTION, SIZES));
  }

  @Test
  void whatIsNoAnswerToTheQuestionIsRefused() {
    byte[] message = proxy.encode(QUESTION, SIZES);
    assertThrows(
        CofferException.class, () -> proxy.decode(Arrays.copyOf(message, 135), QUESTION, SIZES));
    Question other = new Question(43, 7, QUESTION.notification());
    assertThrows(CofferException.class, () -> proxy.decode(message, other, SIZES));
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      assertThrows(CofferException.class, () -> proxy.decode(noise, QUESTION, SIZES));
    }
  }
}
