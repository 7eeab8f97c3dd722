package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.Address;
import dev.coffer.Usage;
import dev.coffer.model.ContainerState;
import dev.coffer.tools.Console.Seen;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Expected texts are what lxc-ls of LXC 5.0.2 prints in the same situation. */
class ListToolTest {
  private final Console console = new Console();
  private FakeContainer a;

  @BeforeEach
  void threeContainers() {
    a = console.container("coffer-t-a").running(8433);
    a.with("lxc.group", "g1\ng2\n").with("lxc.start.auto", "1");
    a.interfaces.add("lo");
    OptionalLong none = OptionalLong.empty();
    a.usage = new Usage(none, none, OptionalLong.of(651_000), OptionalLong.of(0), none, List.of());
    console.container("coffer-t-b");
    console.container("x");
  }

  @Test
  void namesAreOnePerLineAndPaddedWithoutATerminal() {
    assertEquals(Seen.printing("coffer-t-a\ncoffer-t-b\nx         \n"), console.run("lxc-ls"));
  }

  @Test
  void namesAreOnePerLineAndBareWhenAskedForLines() {
    console.columns = 80;
    assertEquals(Seen.printing("coffer-t-a\ncoffer-t-b\nx\n"), console.run("lxc-ls", "-1"));
  }

  @Test
  void namesStandInColumnsOnATerminal() {
    console.columns = 80;
    assertEquals(Seen.printing("coffer-t-a coffer-t-b x          \n"), console.run("lxc-ls"));
    console.columns = 24;
    assertEquals(Seen.printing("coffer-t-a coffer-t-b\nx          \n"), console.run("lxc-ls"));
    console.columns = 20;
    assertEquals(Seen.printing("coffer-t-a\ncoffer-t-b\nx         \n"), console.run("lxc-ls"));
  }

  @Test
  void plainNamesAskTheContainersForNothing() {
    console.run("lxc-ls");
    assertEquals(List.of(), a.asked);
  }

  @Test
  void theTableHasSevenColumnsAndASpaceBehindEach() {
    assertEquals(
        Seen.printing(
            """
            NAME       STATE   AUTOSTART GROUPS IPV4 IPV6 UNPRIVILEGED\s
            coffer-t-a RUNNING 1         g1, g2 -    -    false       \s
            coffer-t-b STOPPED 0         -      -    -    false       \s
            x          STOPPED 0         -      -    -    false       \s
            """),
        console.run("lxc-ls", "-f"));
  }

  @Test
  void columnsAreChosenInAnyCaseAndOrder() {
    assertEquals(
        Seen.printing(
            """
            NAME       PID  RAM    SWAP   INTERFACE\s
            coffer-t-a 8433 0.62MB 0.00MB lo       \s
            coffer-t-b -    -      -      -        \s
            x          -    -      -      -        \s
            """),
        console.run("lxc-ls", "-f", "-F", "name,pid,ram,swap,interface"));
    assertEquals(
        Seen.printing("STATE   NAME       \nRUNNING coffer-t-a \n"),
        console.run("lxc-ls", "-f", "-F", "state, name", "a$"));
  }

  @Test
  void onlyTheColumnsShownAreAskedFor() {
    console.run("lxc-ls", "-f", "-F", "name,pid");
    assertEquals(List.of("pid"), a.asked);
  }

  @Test
  void whatSeveralColumnsNeedIsAskedForOnce() {
    console.run("lxc-ls", "-f", "-F", "name,state,ram,swap,ipv4,ipv6", "--running");
    assertEquals(List.of("state", "usage", "addresses"), a.asked);
    FakeContainer x = console.container("x").with("lxc.start.auto", "1").with("lxc.group", "g\n");
    x.asked.clear();
    assertEquals(
        Seen.printing("AUTOSTART GROUPS UNPRIVILEGED \n1         g      false        \n"),
        console.run("lxc-ls", "-f", "-F", "autostart,groups,unprivileged", "x"));
    assertEquals(List.of("state", "config"), x.asked);
  }

  @Test
  void amountsStandAtTheRightEdgeOfTheirColumn() {
    OptionalLong none = OptionalLong.empty();
    console.container("x").running(5).usage =
        new Usage(
            none, none, OptionalLong.of(123L << 20), OptionalLong.of(5L << 20), none, List.of());
    assertEquals(
        Seen.printing(
            """
            RAM      SWAP  \s
              0.62MB 0.00MB\s
            -        -     \s
            123.00MB 5.00MB\s
            """),
        console.run("lxc-ls", "-f", "-F", "RAM,SWAP"));
  }

  @Test
  void severalAddressesStandInOneCell() {
    a.addresses.add(new Address("eth0", "10.0.3.7", false));
    a.addresses.add(new Address("eth0", "fd00::7", true));
    a.addresses.add(new Address("eth1", "10.0.4.7", false));
    a.with("lxc.idmap", "u 0 100000 65536\n");
    assertEquals(
        Seen.printing(
            """
            IPV4               IPV6    UNPRIVILEGED\s
            10.0.3.7, 10.0.4.7 fd00::7 true        \s
            """),
        console.run("lxc-ls", "-f", "-F", "ipv4,ipv6,unprivileged", "--active"));
  }

  @Test
  void anUnknownColumnIsToldAndIsNoFailure() {
    assertEquals(
        new Seen(0, "", "Invalid key: bad\n"), console.run("lxc-ls", "-f", "-F", "name,bad"));
    assertEquals(
        Seen.printing("coffer-t-a\ncoffer-t-b\nx         \n"), console.run("lxc-ls", "-F", "bad"));
  }

