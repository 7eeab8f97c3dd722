package dev.coffer.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.Address;
import dev.coffer.Usage;
import dev.coffer.tools.Console.Seen;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Expected texts are what lxc-info of LXC 5.0.2 prints in the same situation. */
class InfoToolTest {
  private static final OptionalLong NONE = OptionalLong.empty();

  private final Console console = new Console();

  private FakeContainer busybox() {
    FakeContainer a = console.container("coffer-t-a").running(8433);
    a.with("lxc.group", "g1\ng2\n").with("lxc.uts.name", "coffer-t-a");
    a.usage =
        new Usage(
            OptionalLong.of(11_624_089),
            OptionalLong.of(0),
            OptionalLong.of(806_912),
            NONE,
            OptionalLong.of(372_736),
            List.of());
    return a;
  }

  @Test
  void aRunningContainerIsShownWithEverythingKnown() {
    busybox();
    assertEquals(
        Seen.printing(
            """
            Name:           coffer-t-a
            State:          RUNNING
            PID:            8433
            CPU use:        0.01 seconds
            BlkIO use:      0 bytes
            Memory use:     788.00 KiB
            KMem use:       364.00 KiB
            """),
        console.run("lxc-info", "-n", "coffer-t-a"));
  }

  @Test
  void addressesAndLinksStandBetweenPidAndTotals() {
    FakeContainer a = busybox();
    a.addresses.add(new Address("eth0", "10.0.3.7", false));
    a.addresses.add(new Address("eth0", "fd00::7", true));
    a.usage = new Usage(NONE, NONE, NONE, NONE, NONE, List.of(new Usage.Link("vethX", 1536, 2048)));
    assertEquals(
        Seen.printing(
            """
            Name:           coffer-t-a
            State:          RUNNING
            PID:            8433
            IP:             10.0.3.7
            IP:             fd00::7
            Link:           vethX
             TX bytes:      1.50 KiB
             RX bytes:      2.00 KiB
             Total bytes:   3.50 KiB
            """),
        console.run("lxc-info", "coffer-t-a"));
  }

  @Test
  void aStoppedContainerHasNameAndStateOnly() {
    console.container("b");
    assertEquals(
        Seen.printing("Name:           b\nState:          STOPPED\n"),
        console.run("lxc-info", "b"));
    assertEquals(Seen.printing(""), console.run("lxc-info", "-pS", "b"));
  }

  @Test
  void rawNumbersKeepTheirLabelsWhenSeveralThingsAreAskedFor() {
    busybox();
    assertEquals(
        Seen.printing(
            """
            Name:           coffer-t-a
            State:          RUNNING
            PID:            8433
            CPU use:        11624089
            BlkIO use:      0
            Memory use:     806912
            KMem use:       372736
            """),
        console.run("lxc-info", "-H", "coffer-t-a"));
    assertEquals(
        Seen.printing("State:          RUNNING\nPID:            8433\n"),
        console.run("lxc-info", "-Hsp", "coffer-t-a"));
  }

  @Test
  void aSingleThingAskedForRawIsTheBareValue() {
    busybox().addresses.add(new Address("eth0", "10.0.3.7", false));
    assertEquals(Seen.printing("8433\n"), console.run("lxc-info", "-pH", "coffer-t-a"));
    assertEquals(Seen.printing("RUNNING\n"), console.run("lxc-info", "-H", "-s", "coffer-t-a"));
    assertEquals(Seen.printing("10.0.3.7\n"), console.run("lxc-info", "-iH", "coffer-t-a"));
    assertEquals(
        Seen.printing("8433\ncoffer-t-a\n"),
        console.run("lxc-info", "-H", "-c", "lxc.uts.name", "-p", "coffer-t-a"));
  }

  @Test
  void configurationValuesArePrintedWithTheirKeysAndUnknownOnesAreNoFailure() {
    busybox();
    assertEquals(
        new Seen(
            0,
            "lxc.group = g1\ng2\n\nlxc.uts.name = coffer-t-a\nlxc.mount.fstab =\n",
            "bad invalid\n"),
        console.run(
            "lxc-info",
            "-c",
            "lxc.group",
            "-c",
            "lxc.uts.name",
            "-c",
            "bad",
            "-c",
            "lxc.mount.fstab",
            "coffer-t-a"));
    assertEquals(
        Seen.printing("g1\ng2\n\n"),
        console.run("lxc-info", "-H", "-c", "lxc.group", "coffer-t-a"));
  }

  @Test
  void aContainerThatIsNotThereIsRefused() {
    assertEquals(Seen.failing("nope doesn't exist\n"), console.run("lxc-info", "nope"));
    assertEquals(
        Seen.failing(
            """
            coffer info: nope: it does not exist
              hint  "coffer list" shows the containers there are
            """),
        console.run("coffer", "info", "nope"));
  }

  @Test
  void anRcFileThatIsNotThereIsRefused() {
    assertEquals(
        Seen.failing(
            """
            lxc-info: b: Failed to open file "/nonexistent/rc"
            lxc-info: b: Failed to load rcfile
            """),
        console.run("lxc-info", "--rcfile=/nonexistent/rc", "b"));
  }

  @Test
  void jsonHasAMemberForEverythingAskedFor() {
    busybox();
    assertEquals(
        Seen.printing(
            """
            {
              "name": "coffer-t-a",
              "state": "RUNNING",
              "pid": 8433,
              "config": {
                "lxc.group": "g1\\ng2\\n",
                "bad": null
              }
            }
            """),
        console.run(
            "lxc-info", "--format", "json", "-p", "-c", "lxc.group", "-c", "bad", "coffer-t-a"));
  }

  @Test
  void jsonOfAStoppedContainerHasNulls() {
    console.container("b");
    assertEquals(
        Seen.printing(
            """
            {
              "name": "b",
              "state": "STOPPED",
              "pid": null,
              "last_end": null,
              "ips": [],
              "cpu_nanos": null,
              "io_bytes": null,
              "memory_bytes": null,
              "swap_bytes": null,
              "kernel_memory_bytes": null,
              "links": [],
              "root_bytes": null,
              "root_limit_bytes": null
            }
            """),
        console.run("coffer", "info", "b", "--format=json"));
  }

  @Test
  void whatProtectsItIsATableWithTheLinesToWrite() {
    busybox();
    assertEquals(
        Seen.printing(
            """
            ids           good    root inside is 100000 outside  from  /c/config:2  lxc.idmap
            system calls  weaker  none is filtered               from  built-in default  lxc.seccomp.profile
                          write   coffer.seccomp = default
            1 is weaker than the default.
            """),
        console.run("coffer", "info", "--security", "coffer-t-a"));
  }

  @Test
  void whatProtectsItIsJsonToo() {
    busybox();
    assertEquals(
        Seen.printing(
            """
            {
              "name": "coffer-t-a",
              "protections": [
                {
                  "subject": "ids",
                  "strength": "default",
                  "text": "root inside is 100000 outside",
                  "origin": "/c/config:2  lxc.idmap",
                  "remedy": ""
                },
                {
                  "subject": "system calls",
                  "strength": "weaker",
                  "text": "none is filtered",
                  "origin": "built-in default  lxc.seccomp.profile",
                  "remedy": "coffer.seccomp = default"
                }
              ]
            }
            """),
        console.run("lxc-info", "--security", "--format=json", "coffer-t-a"));
  }
}
