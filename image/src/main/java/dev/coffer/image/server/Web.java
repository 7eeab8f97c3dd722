package dev.coffer.image.server;

import dev.coffer.model.CofferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Fetches over HTTPS. What is listed and fetched decides what runs as root in containers, so a
 * server without TLS must be asked for by its {@code http://}, and TLS is never left on the way.
 */
public final class Web implements AutoCloseable {
  /** A file of certificates (PEM) that are believed instead of the system's. */
  public static final String CERTIFICATES = "COFFER_CA_FILE";

  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int MOST_REDIRECTS = 5;
  private static final int NOT_FOUND = 404;
  private static final int CHUNK = 64 << 10;

  private final HttpClient client;
  private final Duration patience;

  private Web(HttpClient client, Duration patience) {
    this.client = client;
    this.patience = patience;
  }

  /** By the proxies and certificates of the caller's environment. */
  public static Web of(Map<String, String> environment) {
    return of(environment, ANSWER);
  }

  /**
   * @param patience how long nothing may arrive
   */
  static Web of(Map<String, String> environment, Duration patience) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(new Proxies(environment));
    String certificates = environment.getOrDefault(CERTIFICATES, "");
    if (!certificates.isEmpty()) {
      builder.sslContext(trusting(Path.of(certificates)));
    }
    return new Web(builder.build(), patience);
  }

  private static SSLContext trusting(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca" + store.size(), one);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new CofferException(
          "cannot read the certificates of " + CERTIFICATES + " \"" + file + "\"",
          List.of("cause  " + e.getMessage()));
    }
  }

  /** A small file as a whole. */
  public byte[] read(URI uri, int most) {
    try (Body body = open(uri, 0)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] chunk = new byte[CHUNK];
      for (int count; (count = body.read(chunk)) >= 0; ) {
        bytes.write(chunk, 0, count);
        if (bytes.size() > most) {
          throw new CofferException(uri + " is longer than " + most + " bytes");
        }
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw failure(uri, e);
    }
  }

  /**
   * Begins to fetch.
   *
   * @param from the first byte that is wanted; {@link Body#start} says whether the server obeys
   */
  Body open(URI uri, long from) throws IOException {
    URI at = uri;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpResponse<InputStream> answer = ask(at, from);
      int status = answer.statusCode();
      if (status == 200 || status == 206 && from > 0) {
        long length = answer.headers().firstValueAsLong("content-length").orElse(-1);
        return new Body(answer.body(), status == 206 ? from : 0, length, patience);
      }
      answer.body().close();
      String location = answer.headers().firstValue("location").orElse("");
      if (status / 100 != 3 || location.isEmpty()) {
        throw refused(uri, status);
      }
      at = redirected(at, location);
    }
    throw new CofferException(uri + " leads from place to place without end");
  }

  /**
   * What a server says to a request with headers of its own, whatever its status.
   *
   * @param body is closed by whoever gets it
   */
  public record Answer(int status, HttpHeaders headers, InputStream body) {
    /** The first of this name. */
    public Optional<String> header(String name) {
      return headers.firstValue(name);
    }
  }

  /**
   * Asks with headers. Redirects are followed; a name and a password stay with the host they are
   * for.
   */
  public Answer fetch(URI uri, Map<String, String> headers) throws IOException {
    URI at = uri;
    Map<String, String> sent = new HashMap<>(headers);
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpResponse<InputStream> answer;
      try {
        answer = ask(at, 0, sent);
      } catch (IOException e) {
        throw failure(at, e);
      }
      String location = answer.headers().firstValue("location").orElse("");
      if (answer.statusCode() / 100 != 3 || location.isEmpty()) {
        long length = answer.headers().firstValueAsLong("content-length").orElse(-1);
        return new Answer(
            answer.statusCode(), answer.headers(), new Body(answer.body(), 0, length, patience));
      }
      answer.body().close();
      URI to = redirected(at, location);
      if (!String.valueOf(to.getAuthority()).equals(at.getAuthority())) {
        sent.remove("authorization");
      }
      at = to;
    }
    throw new CofferException(uri + " leads from place to place without end");
  }

  private static URI redirected(URI from, String location) {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new CofferException(from + " leads to no address");
    }
    boolean secure = "https".equals(to.getScheme());
    if (!secure && !("http".equals(to.getScheme()) && "http".equals(from.getScheme()))) {
      throw new CofferException(
          from + " leads to " + to.getScheme() + "://, out of TLS",
          List.of("hint  that is not followed; name the right server"));
    }
    return to;
  }

  private HttpResponse<InputStream> ask(URI uri, long from) throws IOException {
    return ask(uri, from, Map.of());
  }

  private HttpResponse<InputStream> ask(URI uri, long from, Map<String, String> headers)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(patience).header("user-agent", "coffer");
    headers.forEach(request::header);
    if (from > 0) {
      request.header("range", "bytes=" + from + "-");
    }
    try {
      return client.send(request.GET().build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while fetching " + uri);
    } catch (IllegalArgumentException e) {
      throw new CofferException(uri + " is no address to fetch from");
    }
  }

  private static CofferException refused(URI uri, int status) {
    return status == NOT_FOUND ? new Missing(uri) : new Refused(uri, status);
  }

  /** The server has no such file. */
  static final class Missing extends CofferException {
    private static final long serialVersionUID = 1L;

    Missing(URI uri) {
      super("the server has no " + uri + " (404)");
    }
  }

  /** The server does not give the file. */
  static final class Refused extends CofferException {
    private static final long serialVersionUID = 1L;

    Refused(URI uri, int status) {
      super("the server does not give " + uri + ": status " + status);
    }
  }

  static CofferException failure(URI uri, IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    CofferException failure =
        new CofferException(
            "cannot fetch " + uri,
            List.of(
                "cause  " + why,
                "hint  look at the network, http_proxy and https_proxy; what is in the cache can be"
                    + " used without"));
    failure.initCause(e);
    return failure;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
