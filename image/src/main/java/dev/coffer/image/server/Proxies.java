package dev.coffer.image.server;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The proxies that the caller's environment names: http_proxy, https_proxy, no_proxy. */
final class Proxies extends ProxySelector {
  private static final int USUAL_PORT = 3128;

  private final Map<String, String> environment;

  Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public List<Proxy> select(URI uri) {
    String given = variable(uri.getScheme() + "_proxy");
    if (given.isEmpty()) {
      given = variable("all_proxy");
    }
    return given.isEmpty() || isExempt(uri.getHost())
        ? List.of(Proxy.NO_PROXY)
        : List.of(new Proxy(Proxy.Type.HTTP, address(given)));
  }

  private static InetSocketAddress address(String given) {
    URI proxy = URI.create(given.contains("://") ? given : "http://" + given);
    if (proxy.getHost() == null) {
      throw new CofferException(
          "\"" + given + "\" is not a proxy", List.of("hint  http_proxy=http://HOST:PORT"));
    }
    return new InetSocketAddress(
        proxy.getHost(), proxy.getPort() < 0 ? USUAL_PORT : proxy.getPort());
  }

  private boolean isExempt(String host) {
    for (String entry : variable("no_proxy").split(",")) {
      String name = entry.strip();
      String bare = name.startsWith(".") ? name.substring(1) : name;
      if (name.equals("*")
          || !bare.isEmpty()
              && (host.equalsIgnoreCase(bare)
                  || host.toLowerCase(Locale.ROOT).endsWith("." + bare.toLowerCase(Locale.ROOT)))) {
        return true;
      }
    }
    return false;
  }

  private String variable(String name) {
    String lower = environment.getOrDefault(name, "");
    return lower.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException e) {
    // the request itself fails, and says so
  }
}
