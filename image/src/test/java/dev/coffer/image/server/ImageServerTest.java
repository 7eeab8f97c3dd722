package dev.coffer.image.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.image.server.TestServer.Fault;
import dev.coffer.image.store.ImageStore;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageServerTest {
  private static final String ROOT = "/images/debian/b2/rootfs.tar.xz";

  @TempDir Path folder;
  private Path site;
  private TestServer server;
  private ImageStore store;
  private Map<String, String> environment;
  private final List<String> said = new ArrayList<>();
  private final Meter meter =
      new Meter() {
        @Override
        public void begin(String what, long total, long done) {}

        @Override
        public void advance(long bytes) {}

        @Override
        public void end() {}

        @Override
        public void say(String line) {
          said.add(line);
        }
      };

  @BeforeEach
  void serve() throws Exception {
    site = Files.createDirectory(folder.resolve("site"));
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    write(ROOT, bytes);
    write("/images/debian/b2/lxd.tar.xz", new byte[] {1, 2, 3});
    write("/images/debian/b2/meta.tar.xz", new byte[] {4, 5});
    write(
        "/streams/v1/index.json",
        "{\"format\":\"index:1.0\",\"index\":{\"images\":{\"datatype\":\"image-downloads\",\"path\":\"streams/v1/images.json\"}}}"
            .getBytes());
    String item = "{\"ftype\":\"%s\",\"path\":\"%s\",\"size\":%d,\"sha256\":\"%s\"}";
    write(
        "/streams/v1/images.json",
        """
        {"products": {"debian:bookworm:amd64:default": {"aliases": "debian/12,debian/bookworm",
          "arch": "amd64", "os": "Debian", "release": "bookworm", "variant": "default",
          "versions": {"b1": {"items": {}}, "b2": {"items": {"a": %s, "b": %s}}}},
          "vm": {"os": "Debian", "versions": {"b2": {"items": {}}}}}}
        """
            .formatted(
                item.formatted(
                    "lxd.tar.xz", "images/debian/b2/lxd.tar.xz", 3, hash(new byte[] {1, 2, 3})),
                item.formatted("root.tar.xz", ROOT.substring(1), bytes.length, hash(bytes)))
            .getBytes());
    server = TestServer.secure(site, folder.resolve("keys"));
    environment = Map.of(Web.CERTIFICATES, folder.resolve("keys/ca.pem").toString());
    store = ImageStore.at(folder.resolve("images"));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void anImageIsListedFoundAndFetched() throws Exception {
    List<RemoteImage> images = images();
    assertEquals(
        List.of("debian/bookworm/amd64/default"), images.stream().map(RemoteImage::name).toList());
    for (String name :
        List.of(
            "debian/bookworm", "debian/12", "debian/12/amd64", "debian/bookworm/x86_64/default")) {
      assertEquals("b2", ImageQuery.parse(name, "amd64", images).choose(images).build(), name);
    }
    StoredImage image = pull();
    assertEquals(hash(Files.readAllBytes(site.resolve(ROOT.substring(1)))), image.root().sha256());
    server.requests.clear();
    assertEquals(image, pull());
    assertEquals(List.of("/streams/v1/index.json", "/streams/v1/images.json"), server.requests);
  }

  @Test
  void anUnknownImageIsToldWithWhatThereIs() {
    List<RemoteImage> images = images();
    CofferException e =
        assertThrows(
            CofferException.class,
            () -> ImageQuery.parse("debian/potato", "amd64", images).choose(images));
    assertEquals("the server has no image debian/potato/amd64/default", e.getMessage());
    assertEquals(List.of("hint  it has debian/bookworm/amd64/default"), e.details());
  }

  @Test
  void aBrokenConnectionIsTakenUpWhereItBroke() throws Exception {
    server.fault(ROOT, Fault.CUT_ONCE);
    pull();
    // how much arrives before the break is the network's matter
    assertTrue(
        server.requests.stream().anyMatch(request -> request.startsWith(ROOT + " from ")),
        server.requests + "");
  }

  @Test
  void aServerThatAlwaysBreaksIsGivenUpAndTheRestIsKeptForLater() throws Exception {
    server.fault(ROOT, Fault.CUT);
    assertThrows(CofferException.class, this::pull);
    assertEquals(List.of(), store.objects().stream().filter(o -> o.size() > 100).toList());
    server.mend(ROOT);
    pull();
    assertTrue(server.requests.getLast().startsWith(ROOT + " from "), server.requests + "");
  }

  @Test
  void wrongContentIsRefusedAndNotKept() throws Exception {
    byte[] other = Files.readAllBytes(site.resolve(ROOT.substring(1)));
    other[7]++;
    write(ROOT, other);
    CofferException e = assertThrows(CofferException.class, this::pull);
    assertTrue(e.getMessage().contains("is not what the server's index says"), e.getMessage());
    assertFalse(
        Files.list(store.root().resolve("downloads"))
            .anyMatch(f -> f.toString().endsWith(".part")));
  }

  @Test
  void moreThanTheIndexSaysIsRefused() throws Exception {
    write(ROOT, new byte[500_000]);
    CofferException e = assertThrows(CofferException.class, this::pull);
    assertTrue(e.getMessage().endsWith("is longer than the server's index says"), e.getMessage());
  }

  @Test
  void redirectsDoNotGoOnForEverAndNeverOutOfTls() {
    server.fault(ROOT, Fault.LOOP);
    assertTrue(
        assertThrows(CofferException.class, this::pull).getMessage().endsWith("without end"));
    server.fault(ROOT, Fault.TO_PLAIN);
    assertTrue(assertThrows(CofferException.class, this::pull).getMessage().endsWith("out of TLS"));
  }

  @Test
  void errorsOfTheServerAreTold() throws Exception {
    server.fault(ROOT, Fault.ERROR);
    assertTrue(assertThrows(CofferException.class, this::pull).getMessage().endsWith("status 503"));
    Files.delete(site.resolve(ROOT.substring(1)));
    server.mend(ROOT);
    assertTrue(assertThrows(CofferException.class, this::pull).getMessage().endsWith("(404)"));
  }

  @Test
  void aServerThatFallsSilentIsGivenUp() throws Exception {
    server.fault("/streams/v1/images.json", Fault.STALL);
    try (Web web = Web.of(environment, Duration.ofSeconds(1))) {
      CofferException e = assertThrows(CofferException.class, () -> server(web).images(Meter.NONE));
      assertTrue(
          e.details().getFirst().contains("nothing has arrived for 1 seconds"), e.details() + "");
    }
  }

  @Test
  void withoutTheServerItsLastListIsUsed() throws Exception {
    images();
    server.close();
    assertEquals(1, images().size());
    assertTrue(said.getFirst().startsWith("cannot fetch https://127.0.0.1:"), said + "");
  }

  @Test
  void aCertificateOfNobodyIsRefused() {
    environment = Map.of();
    CofferException e = assertThrows(CofferException.class, this::images);
    assertTrue(e.getMessage().startsWith("cannot fetch"), e.getMessage());
  }

  @Test
  void lxcsIndexNeedsHashesWithoutTls() throws Exception {
    write(
        "/meta/1.0/index-system",
        "debian;bookworm;amd64;default;b2;/images/debian/b2/\nbad;x;y;z;b;/../etc\n".getBytes());
    try (TestServer plain = TestServer.plain(site);
        Web web = Web.of(Map.of())) {
      ImageServer other = new ImageServer(plain.address(), web, cache());
      RemoteImage image = other.imagesForLxc(Meter.NONE).getFirst();
      assertEquals(1, other.imagesForLxc(Meter.NONE).size());
      ImagePull pull = new ImagePull(web, store, Meter.NONE);
      assertThrows(CofferException.class, () -> pull.pull(image));
      write(
          "/images/debian/b2/SHA256SUMS",
          (hash(new byte[] {4, 5})
                  + "  meta.tar.xz\n"
                  + hash(Files.readAllBytes(site.resolve(ROOT.substring(1))))
                  + "  rootfs.tar.xz\n")
              .getBytes());
      assertEquals(StoredImage.Format.LXC, pull.pull(image).format());
    }
  }

  @Test
  void proxiesAreTakenFromTheEnvironment() {
    Proxies proxies =
        new Proxies(Map.of("https_proxy", "http://p.example:99", "NO_PROXY", "local,.example.org"));
    assertEquals("HTTP @ p.example/<unresolved>:99", proxy(proxies, "https://x.net/"));
    assertEquals("DIRECT", proxy(proxies, "https://a.example.org/"));
    assertEquals("DIRECT", proxy(proxies, "https://local/"));
    assertEquals("DIRECT", proxy(proxies, "http://x.net/"));
  }

  private static String proxy(Proxies proxies, String uri) {
    return proxies.select(java.net.URI.create(uri)).getFirst().toString();
  }

  @Test
  void theMeterTellsSpeedAndRemainingTime() {
    StringBuilder shown = new StringBuilder();
    long[] now = {0};
    TerminalMeter terminal = new TerminalMeter(shown::append, () -> now[0]);
    terminal.begin("rootfs.tar.xz", 100 << 20, 0);
    now[0] = 2_000_000_000;
    terminal.advance(20 << 20);
    terminal.end();
    assertTrue(
        shown
            .toString()
            .startsWith("\rrootfs.tar.xz  20.0 MiB of 100.0 MiB  20%  10.0 MiB/s  8 s left"),
        shown.toString());
  }

  private List<RemoteImage> images() {
    try (Web web = Web.of(environment)) {
      return server(web).images(meter);
    }
  }

  private StoredImage pull() throws IOException {
    try (Web web = Web.of(environment)) {
      List<RemoteImage> images = server(web).images(meter);
      return new ImagePull(web, store, meter)
          .pull(ImageQuery.parse("debian/bookworm", "amd64", images).choose(images));
    }
  }

  private ImageServer server(Web web) {
    return new ImageServer(server.address(), web, cache());
  }

  private IndexCache cache() {
    return new IndexCache(folder.resolve("index"));
  }

  private void write(String path, byte[] bytes) throws IOException {
    Path file = site.resolve(path.substring(1));
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static String hash(byte[] bytes) throws IOException {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }
}
