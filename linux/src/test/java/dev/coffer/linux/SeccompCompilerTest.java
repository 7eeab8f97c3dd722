package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import dev.coffer.model.SeccompPolicy;
import dev.coffer.model.SeccompPolicy.Abi;
import dev.coffer.model.SeccompPolicy.Action;
import dev.coffer.model.SeccompPolicy.ArgumentTest;
import dev.coffer.model.SeccompPolicy.Operator;
import dev.coffer.model.SeccompPolicy.Rule;
import dev.coffer.model.SeccompPolicy.Syscall;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What compiled filters answer, as a machine of the test's own carries them out. */
class SeccompCompilerTest {
  private static final int X86_64 = 0xC000003E;
  private static final int X86 = 0x40000003;
  private static final int X32_BIT = 0x40000000;
  private static final int SPARC = 2;
  private static final int ALLOW = 0x7fff0000;
  private static final int KILL = 0;
  private static final Action EPERM = Action.errno(1);
  private static final int FAILS = 0x00050001;

  @BeforeAll
  static void libseccompIsHere() {
    assumeTrue(SeccompLibrary.load().isPresent(), "needs the package libseccomp2");
    assumeTrue(Architecture.CURRENT == Architecture.X86_64, "has the numbers of x86_64");
  }

  private static Rule rule(String name, Action action, ArgumentTest... tests) {
    return new Rule(
        Syscall.named(name),
        Optional.empty(),
        action,
        List.of(tests),
        Origin.option("rule of " + name));
  }

  private static Rule on(Abi abi, String name, Action action) {
    return new Rule(
        Syscall.named(name), Optional.of(abi), action, List.of(), Origin.option("a section"));
  }

  private static SeccompPolicy policy(boolean compatible, Action otherwise, Rule... rules) {
    return new SeccompPolicy("/p", compatible, otherwise, List.of(rules), Origin.option("/p"));
  }

  private static int answer(SeccompPolicy policy, int arch, int number, long... arguments) {
    return FilterMachine.run(SeccompCompiler.compile(policy).program(), arch, number, arguments);
  }

  @Test
  void aRuleForAllAbisHoldsUnderEachOnesNumber() {
    SeccompPolicy policy = policy(true, Action.ALLOW, rule("kexec_load", EPERM));
    assertEquals(FAILS, answer(policy, X86_64, 246));
    assertEquals(FAILS, answer(policy, X86, 283));
    assertEquals(FAILS, answer(policy, X86_64, X32_BIT | 528));
    assertEquals(ALLOW, answer(policy, X86_64, 247));
    assertEquals(ALLOW, answer(policy, X86, 246));
    assertEquals(KILL, answer(policy, SPARC, 246));
  }

  /** From some twenty calls on a filter is a tree, whose every leaf is tried here. */
  @Test
  void manyRulesAnswerEachForItsOwnCall() {
    List<String> names = SeccompCompiler.names();
    List<String> refused =
        IntStream.range(0, names.size()).filter(i -> i % 3 == 0).mapToObj(names::get).toList();
    SeccompPolicy policy =
        policy(
            true,
            Action.ALLOW,
            refused.stream().map(name -> rule(name, EPERM)).toArray(Rule[]::new));
    byte[] program = SeccompCompiler.compile(policy).program();
    SeccompLibrary library = SeccompLibrary.load().orElseThrow();
    try (Call call = new Call()) {
      for (String name : names) {
        int number = call.function(library.resolve, 0, call.text(name));
        int expected = refused.contains(name) ? FAILS : ALLOW;
        assertEquals(expected, FilterMachine.run(program, X86_64, number), name);
      }
    }
  }

  @Test
  void whatIsAllowedToOneAbiIsAllowedToThatOneOnly() {
    SeccompPolicy policy = policy(true, EPERM, on(Abi.X86, "getpid", Action.ALLOW));
    assertEquals(ALLOW, answer(policy, X86, 20));
    assertEquals(FAILS, answer(policy, X86_64, 39));
    assertEquals(FAILS, answer(policy, X86_64, X32_BIT | 39));
  }

  @Test
  void whatIsRefusedToOneAbiIsRefusedToAllOfTheMachine() {
    SeccompPolicy policy = policy(true, Action.ALLOW, on(Abi.X86_64, "getpid", EPERM));
    assertEquals(FAILS, answer(policy, X86_64, 39));
    assertEquals(FAILS, answer(policy, X86, 20));
    SeccompPolicy elsewhere = policy(true, Action.ALLOW, on(Abi.ARM64, "getpid", EPERM));
    assertEquals(ALLOW, answer(elsewhere, X86_64, 39));
  }

  @Test
  void socketcallIsNoWayRoundARuleAboutSockets() {
    SeccompPolicy policy = policy(true, Action.ALLOW, rule("socket", EPERM));
    assertEquals(FAILS, answer(policy, X86_64, 41));
    assertEquals(FAILS, answer(policy, X86, 359));
    assertEquals(FAILS, answer(policy, X86, 102, 1)); // SYS_SOCKET
    assertEquals(ALLOW, answer(policy, X86, 102, 2));
  }

  @Test
  void aRuleWithArgumentsOfAPackedCallHoldsWhereArgumentsCanBeSeen() {
    ArgumentTest netlink = new ArgumentTest(0, Operator.EQUAL, 16, 0);
    SeccompPolicy policy = policy(true, Action.ALLOW, rule("socket", EPERM, netlink));
    assertEquals(FAILS, answer(policy, X86_64, 41, 16));
    assertEquals(ALLOW, answer(policy, X86_64, 41, 1));
  }

