package dev.coffer.image.oci;

import dev.coffer.image.oci.ImageReference.Form;
import dev.coffer.image.oci.ImageReference.Local;
import dev.coffer.image.oci.ImageReference.Registry;
import dev.coffer.model.CofferException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Takes a reference apart, by the grammar of the distribution project's package reference. */
final class ReferenceGrammar {
  private static final String DOCKER = "docker://";
  private static final String DOCKER_HUB = "docker.io";
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_TEXT = 4096 + LONGEST_NAME;
  private static final int SHOWN = 60;
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+]");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");

  private ReferenceGrammar() {}

  static ImageReference parse(String text, Path directory) {
    if (text.length() > LONGEST_TEXT) {
      throw refused(text.substring(0, SHOWN) + "…", "it is too long");
    }
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw refused(text.replaceAll("[\\x00-\\x1f\\x7f-\\x9f]", "?"), "it has control characters");
    }
    if (text.startsWith(DOCKER)) {
      return registry(text);
    }
    int colon = text.indexOf(':');
    for (Form form : Form.values()) {
      if (colon > 0 && text.substring(0, colon).equals(form.word)) {
        return local(form, text, text.substring(colon + 1), directory);
      }
    }
    throw refused(text, "it does not say where the image is");
  }

  private static Local local(Form form, String text, String rest, Path directory) {
    int colon = rest.indexOf(':');
    String path = colon < 0 ? rest : rest.substring(0, colon);
    String name = colon < 0 ? "" : rest.substring(colon + 1);
    check(!path.isEmpty(), text, "the path is missing");
    check(colon < 0 || !name.isEmpty(), text, "the name after the path is empty");
    Optional<String> named = Optional.of(name).filter(word -> !word.isEmpty());
    try {
      // not normalized: the kernel's ".." goes by where a link leads
      return new Local(form, directory.resolve(path).toAbsolutePath(), named);
    } catch (InvalidPathException e) {
      throw refused(text, "the path cannot be written in this system's character set");
    }
  }

  private static Registry registry(String text) {
    String rest = text.substring(DOCKER.length());
    int at = rest.indexOf('@');
    Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(rest.substring(at + 1));
    String named = at < 0 ? rest : rest.substring(0, at);
    digest.ifPresent(
        word -> check(DIGEST, word, text, "the digest is not sha256: or sha512: with its digits"));

    int colon = named.indexOf(':', named.lastIndexOf('/') + 1);
    Optional<String> tag = colon < 0 ? Optional.empty() : Optional.of(named.substring(colon + 1));
    tag.ifPresent(word ->
        check(TAG, word, text, "the tag is not 1 to 128 letters, digits, \"_\", \".\" and \"-\""));
    String name = colon < 0 ? named : named.substring(0, colon);
    check(name.length() <= LONGEST_NAME, text, "the name is too long");
    return registry(
        text, name, tag.isEmpty() && digest.isEmpty() ? Optional.of("latest") : tag, digest);
  }

  private static Registry registry(
      String text, String name, Optional<String> tag, Optional<String> digest) {
    int slash = name.indexOf('/');
    boolean hosted = slash > 0 && isHost(name.substring(0, slash));
    String host = hosted ? name.substring(0, slash) : DOCKER_HUB;
    String path = hosted ? name.substring(slash + 1) : name;
    host = host.equals("index.docker.io") ? DOCKER_HUB : host;
    checkHost(host, text);
    for (String component : path.split("/", -1)) {
      check(COMPONENT, component, text, "a repository cannot be called \"" + path + "\"");
    }
    boolean official = host.equals(DOCKER_HUB) && path.indexOf('/') < 0;
    return new Registry(host, official ? "library/" + path : path, tag, digest);
  }

  /** A first word is a host if it could be no part of a repository's name. */
  private static boolean isHost(String word) {
    return word.equals("localhost")
        || word.chars().anyMatch(c -> c == '.' || c == ':' || Character.isUpperCase(c));
  }

  private static void checkHost(String host, String text) {
    int colon = host.indexOf(':', host.lastIndexOf(']') + 1);
    String port = colon < 0 ? "" : host.substring(colon + 1);
    check(
        HOST,
        colon < 0 ? host : host.substring(0, colon),
        text,
        "the registry is not a host's name");
    if (colon >= 0) {
      check(PORT, port, text, "the port is not 1 to 65535");
      int number = Integer.parseInt(port);
      check(number > 0 && number < 65536, text, "the port is not 1 to 65535");
    }
  }

  private static void check(Pattern pattern, String word, String text, String why) {
    check(pattern.matcher(word).matches(), text, why);
  }

  private static void check(boolean right, String text, String why) {
    if (!right) {
      throw refused(text, why);
    }
  }

  private static CofferException refused(String text, String why) {
    return new CofferException(
        "\"" + text + "\" names no image: " + why,
        List.of(
            "hint  docker://[REGISTRY/]NAME[:TAG][@DIGEST], oci:PATH[:NAME],"
                + " oci-archive:PATH[:NAME] or docker-archive:PATH[:NAME]"));
  }
}
