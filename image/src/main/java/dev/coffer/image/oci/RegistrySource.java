package dev.coffer.image.oci;

import dev.coffer.image.json.JsonText;
import dev.coffer.image.server.Web;
import dev.coffer.image.server.Web.Answer;
import dev.coffer.model.CofferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A registry, OCI distribution specification; its tokens are those of Docker's registry. */
final class RegistrySource implements OciSource {
  /** Hosts, with their ports, that may be asked without TLS; separated by commas. */
  static final String INSECURE = "COFFER_INSECURE_REGISTRIES";

  private static final String ACCEPT =
      String.join(
          ", ",
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.docker.distribution.manifest.v2+json");
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY = 429;

  private final ImageReference.Registry reference;
  private final Web web;
  private final Credentials credentials;
  private final String base;
  private Optional<String> authorization = Optional.empty();

  RegistrySource(
      ImageReference.Registry reference, Credentials credentials, Map<String, String> environment) {
    this.reference = reference;
    this.credentials = credentials;
    this.web = Web.of(environment);
    boolean insecure =
        Arrays.asList(environment.getOrDefault(INSECURE, "").split(","))
            .contains(reference.registry());
    String host =
        reference.registry().equals("docker.io") ? "registry-1.docker.io" : reference.registry();
    this.base = (insecure ? "http://" : "https://") + host + "/v2/" + reference.repository();
  }

  @Override
  public byte[] named() throws IOException {
    String which = reference.digest().or(reference::tag).orElse("latest");
    return whole("/manifests/" + which, LayoutSource.LONGEST);
  }

  @Override
  public byte[] manifest(Descriptor wanted) throws IOException {
    return whole("/manifests/" + wanted.digest(), LayoutSource.LONGEST);
  }

  @Override
  public InputStream blob(Descriptor wanted) throws IOException {
    return ask("/blobs/" + wanted.digest()).body();
  }

  private byte[] whole(String path, int most) throws IOException {
    try (InputStream in = ask(path).body()) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      byte[] chunk = new byte[8192];
      for (int count; (count = in.read(chunk)) >= 0; ) {
        bytes.write(chunk, 0, count);
        if (bytes.size() > most) {
          throw new CofferException("the registry's answer is too long for a manifest");
        }
      }
      return bytes.toByteArray();
    }
  }

  private Answer ask(String path) throws IOException {
    URI uri = URI.create(base + path);
    Answer answer = web.fetch(uri, headers());
    if (answer.status() == UNAUTHORIZED) {
      answer.body().close();
      authorize(answer.header("www-authenticate").orElse(""));
      answer = web.fetch(uri, headers());
    }
    if (answer.status() == 200) {
      return answer;
    }
    answer.body().close();
    throw refused(answer.status(), path);
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>(Map.of("accept", ACCEPT));
    authorization.ifPresent(value -> headers.put("authorization", value));
    return headers;
  }

  /** With the name and password that are known for the registry, or as nobody. */
  private void authorize(String challenge) throws IOException {
    Optional<String> basic = credentials.basic(reference.registry());
    if (challenge.regionMatches(true, 0, "Basic", 0, 5)) {
      authorization = basic;
      return;
    }
    Map<String, String> parameters = new HashMap<>();
    Matcher each = PARAMETER.matcher(challenge);
    while (each.find()) {
      parameters.put(each.group(1), each.group(2));
    }
    String realm = parameters.getOrDefault("realm", "");
    if (!challenge.regionMatches(true, 0, "Bearer", 0, 6) || realm.isEmpty()) {
      return;
    }
    if (base.startsWith("https:") && !realm.startsWith("https:")) {
      throw new CofferException("the registry sends its users out of TLS, to " + realm);
    }
    String query =
        "service="
            + encoded(parameters.getOrDefault("service", ""))
            + "&scope="
            + encoded("repository:" + reference.repository() + ":pull");
    Map<String, String> headers = new HashMap<>();
    basic.ifPresent(value -> headers.put("authorization", value));
    Answer answer =
        web.fetch(URI.create(realm + (realm.contains("?") ? "&" : "?") + query), headers);
    try (InputStream in = answer.body()) {
      if (answer.status() != 200) {
        throw refused(answer.status(), "");
      }
      var node = JsonText.parse(in.readNBytes(1 << 20), "the registry's token");
      authorization =
          node.member("token")
              .text()
              .or(() -> node.member("access_token").text())
              .map(t -> "Bearer " + t);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private CofferException refused(int status, String path) {
    String why =
        switch (status) {
          case UNAUTHORIZED, 403 ->
              "the registry asks for a name and a password, or does not give the image to this one";
          case 404 ->
              path.startsWith("/blobs") ? "a part of it is missing" : "there is none of this name";
          case TOO_MANY -> "the registry wants to be left alone for a while";
          default -> "the registry answers with status " + status;
        };
    String hint =
        switch (status) {
          case UNAUTHORIZED, 403 ->
              "podman login " + reference.registry() + ", or --username and --password";
          case 404 -> "look at the spelling of name and tag";
          default -> "try again later";
        };
    return new CofferException(
        "cannot fetch " + reference.describe() + ": " + why, List.of("hint  " + hint));
  }

  @Override
  public void close() {
    web.close();
  }
}
