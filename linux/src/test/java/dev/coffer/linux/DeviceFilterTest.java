package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceFilterTest {
  @Test
  void rulesAreReadAsCgroupV1WritesThem() {
    assertEquals(new DeviceRule('c', 1, 3, "rwm", true), allow("c 1:3 rwm"));
    assertEquals(new DeviceRule('b', -1, -1, "m", false), deny("b *:* m"));
    assertEquals(new DeviceRule('a', -1, -1, "rwm", true), allow("a"));
    assertEquals(allow("a"), allow("a 5:* r"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "c",
        "d 1:3 r",
        "c 1:3",
        "c 1 r",
        "c 1:3 x",
        "c -1:3 r",
        "c 1:3 rwmr",
        "c 99999999999:1 r"
      })
  void whatIsNoRuleIsRefused(String text) {
    assertEquals(Optional.empty(), DeviceRule.parse(text, true));
  }

  /** Rules come from users; whatever they write is a rule or none. */
  @Test
  void noTextBreaksTheReader() {
    Random random = new Random(5);
    String letters = "abcrwm:* -+0123456789\t\u00e9";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "c 1:3 " : "");
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      DeviceRule.parse(text.toString(), true).ifPresent(rule -> assertTrue(rule.major() >= -1));
    }
  }

  @Test
  void theInstructionsAreThoseOfTheKernel() {
    DeviceFilter filter = DeviceFilter.of(List.of(deny("a"), allow("c 1:3 rw")));
    String expected =
        """
        61 12 0000 00000000  r2 = context.access_type
        bc 23 0000 00000000  r3 = r2
        54 02 0000 ffff0000  r2 &= 0xffff
        74 03 0000 10000000  r3 >>= 16
        61 14 0400 00000000  r4 = context.major
        61 15 0800 00000000  r5 = context.minor
        55 02 0600 02000000  if r2 != char skip 6
        55 04 0500 01000000  if r4 != 1 skip 5
        55 05 0400 03000000  if r5 != 3 skip 4
        54 03 0000 f9ffffff  r3 &= ~(read, write)
        55 03 0200 00000000  if r3 != 0 skip 2
        b4 00 0000 01000000  return 1
        95 00 0000 00000000
        b4 00 0000 00000000  return 0
        95 00 0000 00000000
        """;
    assertEquals(instructions(expected), HexFormat.of().formatHex(filter.encode()));
  }

  @ParameterizedTest
  @CsvSource({
    "c 1:3 r,   true",
    "c 1:3 rw,  true",
    "c 1:3 m,   false",
    "c 1:5 rwm, true",
    "c 1:7 r,   false",
    "c 5:1 r,   true",
    "c 5:1 w,   true",
    "c 5:1 rw,  true",
    "c 5:2 w,   false",
    "b 1:3 r,   false",
    "b 8:0 m,   true",
    "b 8:0 rm,  false",
  })
  void theLastRuleDecidesOnEachAccess(String access, boolean allowed) {
    DeviceFilter filter =
        DeviceFilter.of(
            List.of(
                allow("b 1:3 rwm"), // forgotten with the next
                deny("a"),
                allow("b *:* m"),
                allow("c 1:* rw"),
                deny("c 1:7 r"),
                allow("c 1:5 m"),
                allow("c 5:1 r"),
                allow("c 5:1 w"),
                allow("c 5:2 rw"),
                deny("c 5:2 w")));
    assertEquals(allowed, BpfMachine.run(filter.encode(), allow(access)));
  }

  @Test
  void withoutARuleForAllEverythingElseIsAllowed() {
    DeviceFilter filter = DeviceFilter.of(List.of(deny("c 1:3 w")));
    assertEquals(true, BpfMachine.run(filter.encode(), allow("c 1:3 r")));
    assertEquals(false, BpfMachine.run(filter.encode(), allow("c 1:3 rw")));
    assertEquals(true, BpfMachine.run(filter.encode(), allow("b 7:7 rwm")));
  }

  @Test
  void theProgramAgreesWithAPlainReadingOfTheRules() {
    Random random = new Random(11);
    for (int round = 0; round < 2000; round++) {
      List<DeviceRule> rules = new ArrayList<>();
      for (int i = random.nextInt(8); i > 0; i--) {
        rules.add(rule(random, random.nextInt(9) == 0 ? "a" : "bc", random.nextBoolean()));
      }
      DeviceRule access =
          new DeviceRule(
              "bc".charAt(random.nextInt(2)),
              random.nextInt(2),
              random.nextInt(2),
              access(random),
              true);
      byte[] program = DeviceFilter.of(rules).encode();
      assertEquals(
          plainly(rules, access), BpfMachine.run(program, access), () -> rules + " " + access);
    }
  }

  @Test
  void theKernelTakesAndObeysTheProgram() throws Exception {
    Path top = CgroupTrees.read().unified().map(CgroupTrees.Tree::ownDirectory).orElse(null);
    assumeTrue(top != null && top.toFile().canWrite(), "no v2 cgroup of ours");
    Path cgroup = top.resolve("coffer-test-" + Processes.self() + "-devices");
    CgroupDirs.make(cgroup);
    try (Fd directory = HostFiles.open(cgroup, OpenFlags.DIRECTORY, 0)) {
      assumeTrue(isLoadable(), "bpf(2) does not load device programs here");
      DevicePrograms.apply(directory, DeviceFilter.of(List.of(deny("a"), allow("c 1:3 rwm"))));
      assertEquals("null", readers(cgroup));
      DevicePrograms.apply(directory, DeviceFilter.of(List.of(deny("a"), allow("c 1:* rwm"))));
      assertEquals("nullzero", readers(cgroup));
      List<Fd> programs = DevicePrograms.attached(directory);
      assertEquals(1, programs.size());
      DevicePrograms.detach(directory, programs.getFirst());
      Fds.close(programs);
      assertEquals(List.of(), DevicePrograms.attached(directory));
    } finally {
      CgroupDirs.remove(cgroup, Duration.ofSeconds(10));
    }
  }

  @Test
  void anUnknownAccessCannotBeWrittenDown() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new DeviceRule('c', 1, 3, "x", true));
    assertEquals("not a device rule: c 1:3 x", e.getMessage());
  }

  /** Per access the last rule that speaks of it, as the class comment says. */
  private static boolean plainly(List<DeviceRule> rules, DeviceRule wanted) {
    return wanted
        .access()
        .chars()
        .allMatch(letter -> {
          boolean allowed = true;
          for (DeviceRule rule : rules) {
            boolean applies =
                rule.isForAll()
                    || rule.type() == wanted.type()
                        && (rule.major() < 0 || rule.major() == wanted.major())
                        && (rule.minor() < 0 || rule.minor() == wanted.minor())
                        && rule.access().indexOf(letter) >= 0;
            allowed = applies ? rule.allow() : allowed;
          }
          return allowed;
        });
  }

  private static DeviceRule rule(Random random, String types, boolean allow) {
    char type = types.charAt(random.nextInt(types.length()));
    return new DeviceRule(
        type, random.nextInt(3) - 1, random.nextInt(3) - 1, access(random), allow);
  }

  private static String access(Random random) {
    String[] all = {"r", "w", "m", "rw", "rm", "wm", "rwm"};
    return all[random.nextInt(all.length)];
  }

  private static boolean isLoadable() {
    try (Fd program = DevicePrograms.load(DeviceFilter.of(List.of()))) {
      return program.isOpen();
    } catch (KernelException e) {
      return false;
    }
  }

  /** Which of null and zero a process in the cgroup can open. */
  private static String readers(Path cgroup) throws Exception {
    String script =
        "echo $$ > "
            + cgroup
            + "/cgroup.procs; for d in null zero; do (: < /dev/$d) 2>/dev/null && printf $d; done;"
            + " true";
    Process process = new ProcessBuilder("/bin/sh", "-c", script).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor());
    return output;
  }

  private static String instructions(String listing) {
    StringBuilder hex = new StringBuilder();
    listing.lines().forEach(line -> hex.append(line.substring(0, 19).replace(" ", "")));
    assertTrue(hex.length() % 16 == 0);
    return hex.toString();
  }

  private static DeviceRule allow(String text) {
    return DeviceRule.parse(text, true).orElseThrow();
  }

  private static DeviceRule deny(String text) {
    return DeviceRule.parse(text, false).orElseThrow();
  }

  /** As much of the kernel's machine as the filter uses. */
  private static final class BpfMachine {
    static boolean run(byte[] program, DeviceRule access) {
      ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
      int bits =
          (access.access().contains("m") ? 1 : 0)
              | (access.access().contains("r") ? 2 : 0)
              | (access.access().contains("w") ? 4 : 0);
      int[] context = {bits << 16 | (access.type() == 'b' ? 1 : 2), access.major(), access.minor()};
      int[] registers = new int[11];
      for (int at = 0; ; at++) {
        int operation = code.get(8 * at) & 0xff;
        int target = code.get(8 * at + 1) & 0xf;
        int source = code.get(8 * at + 1) >> 4 & 0xf;
        int offset = code.getShort(8 * at + 2);
        int value = code.getInt(8 * at + 4);
        switch (operation) {
          case 0x61 -> registers[target] = context[offset / 4];
          case 0xbc -> registers[target] = registers[source];
          case 0xb4 -> registers[target] = value;
          case 0x54 -> registers[target] &= value;
          case 0x74 -> registers[target] >>>= value;
          case 0x05 -> at += offset;
          case 0x55 -> at += registers[target] != value ? offset : 0;
          case 0x45 -> at += (registers[target] & value) != 0 ? offset : 0;
          case 0x95 -> {
            return registers[0] == 1;
          }
          default -> throw new AssertionError("operation " + operation);
        }
      }
    }
  }
}
