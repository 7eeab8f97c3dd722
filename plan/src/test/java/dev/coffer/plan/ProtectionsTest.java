package dev.coffer.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.config.LxcConfig;
import dev.coffer.plan.Protection.Strength;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said to protect a container. */
class ProtectionsTest {
  private static final String SECURE = "coffer.security = default";

  private static List<Protection> of(boolean hostsRoot, String... lines) {
    var config = LxcConfig.parse(String.join("\n", lines) + "\n", Path.of("/c/config"), Map.of());
    return Protections.of(config.spec("c", Path.of("/")), hostsRoot, true);
  }

  private static List<String> remedies(String... lines) {
    return of(true, lines).stream()
        .filter(row -> row.strength() == Strength.WEAKER)
        .map(row -> row.subject() + ": " + row.remedy())
        .toList();
  }

  @Test
  void nothingIsWeakerThanTheDefaultInTheDefault() {
    assertEquals(List.of(), remedies(SECURE));
    assertEquals(
        List.of(), of(true, SECURE).stream().filter(r -> r.strength() == Strength.OWN).toList());
  }

  @Test
  void aConfigurationOfLxcsIsToldAllItCouldHave() {
    assertEquals(
        List.of(
            "ids: coffer.idmap = auto",
            "capabilities: lxc.cap.drop = sys_module sys_rawio sys_time mac_override mac_admin",
            "system calls: coffer.seccomp = default",
            "new privileges: coffer.security = default",
            "/proc: lxc.mount.auto = proc:mixed",
            "/sys: lxc.mount.auto = sys:mixed",
            "masked paths: coffer.mask = default",
            "read-only paths: coffer.readonly = default",
            "devices: coffer.security = default"),
        remedies("lxc.uts.name = a"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          coffer.idmap = none             | ids: coffer.idmap = auto
          lxc.cap.drop = net_raw sys_time mac_admin mac_override sys_rawio \
                                          | capabilities: lxc.cap.drop = sys_module
          lxc.cap.keep = chown sys_module | capabilities: lxc.cap.drop = sys_module
          coffer.seccomp = none           | system calls: coffer.seccomp = default
          lxc.no_new_privs = 0            | new privileges: lxc.no_new_privs = 1
          lxc.namespace.keep = net ipc    | namespaces: lxc.namespace.keep =
          lxc.net.0.type = none           | network: lxc.net.0.type = empty
          coffer.mask = none              | masked paths: coffer.mask = default
          coffer.readonly = none          | read-only paths: coffer.readonly = default
          lxc.cgroup2.devices.allow = a   | devices: coffer.security = default
          lxc.autodev = 0                 | /dev: lxc.autodev = 1
          lxc.keyring.session = 0         | keyring: lxc.keyring.session = 1
          lxc.mount.auto = proc sys cgroup-full:ro | cgroups: lxc.mount.auto = cgroup:mixed
          """)
  void oneWeakerChoiceIsNamedWithTheLineToWrite(String line, String remedy) {
    assertEquals(List.of(remedy), remedies(SECURE, line));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lxc.seccomp.profile = /p              | filtered by /p
          lxc.namespace.share.net = other       | net is that of other
          lxc.cgroup2.devices.allow = c 10:200 rwm | those of lxc.cgroup2.devices.allow can be opened
          """)
  void aChoiceThatCannotBeComparedIsShownAsItIs(String line, String text) {
    assertEquals(
        List.of(text),
        of(true, SECURE, line).stream()
            .filter(row -> row.strength() == Strength.OWN)
            .map(Protection::text)
            .toList());
  }

  @Test
  void anOrdinaryUsersContainerNeedsNoDeviceRules() {
    assertEquals(
        "only those bound into it can be opened",
        of(false, "lxc.uts.name = a").stream()
            .filter(row -> row.subject().equals("devices"))
            .findFirst()
            .orElseThrow()
            .text());
  }
}
