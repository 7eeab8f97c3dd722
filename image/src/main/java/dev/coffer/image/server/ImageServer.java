package dev.coffer.image.server;

import dev.coffer.model.CofferException;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A server of images, by what it offers: simplestreams, or LXC's older index. */
public final class ImageServer {
  /** The server of the LXC project. */
  public static final String USUAL = "https://images.linuxcontainers.org";

  private static final int LONGEST_INDEX = 12 << 20;
  private static final String CLASSIC = "/meta/1.0/index-system";

  private final URI base;
  private final Web web;
  private final IndexCache cache;

  public ImageServer(String address, Web web, IndexCache cache) {
    this.base = address(address);
    this.web = web;
    this.cache = cache;
  }

  /** With {@code https://} where nothing is said. */
  static URI address(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "https://" + text);
      boolean known = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (known && uri.getHost() != null) {
        String plain = uri.toString();
        return URI.create(plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain);
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new CofferException(
        "\"" + text + "\" is no image server",
        List.of("hint  name it by https://HOST[:PORT][/PATH]"));
  }

  public URI base() {
    return base;
  }

  /**
   * What the server has, each image once, in its newest build.
   *
   * @param meter told when an older list is used because the server does not answer
   */
  public List<RemoteImage> images(Meter meter) {
    try {
      return streams(meter);
    } catch (Web.Missing e) {
      return classic(meter);
    }
  }

  /** By LXC's index, as lxc-download(1); by simplestreams where it has none. */
  public List<RemoteImage> imagesForLxc(Meter meter) {
    try {
      return classic(meter);
    } catch (Web.Missing e) {
      return streams(meter);
    }
  }

  private List<RemoteImage> streams(Meter meter) {
    byte[] index = read("/streams/v1/index.json", meter);
    String path = SimpleStreams.imagesPath(index);
    byte[] images = read("/" + path, meter);
    return SimpleStreams.parse(base, new ByteArrayInputStream(images));
  }

  private List<RemoteImage> classic(Meter meter) {
    return ClassicIndex.parse(base, new String(read(CLASSIC, meter), StandardCharsets.UTF_8));
  }

  private byte[] read(String path, Meter meter) {
    URI uri = URI.create(base + path);
    return cache.read(uri, () -> web.read(uri, LONGEST_INDEX), meter);
  }
}
