package dev.coffer.image.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.coffer.image.archive.TarEntry.Extent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of a POSIX.1-2001 extended header, pax(1): {@code LENGTH KEY=VALUE\n}. Values are raw
 * bytes: GNU tar stores attributes as they are.
 */
final class PaxRecords {
  private static final String ATTRIBUTE = "SCHILY.xattr.";
  private static final int NANO_DIGITS = 9;

  private final Map<String, String> values = new HashMap<>();
  private final List<Long> sparse = new ArrayList<>();

  /** Adds records; an empty value takes an earlier one back. */
  void read(byte[] bytes) {
    for (int at = 0; at < bytes.length; ) {
      int space = indexOf(bytes, ' ', at);
      int length = (int) parse(new String(bytes, at, space - at, ISO_8859_1), bytes.length - at);
      int end = at + length;
      if (end <= space || bytes[end - 1] != '\n') {
        throw ArchiveException.damaged("a record of an extended header has a wrong length");
      }
      int equals = indexOf(bytes, '=', space + 1);
      if (equals >= end) {
        throw ArchiveException.damaged("a record of an extended header has no value");
      }
      add(
          new String(bytes, space + 1, equals - space - 1, ISO_8859_1),
          new String(bytes, equals + 1, end - equals - 2, ISO_8859_1));
      at = end;
    }
  }

  private void add(String key, String value) {
    switch (key) {
      // the only keys that are meant to be repeated, version 0.0 of sparse files
      case "GNU.sparse.offset", "GNU.sparse.numbytes" -> sparse.add(parse(value, Long.MAX_VALUE));
      default -> {
        if (value.isEmpty() && !key.startsWith(ATTRIBUTE)) {
          values.remove(key);
        } else {
          values.put(key, value);
        }
      }
    }
  }

  Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key));
  }

  long number(String key, long otherwise) {
    String value = values.get(key);
    return value == null ? otherwise : parse(value, Long.MAX_VALUE);
  }

  /** Seconds since 1970, rounded down where the value has a fraction. */
  long seconds(long otherwise) {
    return text("mtime").map(PaxRecords::wholeSeconds).orElse(otherwise);
  }

  /** The nanoseconds after {@link #seconds}. */
  int nanos() {
    return text("mtime").map(PaxRecords::nanosOf).orElse(0);
  }

  Map<String, byte[]> attributes() {
    Map<String, byte[]> found = new HashMap<>();
    values.forEach((key, value) -> {
      if (key.startsWith(ATTRIBUTE)) {
        found.put(key.substring(ATTRIBUTE.length()), value.getBytes(ISO_8859_1));
      }
    });
    return found;
  }

  /** The map of a sparse file of versions 0.0 and 0.1; empty where there is none here. */
  Optional<List<Extent>> sparseMap() {
    List<Long> numbers = new ArrayList<>(sparse);
    text("GNU.sparse.map")
        .ifPresent(map -> {
          for (String number : map.split(",")) {
            numbers.add(parse(number, Long.MAX_VALUE));
          }
        });
    return numbers.isEmpty() && !values.containsKey("GNU.sparse.map")
        ? Optional.empty()
        : Optional.of(SparseMaps.pairs(numbers));
  }

  private static long parse(String text, long most) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw ArchiveException.damaged("an extended header has a number that cannot be");
  }

  private static long wholeSeconds(String time) {
    int point = time.indexOf('.');
    String whole = point < 0 ? time : time.substring(0, point);
    try {
      long seconds = Long.parseLong(whole);
      return time.startsWith("-") && nanosOf(time) > 0 ? seconds - 1 : seconds;
    } catch (NumberFormatException e) {
      throw ArchiveException.damaged("an extended header has a time that is none");
    }
  }

  private static int nanosOf(String time) {
    int point = time.indexOf('.');
    if (point < 0) {
      return 0;
    }
    String digits = (time.substring(point + 1) + "0".repeat(NANO_DIGITS)).substring(0, NANO_DIGITS);
    int nanos = (int) parse(digits, 999_999_999);
    return time.startsWith("-") && nanos > 0 ? 1_000_000_000 - nanos : nanos;
  }

  private static int indexOf(byte[] bytes, char wanted, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    throw ArchiveException.damaged("an extended header ends in the middle of a record");
  }
}
