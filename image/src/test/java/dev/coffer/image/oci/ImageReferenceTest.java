package dev.coffer.image.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
  private static final Path HERE = Path.of("/home/user");
  private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

  private static ImageReference parse(String text) {
    return ImageReference.parse(text, HERE);
  }

  @ParameterizedTest
  @CsvSource({
    "docker://alpine, docker://docker.io/library/alpine:latest",
    "docker://alpine:3.20, docker://docker.io/library/alpine:3.20",
    "docker://user/app, docker://docker.io/user/app:latest",
    "docker://index.docker.io/alpine, docker://docker.io/library/alpine:latest",
    "docker://localhost/app, docker://localhost/app:latest",
    "docker://localhost:5000/a/b/c:x, docker://localhost:5000/a/b/c:x",
    "docker://[::1]:5000/app, docker://[::1]:5000/app:latest",
    "docker://Registry/app, docker://Registry/app:latest",
    "docker://quay.io/a__b/c-d--e.f, docker://quay.io/a__b/c-d--e.f:latest",
    "oci:images/one, oci:/home/user/images/one",
    "oci:/srv/one:v1, oci:/srv/one:v1",
    "oci-archive:../one.tar, oci-archive:/home/user/../one.tar",
    "docker-archive:/srv/one.tar:host:5000/app:v1, docker-archive:/srv/one.tar:host:5000/app:v1"
  })
  void aReferenceIsReadInFullAndReadsItselfAgain(String text, String full) {
    assertEquals(full, parse(text).describe());
    assertEquals(parse(text), parse(full));
  }

  @Test
  void aDigestStandsAloneOrBesideATag() {
    assertEquals(
        "docker://docker.io/library/alpine@" + DIGEST,
        parse("docker://alpine@" + DIGEST).describe());
    assertEquals(
        "docker://docker.io/library/alpine:3@" + DIGEST,
        parse("docker://alpine:3@" + DIGEST).describe());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "alpine",
        "docker://",
        "docker:///app",
        "docker://App",
        "docker://a//b",
        "docker://a/../b",
        "docker://host.example/",
        "docker://user@host.example/app",
        "docker://user:word@host.example/app",
        "docker://host.example:0/app",
        "docker://host.example:65536/app",
        "docker://host.example:x/app",
        "docker://-host.example/app",
        "docker://app:",
        "docker://app:a/b:c?x",
        "docker://app@sha256:12",
        "docker://app@md5:d41d8cd98f00b204e9800998ecf8427e",
        "docker://app%2f..%2fb",
        "docker://app\nHost: other",
        "oci:",
        "oci::name",
        "oci:/srv/\ud800",
        "oci:/srv/one:",
        "http://host.example/app"
      })
  void whatNamesNoImageIsRefused(String text) {
    assertThrows(CofferException.class, () -> parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "docker://app@sha256:12, the digest is not sha256: or sha512: with its digits",
    "docker://a:70000/app, the port is not 1 to 65535",
    "docker://Host/App, a repository cannot be called \"App\"",
    "alpine, it does not say where the image is"
  })
  void theRefusalSaysWhatIsWrongAndHowItIsSpelt(String text, String why) {
    CofferException refusal = assertThrows(CofferException.class, () -> parse(text));
    assertEquals("\"" + text + "\" names no image: " + why, refusal.getMessage());
    assertEquals(
        "hint  docker://[REGISTRY/]NAME[:TAG][@DIGEST], oci:PATH[:NAME],"
            + " oci-archive:PATH[:NAME] or docker-archive:PATH[:NAME]",
        refusal.details().getFirst());
  }

  @Test
  void controlCharactersDoNotReachTheTerminal() {
    CofferException refusal =
        assertThrows(CofferException.class, () -> parse("docker://a\u001b[2J\u009b"));
    assertEquals(
        "\"docker://a?[2J?\" names no image: it has control characters", refusal.getMessage());
  }

  @Test
  void longNamesAreRefused() {
    assertThrows(CofferException.class, () -> parse("docker://" + "a".repeat(256)));
    assertThrows(CofferException.class, () -> parse("oci:" + "a".repeat(100_000)));
    assertThrows(CofferException.class, () -> parse("docker://app:" + "a".repeat(129)));
  }

  @Test
  void anyTextIsReadOrRefusedAndWhatIsReadHasNoWayOutOfAnAddress() {
    Random random = new Random(1);
    String letters = "ab0.:/@-_[]A%? \n";
    for (int round = 0; round < 200_000; round++) {
      StringBuilder text = new StringBuilder("docker://");
      for (int left = random.nextInt(12); left >= 0; left--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      try {
        ImageReference found = parse(text.toString());
        assertEquals(found, parse(found.describe()));
        assertTrue(
            found instanceof ImageReference.Registry image
                && image.repository().matches("[a-z0-9._/-]+")
                && !image.repository().contains(".."));
      } catch (CofferException _) {
        // refused: as good
      }
    }
  }
}
