package dev.coffer.image.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.model.CofferException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  private static final String TEXT =
      "{\"a\": {\"x\": [1, \"two\", true, null, 1.5]}, \"b\": {\"k\": \"v\", \"l\": {}}, \"n\": 99999999999999999999}";

  @Test
  void valuesAreLookedThrough() {
    JsonNode node = JsonText.parse(bytes(TEXT), "the text");
    assertEquals(Optional.of(1L), node.member("a").member("x").elements().getFirst().number());
    assertEquals(List.of("two"), node.member("a").member("x").texts());
    assertEquals(Optional.empty(), node.member("n").number());
    assertEquals(Optional.empty(), node.member("missing").member("too").text());
  }

  @Test
  void membersComeOneAfterAnother() {
    List<String> names = new ArrayList<>();
    JsonText.members(
        new ByteArrayInputStream(bytes(TEXT)), "b", "the text", (name, _) -> names.add(name));
    assertEquals(List.of("k", "l"), names);
  }

  @Test
  void depthIsBounded() {
    byte[] deep = bytes("[".repeat(10_000));
    assertThrows(CofferException.class, () -> JsonText.parse(deep, "the text"));
  }

  @RepeatedTest(100)
  void anyDamageIsToldOrHarmless(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    byte[] bytes = bytes(TEXT);
    for (int i = 0; i < 4; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    try {
      JsonText.parse(bytes, "the text");
    } catch (CofferException e) {
      // told: that is the other good end
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
