package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.coffer.model.CofferException;
import dev.coffer.model.Problem;
import dev.coffer.model.SeccompPolicy;
import dev.coffer.model.SeccompPolicy.Abi;
import dev.coffer.model.SeccompPolicy.Action;
import dev.coffer.model.SeccompPolicy.ArgumentTest;
import dev.coffer.model.SeccompPolicy.Operator;
import dev.coffer.model.SeccompPolicy.Rule;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Makes filters of policies, by libseccomp. Every ABI of the machine gets a filter of its own, and
 * these are merged, so that a rule can be for one of them. One compilation takes milliseconds: keep
 * what comes out.
 */
public final class SeccompCompiler {
  private static final int UNKNOWN_CALL = -1;
  private static final int NATIVE = 0;
  private static final int AFTER_LAST_CALL = 600;
  private static final int LONGEST_NAME = 64;

  /** SCMP_FLTATR_CTL_OPTIMIZE of seccomp_attr_set(3), and its value for a binary tree. */
  private static final int OPTIMIZE = 8;

  private static final int BINARY_TREE = 2;

  private final SeccompLibrary library;
  private final SeccompPolicy policy;
  private final Call call;
  private final Set<Problem> problems = new LinkedHashSet<>(); // one for all ABIs
  private final Map<String, Rule> unknown = new LinkedHashMap<>();

  private SeccompCompiler(SeccompLibrary library, SeccompPolicy policy, Call call) {
    this.library = library;
    this.policy = policy;
    this.call = call;
  }

  /** Whether libseccomp is installed. */
  public static boolean isThere() {
    return SeccompLibrary.load().isPresent();
  }

  /**
   * @throws CofferException if libseccomp is missing or refuses a rule, naming all of them
   */
  public static SeccompFilter compile(SeccompPolicy policy) {
    return compile(
        policy,
        (compiler, context) ->
            new SeccompFilter(
                FilterRanges.shortened(compiler.program(context)),
                policy.notifies(),
                List.copyOf(compiler.unknown.values())));
  }

  /** The program as libseccomp makes it. */
  static byte[] unshortened(SeccompPolicy policy) {
    return compile(policy, SeccompCompiler::program);
  }

  private byte[] program(long context) {
    optimize(context);
    return export(library.exportFilter, context);
  }

  /** The filter as text for people, seccomp_export_pfc(3): rules in libseccomp's usual order. */
  public static String pseudoCode(SeccompPolicy policy) {
    return compile(
        policy,
        (compiler, context) ->
            new String(
                compiler.export(compiler.library.exportPseudoCode, context),
                StandardCharsets.UTF_8));
  }

  /** The names of this machine's calls, to find the one that was meant. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    SeccompLibrary library = SeccompLibrary.load().orElseThrow();
    try (Call call = new Call()) {
      for (int number = 0; number < AFTER_LAST_CALL; number++) {
        long text = call.pointer(library.nameOf, NATIVE, number);
        if (text != 0) {
          names.add(Native.at(text, LONGEST_NAME).getString(0));
          call.function(library.free, text);
        }
      }
    }
    return names;
  }

  private static <T> T compile(SeccompPolicy policy, BiFunction<SeccompCompiler, Long, T> export) {
    SeccompLibrary library =
        SeccompLibrary.load()
            .orElseThrow(() ->
                new CofferException(
                    "cannot compile the seccomp policy "
                        + policy.source()
                        + ": libseccomp is not installed",
                    List.of("hint  install the package libseccomp2")));
    try (Call call = new Call()) {
      SeccompCompiler compiler = new SeccompCompiler(library, policy, call);
      long context = compiler.build();
      try {
        return export.apply(compiler, context);
      } finally {
        call.function(library.release, context);
      }
    }
  }

  private long build() {
    List<Abi> abis = abis(Architecture.CURRENT);
    long context = filter(abis.getFirst());
    try {
      if (policy.compatible()) {
        for (Abi abi : abis.subList(1, abis.size())) {
          long other = filter(abi);
          int merged = call.function(library.merge, context, other); // takes the other over
          if (merged < 0) {
            call.function(library.release, other);
            throw new KernelException("seccomp_merge", -merged);
          }
        }
      }
      if (problems.stream().anyMatch(Problem::isError)) {
        throw CofferException.of(
            "Failed to compile the seccomp policy " + policy.source(), List.copyOf(problems));
      }
      return context;
    } catch (RuntimeException e) {
      call.function(library.release, context);
      throw e;
    }
  }

  /**
   * Finds a call in a dozen steps instead of hundreds. When a filter is loaded the kernel tries it
   * with every call there is, to remember those that are always allowed, so a start waits for this,
   * too. libseccomp before 2.5 cannot; what it makes instead says the same.
   */
  private void optimize(long context) {
    call.function(library.attribute, context, OPTIMIZE, BINARY_TREE);
  }

