package dev.coffer.config.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.Problem;
import dev.coffer.model.Seccomp;
import dev.coffer.model.SeccompPolicy;
import dev.coffer.model.SeccompPolicy.Rule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policy files of both versions; what is refused was tried out with lxc-start 5.0.2. */
class PolicyReaderTest {
  private static PolicyReader.Result read(String... lines) {
    return PolicyReader.read(String.join("\n", lines) + "\n", "/p");
  }

  private static SeccompPolicy policy(String... lines) {
    PolicyReader.Result result = read(lines);
    assertEquals(List.of(), result.problems());
    return result.policy().orElseThrow();
  }

  private static List<String> rules(String... lines) {
    return policy(lines).rules().stream().map(Rule::describe).toList();
  }

  private static List<String> problems(String... lines) {
    PolicyReader.Result result = read(lines);
    assertTrue(result.policy().isEmpty());
    return result.problems().stream().map(Problem::describe).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "allowlist,kill",
    "whitelist,kill",
    "denylist,allow",
    "blacklist,allow",
    "allowlist errno 38,errno 38",
    "allowlist errno 38 # like a kernel without it,errno 38",
    "denylist trap,trap",
    "allowlist log,log",
    "allowlist kill_process,kill_process",
    "allowlist notify,notify",
    "allowlist trace 7,trace 7",
  })
  void theSecondLineSaysWhatHoldsOtherwise(String style, String otherwise) {
    assertEquals(otherwise, policy("2", style).otherwise().describe());
    assertTrue(policy("2", style).compatible());
  }

  @Test
  void aRuleWithoutActionAllowsOrKillsAsTheListSays() {
    assertEquals(List.of("read allow"), rules("2", "allowlist", "read"));
    assertEquals(List.of("read kill"), rules("2", "denylist", "read # a comment"));
  }

  @Test
  void aRuleHoldsForTheAbiOfItsSection() {
    assertEquals(
        List.of("a errno 1", "b errno 1", "c errno 1 on x86", "d errno 1 on arm64"),
        rules(
            "2",
            "denylist",
            "a errno 1",
            "[all]",
            "b errno 1",
            "[x86]",
            "c errno 1",
            "[s390x]",
            "anything at all",
            "[arm64]",
            "d errno 1"));
  }

  @Test
  void argumentsAreComparedBySignOrByLibseccompsNames() {
    assertEquals(
        List.of(
            "a errno 1 if a0 == 16 and a5 > 18446744073709551615",
            "b errno 1 if a1 != 8",
            "c errno 1 if (a1 & 0x10000000) == 268435456",
            "d errno 1 if a0 < 1 and a1 <= 2 and a2 >= 3",
            "e errno 1 if a0 < 1 and a1 <= 2 and a2 == 3"),
        rules(
            "2",
            "denylist",
            "a errno 1 [0,0x10,==][5,18446744073709551615,>]",
            "b errno 1 [1,010,!=,]",
            "c errno 1 [1,0x10000000,&=,0x10000000",
            "d errno 1 [0,1,<] [1,2,<=] [2,3,>=]",
            "e errno 1 [0,1,SCMP_CMP_LT] [1,2,SCMP_CMP_LE] [2,3,SCMP_CMP_EQ]"));
  }

  @Test
  void unmountingByForceIsOneRuleByItsOwnName() {
    assertEquals(
        List.of("umount2 errno 13 if (a1 & 0x1) == 1"),
        rules("2", "denylist", "reject_force_umount  # comment this to allow umount -f"));
  }

  @Test
  void versionOneListsNumbersOfThisMachineOnly() {
    SeccompPolicy policy = policy("1", "allowlist", "0", "# write", "", "1");
    assertEquals("kill", policy.otherwise().describe());
    assertEquals(false, policy.compatible());
    assertEquals(List.of("0 allow", "1 allow"), rules("1", "whitelist", "0", "1"));
  }

  @Test
  void everythingWrongIsToldAtOnceWithItsLine() {
    assertEquals(
        List.of(
            "/p:3: Unrecognized seccomp action \"ernno\" (did you mean \"errno\"?)",
            "/p:4: Failed to parse errno value from errno EPERM"
                + " (write a decimal number from 0 to 4095, for instance errno 1)",
            "/p:5: the rule for read says what holds anyway: allow"
                + " (remove the line, or give it another action)",
            "/p:6: an argument has an index from 0 to 5, not \"7\" (write [INDEX,VALUE,OPERATOR],"
                + " with the operators != < <= == >= > or &=,MASK)",
            "/p:7: Invalid argument value \"-1\" (write a decimal, 0x… or 0… number)",
            "/p:8: Failed to interpret args operator value \"=\" (write [INDEX,VALUE,OPERATOR],"
                + " with the operators != < <= == >= > or &=,MASK)",
            "/p:9: arguments without an action"
                + " (write the action before them: NAME ACTION [0,1,==])",
            "/p:10: argument 0 is tested twice (libseccomp takes one test of an argument)",
            "/p:11: Unsupported architecture \"[x87]\" (did you mean \"x86\"?)"),
        problems(
            "2",
            "denylist",
            "read ernno",
            "read errno EPERM",
            "read allow",
            "read errno 1 [7,1,==]",
            "read errno 1 [0,-1,==]",
            "read errno 1 [0,1,=]",
            "read [0,1,==]",
            "read errno 1 [0,1,==][0,2,==]",
            "[x87]",
            "nonsense nonsense"));
  }

  @Test
  void theFirstTwoLinesMustBeThere() {
    String remedy = " (the first line is 1 or 2, the second allowlist or denylist)";
    assertEquals(
        List.of("/p:1: the policy is empty" + remedy),
        PolicyReader.read("", "/p").problems().stream().map(Problem::describe).toList());
    assertEquals(List.of("/p:1: Invalid version \"3\"" + remedy), problems("3", "allowlist"));
    assertEquals(List.of("/p:1: the policy ends after its version" + remedy), problems("2"));
    assertEquals(
        List.of("/p:2: Bad seccomp policy style \"allowlsit\" (did you mean \"allowlist\"?)"),
        problems("2", "allowlsit", "read"));
    assertEquals(
        List.of("/p:2: Only allowlist policy is supported (or write version 2)"),
        problems("1", "denylist"));
    assertEquals(
        List.of("/p:2: Debug not yet implemented (remove the word debug)"),
        problems("1", "allowlist debug"));
    assertEquals(
        List.of(
            "/p:3: \"read\" is not the number of a system call"
                + " (version 1 takes numbers only; names need version 2)"),
        problems("1", "allowlist", "read"));
  }

  @Test
  void whatLxcReadsOverIsReadOverWithAWarning() {
    PolicyReader.Result result = read("2", "denylist", "read errno 1 twice");
    assertEquals("read errno 1", result.policy().orElseThrow().rules().getFirst().describe());
    assertEquals(
        List.of("/p:3: \"twice\" behind the action is ignored"),
        result.problems().stream().map(Problem::describe).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n", "\n"})
  void linesMayEndAsOnOtherSystems(String end) {
    PolicyReader.Result result =
        PolicyReader.read("2" + end + "denylist" + end + "a errno 1", "/p");
    assertEquals("a errno 1", result.policy().orElseThrow().rules().getFirst().describe());
  }

  @Test
  void whatManagersInsideNeedIsAllowedWhereTheyAreWanted() {
    for (String call : List.of("bpf", "keyctl", "add_key", "request_key")) {
      assertTrue(DefaultPolicy.text().contains("\n" + call + " errno 1\n"), call);
      assertTrue(
          DefaultPolicy.text(Seccomp.ROOT_NESTING_POLICY).contains("\n" + call + "\n"), call);
      assertEquals(
          !call.equals("bpf"),
          DefaultPolicy.text(Seccomp.NESTING_POLICY).contains("\n" + call + "\n"),
          call);
    }
  }

  @Test
  void coffersOwnPolicyIsRight() {
    PolicyReader.Result result = PolicyReader.read(DefaultPolicy.text(), "coffer:default");
    assertEquals(List.of(), result.problems());
    SeccompPolicy policy = result.policy().orElseThrow();
    assertEquals("errno 38", policy.otherwise().describe());
    List<String> names =
        policy.rules().stream()
            .filter(rule -> rule.tests().isEmpty())
            .map(rule -> rule.syscall().name())
            .toList();
    assertEquals(names.size(), names.stream().distinct().count(), "a call with two rules");
  }
}
