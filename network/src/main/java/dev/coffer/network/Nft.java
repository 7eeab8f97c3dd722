package dev.coffer.network;

import dev.coffer.linux.CommandOutput;
import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The system's nft(8). A script is one transaction: all of it takes effect at once, or none. */
final class Nft {
  private static final List<String> ENVIRONMENT = List.of("LC_ALL=C");

  private Nft() {}

  /**
   * @param what it is for, after "cannot"
   * @throws CofferException where nft is missing or refuses it
   */
  static void run(String what, Origin origin, String script) {
    run(what, List.of("from  " + origin.describe()), "leave the key out", script);
  }

  /**
   * As {@link #run(String, Origin, String)}, for what no line of a container asks for.
   *
   * @param otherwise what helps without nft
   */
  static void run(String what, List<String> from, String otherwise, String script) {
    Optional<Path> nft = Programs.find("nft");
    if (nft.isEmpty()) {
      throw new CofferException(
          "cannot " + what + ": there is no program nft",
          details(from, "hint  install the package nftables, or " + otherwise));
    }
    CommandOutput output = run(List.of(nft.get().toString(), script));
    if (!output.status().isSuccess()) {
      throw new CofferException(
          "cannot " + what + ": nft refuses the rules",
          details(
              from,
              "said  " + output.complaints().lines().findFirst().orElse(""),
              "hint  the kernel needs nf_tables of the family: modprobe nf_tables, nft_nat"));
    }
  }

  private static List<String> details(List<String> from, String... more) {
    return Stream.concat(from.stream(), Stream.of(more)).toList();
  }

  /** Whether there is such a program. */
  static boolean isThere() {
    return Programs.find("nft").isPresent();
  }

  /** Whether it took effect; what is without nft has no rules. */
  static boolean tryRun(String script) {
    return Programs.find("nft")
        .map(nft -> run(List.of(nft.toString(), script)).status().isSuccess())
        .orElse(true);
  }

  /** What it prints; empty where it fails. */
  static String print(String... command) {
    return Programs.find("nft")
        .map(nft -> run(Stream.concat(Stream.of(nft.toString()), Stream.of(command)).toList()))
        .filter(output -> output.status().isSuccess())
        .map(CommandOutput::output)
        .orElse("");
  }

  private static CommandOutput run(List<String> argv) {
    return CommandOutput.of(argv, ENVIRONMENT);
  }
}