  @Test
  void aCallThatOnlyOneAbiHasIsNoProblem() {
    SeccompPolicy policy = policy(true, Action.ALLOW, rule("waitpid", EPERM));
    assertEquals(FAILS, answer(policy, X86, 7));
    assertEquals(List.of(), SeccompCompiler.compile(policy).unknown());
  }

  @Test
  void anotherAbisCallsKillWhereAPolicyIsForThisMachinesNumbers() {
    Rule read =
        new Rule(
            Syscall.numbered(0), Optional.empty(), Action.ALLOW, List.of(), Origin.option("v1"));
    SeccompPolicy policy = policy(false, Action.KILL, read);
    assertEquals(ALLOW, answer(policy, X86_64, 0));
    assertEquals(KILL, answer(policy, X86_64, 1));
    assertEquals(KILL, answer(policy, X86, 3));
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_EQUAL,5,4:6,5",
    "LESS,5,0:4,5:6",
    "LESS_OR_EQUAL,5,0:5,6:7",
    "EQUAL,5,5,4:6",
    "GREATER_OR_EQUAL,5,5:6,0:4",
    "GREATER,5,6:7,5:0",
    "GREATER,4294967296,4294967297:-1,4294967296:5",
    "LESS,4294967296,5:4294967295,4294967296:-1",
    "EQUAL,-1,-1,4294967295:1",
  })
  void argumentsAreComparedAsUnsignedNumbersOf64Bits(
      Operator operator, long value, String holds, String fails) {
    ArgumentTest test = new ArgumentTest(1, operator, value, 0);
    SeccompPolicy policy = policy(true, Action.ALLOW, rule("ioctl", EPERM, test));
    for (String argument : holds.split(":")) {
      assertEquals(FAILS, answer(policy, X86_64, 16, 0, Long.parseLong(argument)), argument);
    }
    for (String argument : fails.split(":")) {
      assertEquals(ALLOW, answer(policy, X86_64, 16, 0, Long.parseLong(argument)), argument);
    }
  }

  @Test
  void aMaskChoosesTheBitsThatAreCompared() {
    ArgumentTest test = new ArgumentTest(0, Operator.MASKED_EQUAL, 0x10000000, 0x10000000);
    SeccompPolicy policy = policy(true, Action.ALLOW, rule("unshare", EPERM, test));
    assertEquals(FAILS, answer(policy, X86_64, 272, 0x10000000));
    assertEquals(FAILS, answer(policy, X86_64, 272, 0x10000001));
    assertEquals(ALLOW, answer(policy, X86_64, 272, 0x20000001));
  }

  @ParameterizedTest
  @CsvSource({
    "KILL,0,0",
    "KILL_PROCESS,0,-2147483648",
    "TRAP,0,196608",
    "ERRNO,38,327718",
    "TRACE,7,2146435079",
    "LOG,0,2147221504",
    "NOTIFY,0,2143289344",
  })
  void everyActionIsTheKernels(Action.Kind kind, int value, int answer) {
    SeccompPolicy policy = policy(true, Action.ALLOW, rule("getpid", new Action(kind, value)));
    assertEquals(answer, answer(policy, X86_64, 39));
    assertEquals(kind == Action.Kind.NOTIFY, SeccompCompiler.compile(policy).notifies());
  }

  @Test
  void callsNobodyKnowsAreNamed() {
    SeccompPolicy policy =
        policy(true, Action.ALLOW, rule("kexec_laod", EPERM), rule("kexec_load", EPERM));
    SeccompFilter filter = SeccompCompiler.compile(policy);
    assertEquals(
        List.of("kexec_laod"),
        filter.unknown().stream().map(rule -> rule.syscall().name()).toList());
    assertTrue(SeccompCompiler.names().contains("kexec_load"));
  }

  @Test
  void whatLibseccompRefusesIsToldWithItsPlace() {
    SeccompPolicy policy =
        policy(true, EPERM, rule("getpid", EPERM), rule("getppid", Action.ALLOW));
    CofferException refused =
        assertThrows(CofferException.class, () -> SeccompCompiler.compile(policy));
    assertEquals("Failed to compile the seccomp policy /p", refused.getMessage());
    assertEquals(
        List.of(
            "rule of getpid: libseccomp refuses \"getpid errno 1\": Permission denied (EACCES)"),
        refused.details());
  }

  @ParameterizedTest
  @CsvSource({
    "ALLOW,true", "LOG,true", "NOTIFY,true", "TRACE,true",
    "ERRNO,false", "TRAP,false", "KILL,false", "KILL_PROCESS,false"
  })
  void whetherACallComesThroughIsKnownBeforehand(Action.Kind kind, boolean comesThrough) {
    Action otherwise = kind == Action.Kind.ALLOW ? EPERM : Action.ALLOW;
    SeccompPolicy policy = policy(true, otherwise, rule("execve", new Action(kind, 0)));
    assertEquals(comesThrough, SeccompCompiler.compile(policy).admits(Sys.EXECVE));
  }

  @Test
  void aFilterCanBeShownAsText() {
    String text = SeccompCompiler.pseudoCode(policy(true, Action.ALLOW, rule("kexec_load", EPERM)));
    assertTrue(text.contains("filter for syscall \"kexec_load\" (246)"), text);
    assertTrue(text.contains("action ERRNO(1);"), text);
  }
}
