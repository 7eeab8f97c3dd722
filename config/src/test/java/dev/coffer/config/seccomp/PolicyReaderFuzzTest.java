package dev.coffer.config.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.Problem;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a file holds, reading it ends, and ends either with a policy or with a reason. */
class PolicyReaderFuzzTest {
  private static final List<String> PIECES =
      List.of(
          "2",
          "1",
          "\n",
          "\n",
          "\n",
          "allowlist",
          "denylist",
          "errno",
          " ",
          " ",
          "1",
          "kill",
          "read",
          "[all]",
          "[",
          "]",
          ",",
          "==",
          "&=",
          "SCMP_CMP_NE",
          "0x",
          "0xffff",
          "-1",
          "#",
          "reject_force_umount",
          "\t",
          "\r",
          "\0",
          "é",
          "99999999999999999999",
          "trace",
          "[x86]");

  @Test
  void noTextBreaksTheReader() {
    Random random = new Random(1);
    for (int i = 0; i < 50_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "2\ndenylist\n" : "");
      for (int words = random.nextInt(30); words > 0; words--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      if (random.nextInt(8) == 0 && !text.isEmpty()) {
        text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(0x300));
      }
      PolicyReader.Result result = PolicyReader.read(text.toString(), "/p");
      boolean failed = result.problems().stream().anyMatch(Problem::isError);
      assertEquals(failed, result.policy().isEmpty(), text::toString);
      result.problems().forEach(problem -> assertTrue(problem.origin().line() > 0));
    }
  }
}