  private static List<Abi> abis(Architecture architecture) {
    return switch (architecture) {
      case X86_64 -> List.of(Abi.X86_64, Abi.X86, Abi.X32);
      case AARCH64 -> List.of(Abi.ARM64, Abi.ARM);
    };
  }

  private long filter(Abi abi) {
    long context = call.pointer(library.init, word(policy.otherwise()));
    if (context == 0) {
      throw new CofferException(
          "cannot compile the seccomp policy "
              + policy.source()
              + ": the default action "
              + policy.otherwise().describe()
              + " is refused",
          List.of("from  " + policy.origin().describe()));
    }
    boolean other = abi != abis(Architecture.CURRENT).getFirst();
    if (other) {
      call.function(library.archAdd, context, token(abi));
      call.function(library.archRemove, context, NATIVE);
    }
    for (Rule rule : policy.rules()) {
      if (applies(rule, abi)) {
        add(rule, context, other);
      }
    }
    return context;
  }

  /**
   * What is refused to one ABI of the machine is refused to all, as LXC does it too: otherwise the
   * next ABI would be a way round.
   */
  private static boolean applies(Rule rule, Abi abi) {
    return rule.abi().isEmpty()
        || rule.abi().get() == abi
        || rule.action().kind() != Action.Kind.ALLOW
            && abis(Architecture.CURRENT).contains(rule.abi().get());
  }

  private void add(Rule rule, long context, boolean other) {
    int number = number(rule);
    if (number == UNKNOWN_CALL) {
      return;
    }
    int result =
        call.function(
            library.ruleAdd,
            context,
            word(rule.action()),
            number,
            rule.tests().size(),
            tests(rule.tests()));
    // arguments of calls that i386 packs into socketcall(2) and ipc(2) lie in memory
    boolean packed = other && !rule.tests().isEmpty() && result == -Errno.EINVAL.number();
    if (result < 0 && !packed) {
      problems.add(
          Problem.error(
              rule.origin(),
              "libseccomp refuses \"" + rule.describe() + "\": " + Errno.describe(-result),
              ""));
    }
  }

  /** The number on this machine, negative for a call that only another ABI has. */
  private int number(Rule rule) {
    if (rule.syscall().isNumbered()) {
      return rule.syscall().number();
    }
    String name = rule.syscall().name();
    int number = call.function(library.resolve, NATIVE, call.text(name));
    if (number == UNKNOWN_CALL) {
      unknown.putIfAbsent(name, rule);
    }
    return number;
  }

  private long tests(List<ArgumentTest> tests) {
    long size = Layouts.SCMP_ARG_CMP.byteSize();
    MemorySegment memory = call.allocate(size * tests.size());
    for (int i = 0; i < tests.size(); i++) {
      ArgumentTest test = tests.get(i);
      boolean masked = test.operator() == Operator.MASKED_EQUAL;
      memory.set(JAVA_INT, i * size, test.argument());
      memory.set(JAVA_INT, i * size + 4, test.operator().ordinal() + 1); // enum scmp_compare
      memory.set(JAVA_LONG, i * size + 8, masked ? test.mask() : test.value());
      memory.set(JAVA_LONG, i * size + 16, masked ? test.value() : 0);
    }
    return memory.address();
  }

  private byte[] export(MemorySegment function, long context) {
    try (Fd file = Memfd.scratch("seccomp")) {
      int result = call.function(function, context, file.number());
      if (result < 0) {
        throw new KernelException("seccomp_export", policy.source(), -result);
      }
      call.check(Sys.LSEEK, file.number(), 0, 0);
      return file.readAll();
    }
  }

  /** SECCOMP_RET_… of seccomp(2). */
  private static long word(Action action) {
    return switch (action.kind()) {
      case KILL -> 0;
      case KILL_PROCESS -> 0x80000000L;
      case TRAP -> 0x00030000L;
      case ERRNO -> 0x00050000L | action.value();
      case NOTIFY -> 0x7fc00000L;
      case TRACE -> 0x7ff00000L | action.value();
      case LOG -> 0x7ffc0000L;
      case ALLOW -> 0x7fff0000L;
    };
  }

  /** SCMP_ARCH_…, which is AUDIT_ARCH_… but for x32. */
  private static long token(Abi abi) {
    return switch (abi) {
      case X86_64 -> 0xC000003EL;
      case X86 -> 0x40000003L;
      case X32 -> 0x4000003EL;
      case ARM64 -> 0xC00000B7L;
      case ARM -> 0x40000028L;
    };
  }
}
