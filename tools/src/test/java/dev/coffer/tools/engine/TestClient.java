package dev.coffer.tools.engine;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Frame;
import dev.coffer.linux.UnixSocket;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The launcher's part of the conversation, in Java. */
final class TestClient implements AutoCloseable {
  private final UnixSocket socket;

  TestClient(Path path) {
    this(UnixSocket.connect(path));
  }

  TestClient(UnixSocket socket) {
    this.socket = socket;
  }

  static byte[] request(
      String build, int descriptors, String cwd, List<String> argv, List<String> env) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    ByteBuffer header = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    header.put(java.util.HexFormat.of().parseHex(build));
    header.putInt(descriptors).putInt(022).putInt(argv.size()).putInt(env.size());
    payload.writeBytes(header.array());
    append(payload, cwd);
    argv.forEach(word -> append(payload, word));
    env.forEach(word -> append(payload, word));
    return payload.toByteArray();
  }

  void send(String build, List<String> argv, Fd... streams) {
    int bits = (1 << streams.length) - 1;
    byte[] payload = request(build, bits, "/tmp", argv, List.of("TERM=dumb"));
    new Frame(ClientFrames.REQUEST, payload, List.of(streams)).write(socket);
  }

  /**
   * The exit code, or minus the kind of another frame; -1 where the engine closed without a word.
   */
  int receive() {
    try (Frame frame = Frame.read(socket)) {
      if (frame == null) {
        return -1;
      }
      return frame.kind() == ClientFrames.EXIT
          ? ByteBuffer.wrap(frame.payload()).order(ByteOrder.LITTLE_ENDIAN).getInt()
          : -frame.kind();
    }
  }

  UnixSocket socket() {
    return socket;
  }

  @Override
  public void close() {
    socket.close();
  }

  private static void append(ByteArrayOutputStream to, String word) {
    to.writeBytes(word.getBytes(StandardCharsets.UTF_8));
    to.write(0);
  }
}
