package dev.coffer.network;

import dev.coffer.linux.CommandOutput;
import dev.coffer.linux.Programs;
import dev.coffer.model.CofferException;
import dev.coffer.model.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The system's nft(8). A script is one transaction: all of it takes effect at once, or none. */
final class Nft {
  private static final List<String> ENVIRONMENT = List.of("LC_ALL=C");

  private Nft() {}

  /**
   * @param what it is for, after "cannot"
   * @throws CofferException where nft is missing or refuses it
   */
  static void run(String what, Origin origin, String script) {
    Optional<Path> nft = Programs.find("nft");
    if (nft.isEmpty()) {
      throw new CofferException(
          "cannot " + what + ": there is no program nft",
          List.of(
              "from  " + origin.describe(),
              "hint  install the package nftables, or leave the key out"));
    }
    CommandOutput output = run(nft.get(), script);
    if (!output.status().isSuccess()) {
      throw new CofferException(
          "cannot " + what + ": nft refuses the rules",
          List.of(
              "from  " + origin.describe(),
              "said  " + output.complaints().lines().findFirst().orElse(""),
              "hint  the kernel needs nf_tables of the family: modprobe nf_tables, nft_nat"));
    }
  }

  /** Whether it took effect; what is without nft has no rules. */
  static boolean tryRun(String script) {
    return Programs.find("nft").map(nft -> run(nft, script).status().isSuccess()).orElse(true);
  }

  /** What it prints; empty where it fails. */
  static String print(String command) {
    return Programs.find("nft")
        .map(nft -> run(nft, command))
        .filter(output -> output.status().isSuccess())
        .map(CommandOutput::output)
        .orElse("");
  }

  private static CommandOutput run(Path nft, String script) {
    return CommandOutput.of(List.of(nft.toString(), script), ENVIRONMENT);
  }
}
