package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.model.Origin;
import dev.coffer.model.SeccompPolicy;
import dev.coffer.model.SeccompPolicy.Action;
import dev.coffer.model.SeccompPolicy.ArgumentTest;
import dev.coffer.model.SeccompPolicy.Operator;
import dev.coffer.model.SeccompPolicy.Rule;
import dev.coffer.model.SeccompPolicy.Syscall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shortened filter answers every call as libseccomp's own does. */
class FilterRangesTest {
  private static final int[] ARCHITECTURES = {0xC000003E, 0x40000003, 0xC00000B7, 0x40000028, 0, 2};
  private static final int X32_BIT = 0x40000000;
  private static final int AFTER_LAST_CALL = 1024;

  @BeforeEach
  void libseccompIsHere() {
    assumeTrue(SeccompLibrary.load().isPresent(), "needs the package libseccomp2");
  }

  private static SeccompPolicy random(long seed, boolean compatible) {
    Random random = new Random(seed);
    Action otherwise = random.nextBoolean() ? Action.ALLOW : Action.errno(38);
    Set<String> testedTwice = new HashSet<>();
    List<Rule> rules = new ArrayList<>();
    for (String name : SeccompCompiler.names()) {
      if (random.nextInt(4) == 0) {
        continue;
      }
      Action other = otherwise.equals(Action.ALLOW) ? Action.errno(1) : Action.ALLOW;
      Action action = random.nextInt(10) == 0 ? Action.errno(random.nextInt(2, 5)) : other;
      List<ArgumentTest> tests = new ArrayList<>();
      for (int i = 0; random.nextInt(6) == 0 && i < 3; i++) {
        Operator operator = Operator.values()[random.nextInt(Operator.values().length)];
        tests.add(new ArgumentTest(i, operator, value(random), 0xff00ff00ff00ffL));
      }
      rules.add(rule(name, action, tests));
      if (!tests.isEmpty() && testedTwice.add(name)) {
        rules.add(
            rule(name, action, List.of(new ArgumentTest(5, Operator.EQUAL, value(random), 0))));
      }
    }
    return new SeccompPolicy("/p", compatible, otherwise, rules, Origin.option("/p"));
  }

  private static Rule rule(String name, Action action, List<ArgumentTest> tests) {
    return new Rule(
        Syscall.named(name), Optional.empty(), action, tests, Origin.option("rule of " + name));
  }

  private static long value(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(4);
      case 1 -> 0xff00ff00ff00ffL & random.nextLong();
      case 2 -> (long) random.nextInt(3) << 32 | random.nextInt(3);
      default -> random.nextLong();
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyCallIsAnsweredAsBefore(long seed) {
    SeccompPolicy policy = random(seed, seed % 4 != 0);
    byte[] before = SeccompCompiler.unshortened(policy);
    byte[] after = FilterRanges.rewritten(before);
    Random random = new Random(seed);
    for (int architecture : ARCHITECTURES) {
      for (int number = 0; number < AFTER_LAST_CALL; number++) {
        for (int bits : new int[] {0, X32_BIT, 0x80000000, 0x7ffffc00, 0xfffffc00}) {
          sameAnswer(before, after, architecture, number | bits);
          for (int i = 0; i < 4; i++) {
            long[] arguments = random.longs(6).toArray();
            for (int j = 0; j < 6; j++) {
              arguments[j] = value(random);
            }
            sameAnswer(before, after, architecture, number | bits, arguments);
          }
        }
      }
    }
  }

  private static void sameAnswer(
      byte[] before, byte[] after, int architecture, int number, long... arguments) {
    int expected = FilterMachine.run(before, architecture, number, arguments);
    int answer = FilterMachine.run(after, architecture, number, arguments);
    if (expected != answer) {
      assertEquals(
          Integer.toHexString(expected),
          Integer.toHexString(answer),
          "call " + number + " of " + Integer.toHexString(architecture));
    }
  }

  @Test
  void aFilterOfNeighboursIsShort() {
    List<Rule> rules = new ArrayList<>();
    for (String name : SeccompCompiler.names()) {
      if (!name.startsWith("io_uring")) {
        rules.add(rule(name, Action.ALLOW, List.of()));
      }
    }
    SeccompPolicy policy =
        new SeccompPolicy("/p", true, Action.errno(38), rules, Origin.option("/p"));
    int before = SeccompCompiler.unshortened(policy).length;
    int after = SeccompCompiler.compile(policy).program().length;
    assertTrue(after < before / 3, before + " bytes became " + after);
  }

  /** BPF_ALU: a number that is changed before it is compared. */
  @Test
  void aFilterThatDoesMoreStaysWhatItWas() {
    ByteBuffer code = ByteBuffer.allocate(5 * 8).order(ByteOrder.LITTLE_ENDIAN);
    long[][] program = {
      {0x20, 0, 0, 0}, {0x54, 0, 0, 1}, {0x15, 0, 1, 1}, {0x06, 0, 0, 0}, {0x06, 0, 0, 0x7fff0000}
    };
    for (long[] one : program) {
      code.putShort((short) one[0]).put((byte) one[1]).put((byte) one[2]).putInt((int) one[3]);
    }
    assertArrayEquals(code.array(), FilterRanges.shortened(code.array()));
  }
}
