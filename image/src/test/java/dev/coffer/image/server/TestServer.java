package dev.coffer.image.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A web server on the loopback device that serves a folder, with the faults it is asked for. */
final class TestServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Path folder;
  private final boolean secure;
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();
  final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  /** What goes wrong with a path, once or always. */
  enum Fault {
    CUT_ONCE,
    CUT,
    LOOP,
    ERROR,
    STALL,
    TO_PLAIN
  }

  private TestServer(ServerSocket socket, Path folder, boolean secure) {
    this.socket = socket;
    this.folder = folder;
    this.secure = secure;
    Thread.ofPlatform().daemon().start(this::serve);
  }

  static TestServer plain(Path folder) throws IOException {
    return new TestServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), folder, false);
  }

  /** With a certificate of its own, which is left in {@code keys/ca.pem}. */
  static TestServer secure(Path folder, Path keys) throws Exception {
    Files.createDirectories(keys);
    Path store = keys.resolve("keys.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin/keytool").toString();
    run(
        keytool,
        "-genkeypair",
        "-alias",
        "s",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=ip:127.0.0.1,dns:localhost",
        "-keystore",
        store.toString(),
        "-storepass",
        "secret");
    run(
        keytool,
        "-exportcert",
        "-rfc",
        "-alias",
        "s",
        "-keystore",
        store.toString(),
        "-storepass",
        "secret",
        "-file",
        keys.resolve("ca.pem").toString());
    KeyStore loaded = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(loaded, "secret".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return new TestServer(
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        folder,
        true);
  }

  private static void run(String... argv) throws Exception {
    Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(said);
    }
  }

  String address() {
    return (secure ? "https" : "http") + "://127.0.0.1:" + socket.getLocalPort();
  }

  void fault(String path, Fault fault) {
    faults.put(path, fault);
  }

  void mend(String path) {
    faults.remove(path);
  }

  private void serve() {
    while (!socket.isClosed()) {
      try {
        Socket peer = socket.accept();
        Thread.ofPlatform().daemon().start(() -> answer(peer));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket peer) {
    try (peer) {
      var in =
          new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8));
      String[] words = String.valueOf(in.readLine()).split(" ");
      long from = 0;
      for (String line; (line = in.readLine()) != null && !line.isEmpty(); ) {
        if (line.toLowerCase().startsWith("range: bytes=")) {
          from = Long.parseLong(line.substring(13, line.length() - 1));
        }
      }
      requests.add(words[1] + (from > 0 ? " from " + from : ""));
      answer(peer.getOutputStream(), words[1], (int) from);
    } catch (IOException | InterruptedException e) {
      // the client went away
    }
  }

  private void answer(OutputStream out, String path, int from)
      throws IOException, InterruptedException {
    Fault fault = faults.get(path);
    Path file = folder.resolve(path.substring(1));
    if (fault == Fault.LOOP) {
      head(out, "302 Found", "Location: " + path + "\r\nContent-Length: 0");
    } else if (fault == Fault.TO_PLAIN) {
      head(out, "302 Found", "Location: http://127.0.0.1:1/x\r\nContent-Length: 0");
    } else if (fault == Fault.ERROR) {
      head(out, "503 Busy", "Content-Length: 0");
    } else if (!Files.isRegularFile(file)) {
      head(out, "404 No", "Content-Length: 0");
    } else {
      byte[] all = Files.readAllBytes(file);
      int length = all.length - from;
      head(out, from > 0 ? "206 Part" : "200 OK", "Content-Length: " + length);
      boolean cut = fault == Fault.CUT || fault == Fault.CUT_ONCE || fault == Fault.STALL;
      out.write(all, from, cut ? length / 2 : length);
      out.flush();
      if (fault == Fault.CUT_ONCE) {
        faults.remove(path);
      } else if (fault == Fault.STALL) {
        Thread.sleep(20_000);
      }
    }
    out.flush();
  }

  private static void head(OutputStream out, String status, String headers) throws IOException {
    String head = "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