  @Test
  void noColumnsAtAllLeaveEmptyLines() {
    assertEquals(Seen.printing("\n\n\n\n"), console.run("lxc-ls", "-f", "-F", ""));
  }

  @Test
  void stateFiltersMustAllHold() {
    assertEquals(Seen.printing("coffer-t-a\n"), console.run("lxc-ls", "--active"));
    assertEquals(Seen.printing("coffer-t-a\n"), console.run("lxc-ls", "--running"));
    assertEquals(Seen.printing("coffer-t-b\nx         \n"), console.run("lxc-ls", "--stopped"));
    assertEquals(Seen.printing(""), console.run("lxc-ls", "--running", "--frozen"));
    assertEquals(Seen.printing(""), console.run("lxc-ls", "--active", "--stopped"));
    assertEquals(Seen.printing("coffer-t-a\n"), console.run("lxc-ls", "--frozen", "--active"));
    a.state = ContainerState.FROZEN;
    assertEquals(Seen.printing("coffer-t-a\n"), console.run("lxc-ls", "--running", "--frozen"));
  }

  @Test
  void groupsMustAllBeTheContainers() {
    assertEquals(Seen.printing("coffer-t-a\n"), console.run("lxc-ls", "-g", "g1"));
    assertEquals(Seen.printing("coffer-t-a\n"), console.run("lxc-ls", "-g", "g2, g1"));
    assertEquals(Seen.printing(""), console.run("lxc-ls", "-g", "g1,gx"));
  }

  @Test
  void namesAreFilteredByAnExpressionThatIsNotAnchored() {
    assertEquals(Seen.printing("coffer-t-a\n"), console.run("lxc-ls", "a$"));
    assertEquals(Seen.printing("coffer-t-b\n"), console.run("lxc-ls", "--filter", "[[:alpha:]]-b"));
    assertEquals(Seen.printing(""), console.run("lxc-ls", "--filter", "("));
  }

  @Test
  void severalWordsAreNoExpression() {
    assertEquals(
        Seen.printing("coffer-t-a\ncoffer-t-b\nx         \n"), console.run("lxc-ls", "x", "y"));
  }

  @Test
  void noContainersPrintNothing() {
    console.containers.clear();
    assertEquals(Seen.printing(""), console.run("lxc-ls"));
    assertEquals(Seen.printing(""), console.run("lxc-ls", "-f"));
    assertEquals(Seen.printing("[]\n"), console.run("lxc-ls", "--format", "json"));
  }

  @Test
  void nestingIsToldToHaveNoEffectYet() {
    console.containers.keySet().removeIf(name -> !name.equals("x"));
    assertEquals(
        new Seen(0, "x   \n", "lxc-ls: --nesting is not in effect yet\n"),
        console.run("lxc-ls", "--nesting=3"));
  }

  @Test
  void csvAndYamlHaveTheSameFields() {
    FakeContainer box = console.container("b,1").running(7);
    box.addresses.add(new dev.coffer.Address("eth0", "10.0.3.5", false));
    box.addresses.add(new dev.coffer.Address("eth1", "10.0.4.5", false));
    assertEquals(
        Seen.printing("name,state,pid,ipv4\n\"b,1\",RUNNING,7,10.0.3.5 10.0.4.5\n"),
        console.run("lxc-ls", "--format=csv", "-F", "state,pid,ipv4", "b,"));
    assertEquals(
        Seen.printing(
            """
            - name: "b,1"
              pid: 7
              ram_bytes: null
              ipv4: ["10.0.3.5", "10.0.4.5"]
              ipv6: []
              unprivileged: false
            """),
        console.run("lxc-ls", "--format", "yaml", "-F", "pid,ram,ipv4,ipv6,unprivileged", "b,"));
    assertEquals(Seen.printing("[]\n"), console.run("lxc-ls", "--format", "yaml", "--frozen"));
  }

  @Test
  void jsonHasAMemberPerColumn() {
    assertEquals(
        Seen.printing(
            """
            [
              {
                "name": "coffer-t-a",
                "state": "RUNNING",
                "autostart": true,
                "groups": [
                  "g1",
                  "g2"
                ],
                "ipv4": [],
                "ipv6": [],
                "unprivileged": false
              }
            ]
            """),
        console.run("lxc-ls", "--format", "json", "--active"));
    assertEquals(
        Seen.printing(
            """
            [
              {
                "name": "x",
                "pid": null,
                "ram_bytes": null
              }
            ]
            """),
        console.run("lxc-ls", "--format=json", "-F", "pid,ram", "x"));
  }

  @Test
  void cofferListIsATableWithColoursOnATerminalOnly() {
    console.containers.keySet().removeIf(name -> !name.equals("x"));
    assertEquals(
        Seen.printing("NAME STATE   \nx    STOPPED \n"),
        console.run("coffer", "list", "-F", "name,state"));
    console.terminal = true;
    console.columns = 80;
    assertEquals(
        Seen.printing("\033[1mNAME\033[0m \033[1mSTATE\033[0m   \nx    \033[2mSTOPPED\033[0m \n"),
        console.run("coffer", "list", "-F", "name,state"));
    console.environment.put("NO_COLOR", "1");
    assertEquals(
        Seen.printing("NAME STATE   \nx    STOPPED \n"),
        console.run("coffer", "ls", "-F", "name,state"));
    assertEquals(Seen.printing("x\n"), console.run("coffer", "list", "-1"));
  }

  @Test
  void cofferListSaysHowToBeginWhereNothingIs() {
    console.containers.clear();
    console.terminal = true;
    assertEquals(
        new Seen(0, "", "no containers yet; \"coffer create NAME\" makes one\n"),
        console.run("coffer", "list"));
  }
}
