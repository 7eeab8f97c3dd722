package dev.coffer.image.json;

import dev.coffer.model.CofferException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON (RFC 8259) with limits on depth and lengths. */
public final class JsonText {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(64)
                  .maxStringLength(1 << 20)
                  .maxNameLength(4096)
                  .maxNumberLength(30)
                  .build())
          .build();

  private JsonText() {}

  /**
   * A whole text.
   *
   * @param subject what it is, for the message of a failure
   */
  public static JsonNode parse(byte[] text, String subject) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      JsonNode node = node(parser);
      if (parser.nextToken() != null) {
        throw wrong(subject, "there is more after its end");
      }
      return node;
    } catch (JacksonException e) {
      throw wrong(subject, e.getOriginalMessage());
    }
  }

  /**
   * The members of one member of the text's object, one after another: the whole text need not fit
   * into memory.
   */
  public static void members(
      InputStream text, String member, String subject, BiConsumer<String, JsonNode> each) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw wrong(subject, "it is not an object");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean wanted = parser.currentName().equals(member);
        if (parser.nextToken() == JsonToken.START_OBJECT && wanted) {
          while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            each.accept(name, node(parser));
          }
        } else {
          parser.skipChildren();
        }
      }
    } catch (JacksonException e) {
      throw wrong(subject, e.getOriginalMessage());
    }
  }

  private static JsonNode node(JsonParser parser) {
    return new JsonNode(
        switch (parser.currentToken()) {
          case null -> null;
          case START_OBJECT -> object(parser);
          case START_ARRAY -> array(parser);
          case VALUE_STRING -> parser.getString();
          case VALUE_NUMBER_INT -> whole(parser);
          case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
          case VALUE_TRUE -> Boolean.TRUE;
          case VALUE_FALSE -> Boolean.FALSE;
          default -> null;
        });
  }

  /** A number beyond 64 bits is kept as no whole number. */
  private static Object whole(JsonParser parser) {
    return switch (parser.getNumberType()) {
      case INT, LONG -> (Object) parser.getLongValue();
      default -> (Object) parser.getDoubleValue();
    };
  }

  private static Map<String, JsonNode> object(JsonParser parser) {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, node(parser));
    }
    return members;
  }

  private static List<JsonNode> array(JsonParser parser) {
    List<JsonNode> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(node(parser));
    }
    return elements;
  }

  private static CofferException wrong(String subject, String why) {
    String clean = why.replaceAll("\\p{Cntrl}", " ");
    return new CofferException(
        subject + " is not the JSON it should be",
        List.of("cause  " + (clean.length() > 200 ? clean.substring(0, 200) + "…" : clean)));
  }
}
