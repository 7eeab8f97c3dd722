package dev.coffer.tools.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.model.CofferException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestTest {
  private static final String BUILD = "00112233445566778899aabbccddeeff";

  @Test
  void whatTheClientSentIsUnderstood() {
    byte[] payload =
        TestClient.request(
            BUILD,
            5,
            "/srv/ä",
            List.of("/usr/bin/lxc-ls", "", "-f"),
            List.of("A=b=c", "B=", "junk"));
    Request request = Request.decode(payload);
    assertEquals(new BuildId(BUILD), request.build());
    assertEquals(2, request.descriptorCount());
    assertEquals("/srv/ä", request.cwd());
    assertEquals("lxc-ls", request.program());
    assertEquals(List.of("", "-f"), request.arguments());
    assertEquals(Map.of("A", "b=c", "B", ""), request.environment());
    assertEquals(022, request.umask());
  }

  @Test
  void aRequestWithoutWordsHasNoProgram() {
    byte[] payload = TestClient.request(BUILD, 0, "", List.of(), List.of());
    assertEquals("", Request.decode(payload).program());
    assertEquals(List.of(), Request.decode(payload).arguments());
  }

  @Test
  void aRequestCutAnywhereIsRefused() {
    byte[] payload = TestClient.request(BUILD, 7, "/", List.of("a", "bc"), List.of("X=y"));
    for (int length = 0; length < payload.length; length++) {
      byte[] part = Arrays.copyOf(payload, length);
      assertThrows(CofferException.class, () -> Request.decode(part), "length " + length);
    }
    byte[] longer = Arrays.copyOf(payload, payload.length + 1);
    assertThrows(CofferException.class, () -> Request.decode(longer));
  }

  @Test
  void noBytesWhateverCauseAnythingButARefusal() {
    Random random = new Random(1);
    byte[] valid = TestClient.request(BUILD, 7, "/", List.of("a", "bc"), List.of("X=y"));
    for (int i = 0; i < 20_000; i++) {
      byte[] forged = valid.clone();
      for (int j = 0; j < 3; j++) {
        forged[random.nextInt(forged.length)] = (byte) random.nextInt();
      }
      try {
        Request.decode(forged);
      } catch (CofferException e) {
        // That is how it refuses.
      }
    }
  }
}
