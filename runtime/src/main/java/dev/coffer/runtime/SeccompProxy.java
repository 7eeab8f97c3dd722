package dev.coffer.runtime;

import dev.coffer.linux.SeccompListener;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * LXC's message to the program that answers for a container's calls, and the answer: a fixed head,
 * the kernel's question and answer, the cookie. Three descriptors ride along: the caller's
 * directory below /proc, its memory, and the listener.
 *
 * <pre>
 * u64 0   i32 keeper   i32 init   u16 notification  u16 response  u16 data  u16 0   u64 cookie length
 * struct seccomp_notif   struct seccomp_notif_resp   cookie
 * </pre>
 *
 * @param address {@code unix:PATH} or {@code unix:@NAME}
 */
record SeccompProxy(String address, String cookie, int keeperPid, int initPid) {
  private static final int HEAD = 32;
  private static final int COOKIE_LENGTH = 24;
  private static final String SCHEME = "unix:";

  UnixSocket connect() {
    String name = address.substring(SCHEME.length());
    return name.startsWith("@")
        ? UnixSocket.connectPacketsAbstract(name.substring(1))
        : UnixSocket.connectPackets(Path.of(name));
  }

  byte[] encode(SeccompListener.Question question, SeccompListener.Sizes sizes) {
    byte[] text = cookie.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message =
        ByteBuffer.allocate(length(sizes) + text.length).order(ByteOrder.nativeOrder());
    message.putLong(0).putInt(keeperPid).putInt(initPid);
    message.putShort((short) sizes.notification());
    message.putShort((short) sizes.response());
    message.putShort((short) sizes.data());
    message.putLong(COOKIE_LENGTH, text.length);
    message.position(HEAD).put(question.notification());
    message.putLong(message.position(), question.id()); // of the answer to be filled in
    message.position(length(sizes)).put(text);
    return message.array();
  }

  /**
   * The kernel's answer out of the proxy's.
   *
   * @throws CofferException if it answers another question, or is no answer at all
   */
  byte[] decode(byte[] message, SeccompListener.Question question, SeccompListener.Sizes sizes) {
    if (message.length < length(sizes)) {
      throw new CofferException("the answer is too short: " + message.length + " bytes");
    }
    int at = HEAD + sizes.notification();
    byte[] response = Arrays.copyOfRange(message, at, at + sizes.response());
    long id = ByteBuffer.wrap(response).order(ByteOrder.nativeOrder()).getLong();
    if (id != question.id()) {
      throw new CofferException("the answer is for another question");
    }
    return response;
  }

  int longestAnswer(SeccompListener.Sizes sizes) {
    return length(sizes) + cookie.getBytes(StandardCharsets.UTF_8).length;
  }

  private static int length(SeccompListener.Sizes sizes) {
    return HEAD + sizes.notification() + sizes.response();
  }
}
