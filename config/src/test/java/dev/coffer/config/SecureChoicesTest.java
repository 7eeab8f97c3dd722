package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.model.AutoMounts;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.KernelPaths;
import dev.coffer.model.Origin;
import dev.coffer.model.Privileges;
import dev.coffer.model.Seccomp;
import dev.coffer.model.SecureDefault;
import dev.coffer.model.Sourced;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** coffer.security: what it fills in, and what it leaves alone. */
class SecureChoicesTest {
  private static final Path FILE = Path.of("/c/config");
  private static final String SECURE = "coffer.security = default";
  private static final Origin LINE = Origin.of(FILE, 1, "coffer.security");

  private static ContainerSpec spec(String... lines) {
    return LxcConfig.parse(String.join("\n", lines) + "\n", FILE, Map.of()).spec("c", Path.of("/"));
  }

  private static List<String> masked(String... lines) {
    return values(spec(lines).mounts().kernelPaths().masked());
  }

  private static <T> List<T> values(List<Sourced<T>> sourced) {
    return sourced.stream().map(Sourced::value).toList();
  }

  private static List<String> usualAnd(String path) {
    List<String> paths = new ArrayList<>(SecureDefault.MASKED);
    paths.add(path);
    return paths;
  }

  @Test
  void whatIsLeftOutGetsTheSecureChoiceWithItsLineAsOrigin() {
    ContainerSpec spec = spec(SECURE);
    Privileges privileges = spec.privileges();
    assertEquals(Optional.of(LINE), privileges.secure());
    assertTrue(privileges.automaticIds());
    assertEquals(SecureDefault.DROPPED, values(privileges.drop()));
    assertEquals(LINE, privileges.drop().getFirst().origin());
    assertEquals(
        Optional.of(new Sourced<>(Seccomp.DEFAULT_POLICY, LINE)), privileges.seccomp().profile());
    assertEquals(new Sourced<>(SecureDefault.AUTO_MOUNTS, LINE), spec.mounts().auto());
    assertEquals(SecureDefault.MASKED, values(spec.mounts().kernelPaths().masked()));
    assertEquals(SecureDefault.READ_ONLY, values(spec.mounts().kernelPaths().readOnly()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lxc.uts.name = a", "coffer.security = lxc", "coffer.security ="})
  void withoutItLxcsMeaningHolds(String line) {
    ContainerSpec spec = spec(line);
    assertEquals(Privileges.DEFAULT, spec.privileges());
    assertEquals(AutoMounts.NONE, spec.mounts().auto().value());
    assertEquals(KernelPaths.NONE, spec.mounts().kernelPaths());
  }

  @Test
  void whatIsWrittenStands() {
    ContainerSpec spec =
        spec(
            SECURE,
            "coffer.idmap = none",
            "lxc.cap.drop = net_raw",
            "lxc.seccomp.profile = /p",
            "lxc.mount.auto = proc:rw");
    assertFalse(spec.privileges().automaticIds());
    assertEquals("[NET_RAW]", values(spec.privileges().drop()).toString());
    assertEquals("/p", spec.privileges().seccomp().profile().orElseThrow().value());
    assertEquals(AutoMounts.Proc.RW, spec.mounts().auto().value().proc());
    assertEquals(AutoMounts.Sys.NONE, spec.mounts().auto().value().sys());
  }

  @Test
  void keptCapabilitiesAreAllThereIsToSay() {
    assertEquals(List.of(), spec(SECURE, "lxc.cap.keep = none").privileges().drop());
  }

  @Test
  void noPolicyCanBeAskedFor() {
    assertEquals(
        Optional.empty(), spec(SECURE, "coffer.seccomp = none").privileges().seccomp().profile());
  }

  @Test
  void furtherPathsAddToTheUsualOnes() {
    assertEquals(usualAnd("/proc/cpuinfo"), masked(SECURE, "coffer.mask = /proc/cpuinfo"));
    assertEquals(SecureDefault.MASKED, masked(SECURE, "coffer.mask = /proc/keys"));
    assertEquals(
        usualAnd("/proc/cpuinfo"), masked("coffer.mask = default", "coffer.mask = /proc/cpuinfo"));
  }

  @Test
  void noneBeginsAnew() {
    assertEquals(
        List.of("/proc/keys"), masked(SECURE, "coffer.mask = none", "coffer.mask = /proc/keys"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"proc/keys", "/", "/proc//keys", "/proc/../etc/shadow"})
  void whatIsNoPathInsideIsRefused(String path) {
    assertTrue(LxcConfig.parse("coffer.mask = " + path + "\n", FILE, Map.of()).hasErrors());
  }
}
