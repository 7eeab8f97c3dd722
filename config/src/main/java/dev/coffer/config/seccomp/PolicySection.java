package dev.coffer.config.seccomp;

import dev.coffer.config.BadValueException;
import dev.coffer.model.SeccompPolicy.Abi;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The head of a section, {@code [all]} or {@code [x86_64]}.
 *
 * @param abi the ABI its rules are for; empty for all
 * @param elsewhere whether it is for machines that Coffer does not run on
 */
record PolicySection(Optional<Abi> abi, boolean elsewhere) {
  private static final Map<String, Abi> HERE =
      Map.of(
          "x86", Abi.X86,
          "X86", Abi.X86,
          "x86_64", Abi.X86_64,
          "X86_64", Abi.X86_64,
          "x32", Abi.X32,
          "X32", Abi.X32,
          "arm", Abi.ARM,
          "arm64", Abi.ARM64);
  private static final List<String> ELSEWHERE =
      List.of(
          "loongarch64",
          "mips",
          "mips64",
          "mips64n32",
          "mipsel",
          "mipsel64",
          "mipsel64n32",
          "ppc",
          "ppc64",
          "ppc64le",
          "riscv64",
          "s390",
          "s390x");

  static PolicySection parse(String line) throws BadValueException {
    String name = line.endsWith("]") ? line.substring(1, line.length() - 1) : "";
    if (name.equals("all")) {
      return new PolicySection(Optional.empty(), false);
    }
    if (HERE.containsKey(name)) {
      return new PolicySection(Optional.of(HERE.get(name)), false);
    }
    if (ELSEWHERE.contains(name)) {
      return new PolicySection(Optional.empty(), true);
    }
    List<String> known = new ArrayList<>(HERE.keySet());
    known.add("all");
    known.sort(null);
    String shown = "[" + name + "]";
    BadValueException unknown = PolicyStyle.unknown("", name, known);
    throw new BadValueException(
        "Unsupported architecture \"" + (name.isEmpty() ? line : shown) + "\"", unknown.remedy());
  }
}
