package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.coffer.config.LxcConfig;
import dev.coffer.config.seccomp.DefaultPolicy;
import dev.coffer.config.seccomp.PolicyReader;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Namespace;
import dev.coffer.model.Sourced;
import dev.coffer.model.plan.Plan;
import dev.coffer.model.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Compares whole plans with files in examples/plans; COFFER_UPDATE=1 writes them anew. */
class PlanTest {
  private static final Path EXAMPLES = Path.of("..", "examples", "plans");
  private static final boolean UPDATE = "1".equals(System.getenv("COFFER_UPDATE"));

  @TestFactory
  Stream<DynamicTest> plansAreAsWrittenDown() throws IOException {
    try (var files = Files.list(EXAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".conf")).sorted().toList().stream()
          .flatMap(PlanTest::tests);
    }
  }

  /** Those of ordinary users are made for hosts as they see them. */
  private static Stream<DynamicTest> tests(Path file) {
    return file.getFileName().toString().startsWith("user")
        ? Stream.of(
            test(file, "delegated", Hosts.DELEGATED), test(file, "undelegated", Hosts.UNDELEGATED))
        : Stream.of(test(file, "hybrid", Hosts.HYBRID), test(file, "v2", Hosts.V2));
  }

  private static DynamicTest test(Path file, String host, HostFacts facts) {
    String name = file.getFileName().toString().replace(".conf", "");
    Path golden = EXAMPLES.resolve(name + "." + host + ".txt");
    return dynamicTest(
        "the plan of " + name + " on a " + host + " host is the one written down",
        () -> {
          String plan = describe(plan(file, facts));
          if (UPDATE) {
            Files.writeString(golden, plan);
          }
          assertEquals(Files.exists(golden) ? Files.readString(golden) : "", plan);
        });
  }

  private static Plan plan(Path file, HostFacts facts) throws IOException {
    LxcConfig config =
        LxcConfig.parse(Files.readString(file), file.getFileName(), Map.of("HOME", "/root"));
    ContainerSpec spec = config.spec("c", Path.of("/var/lib/lxc"));
    Optional<Sourced<String>> executed = spec.init().executeCommand();
    Sourced<List<String>> command =
        executed
            .or(() -> spec.init().command())
            .map(line -> new Sourced<>(List.of(line.value().split(" ")), line.origin()))
            .orElse(Sourced.builtIn(List.of("/sbin/init"), "lxc.init.cmd"));
    Map<Namespace, Sourced<String>> share = new EnumMap<>(Namespace.class);
    spec.namespaces()
        .share()
        .forEach((namespace, whose) ->
            share.put(
                namespace,
                new Sourced<>(
                    "/proc/" + whose.value() + "/ns/" + namespace.file(), whose.origin())));
    Optional<Sourced<String>> itself = facts.privileged() ? Optional.empty() : spec.rootfs().path();
    String mountPoint =
        spec.rootfs()
            .mountPoint()
            .or(() -> itself)
            .map(Sourced::value)
            .orElse("/run/coffer-rootfs");
    return Planner.plan(
        new StartRequest(
            spec,
            executed.isPresent(),
            executed.isPresent(),
            command,
            List.of(),
            share,
            seccomp(spec),
            mountPoint),
        facts);
  }

  private static SeccompChoice seccomp(ContainerSpec spec) {
    return spec.privileges().seccomp().profile().isEmpty()
        ? new SeccompChoice.None()
        : new SeccompChoice.Load(
            PolicyReader.read(
                    DefaultPolicy.text(), spec.privileges().seccomp().profile().get().value())
                .policy()
                .orElseThrow());
  }

  private static String describe(Plan plan) {
    StringBuilder text = new StringBuilder();
    for (Step step : plan.steps()) {
      text.append(
          "%-9s  %s  <-  %s%n"
              .formatted(
                  step.place().toString().toLowerCase(java.util.Locale.ROOT),
                  step.describe(),
                  step.origin().describe()));
    }
    return text.toString();
  }
}
