package dev.coffer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.coffer.model.MountEntry;
import dev.coffer.model.Origin;
import dev.coffer.model.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small parsers one by one. */
class ValueParsersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5000, 5000",
    "1KB, 1024",
    "8 kb, 8192",
    "3GB, 3221225472",
    "0x10, 16",
    "1Mb, 1048576"
  })
  void sizesCountInPowersOf1024(String text, long bytes) throws Exception {
    assertEquals(bytes, ByteSizes.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "8K", "1TB", "9999999999GB", "1.5MB", "KB"})
  void otherSizesAreRefused(String text) {
    assertThrows(BadValueException.class, () -> ByteSizes.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "9, 9",
    "0x9, 9",
    "SIGKILL, 9",
    "sigkill, 9",
    "SIGPWR, 30",
    "SIGIOT, 6",
    "SIGCLD, 17",
    "SIGRTMIN+3, 37",
    "sigrtmax-1, 63",
    "99, 99"
  })
  void signalsHaveNamesAndNumbers(String text, int number) throws Exception {
    assertEquals(number, SignalNames.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SIGTREM|\"SIGTREM\" is not a signal|did you mean SIGTERM?",
        "INT|\"INT\" is not a signal|did you mean SIGINT?",
        "SIGRTMIN|\"SIGRTMIN\" is not a signal|write SIGRTMIN+0 or SIGRTMAX-0",
        "SIGRTMIN+31|\"SIGRTMIN+31\" is not a signal|the number goes from 0 to 30",
        "9x|\"9x\" is not a number|''",
        "-1|\"-1\" is not a signal|''"
      })
  void otherSignalsAreRefused(String text, String message, String remedy) {
    BadValueException e = assertThrows(BadValueException.class, () -> SignalNames.parse(text));
    assertEquals(message, e.getMessage());
    assertEquals(remedy, e.remedy());
  }

  @Test
  void everySignalCanBeDescribedAndReadBack() throws Exception {
    for (int number = 1; number <= 64; number++) {
      assertEquals(number, SignalNames.parse(SignalNames.describe(number)));
    }
    assertEquals("SIGRTMIN+3", SignalNames.describe(37));
    assertEquals("SIGPWR", SignalNames.describe(30));
    assertEquals("99", SignalNames.describe(99));
  }

  @Test
  void theOptionsThatLxcAddsAreTakenOutOfAMountEntry() throws Exception {
    assertEquals(
        new MountEntry(
            "a",
            "b",
            "none",
            List.of("rbind", "rslave"),
            MountEntry.Create.FILE,
            true,
            true,
            "/proc/1/ns/user"),
        FstabLine.parse(
            "a\tb  none rbind,create=file,optional,relative,idmap=/proc/1/ns/user,rslave 0 0"));
  }

  @ParameterizedTest
  @CsvSource({
    "a\\040b, 'a b'",
    "\\011, '\t'",
    "\\134x, \\x",
    "\\04, \\04",
    "\\999, \\999",
    "\\303, \\303",
    "a\\, a\\"
  })
  void octalEscapesAreDecoded(String field, String decoded) {
    assertEquals(decoded, FstabLine.decoded(field));
  }

  @Test
  void aFileWithMountsIsReadWithItsProblems(@TempDir Path directory) throws Exception {
    Path fstab = Files.writeString(directory.resolve("fstab"), "# c\n\nproc proc proc\nbad\n");
    List<Problem> problems = new ArrayList<>();
    var entries = FstabLine.read(fstab, problems);
    assertEquals(1, entries.size());
    assertEquals(Origin.of(fstab, 3, ""), entries.getFirst().origin());
    assertEquals(
        List.of(
            fstab
                + ":4: \"bad\" is not a mount entry (write source, target, type and options, for"
                + " instance /srv/data mnt/data none bind,create=dir 0 0)"),
        problems.stream().map(Problem::describe).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "fe80:0:0:0:0:0:0:1, fe80::1",
    "::, ::",
    "::1, ::1",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3",
    "2001:DB8::, 2001:db8::",
    "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
    "::ffff:1.2.3.4, ::ffff:1.2.3.4"
  })
  void longAddressesHaveOneShortestSpelling(String text, String spelt) {
    assertEquals(Optional.of(spelt), Addresses.ipv6(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.2.3.4", "g::", "::1%lo", "[::1]", ":::", "1:2"})
  void otherLongAddressesAreRefused(String text) {
    assertEquals(Optional.empty(), Addresses.ipv6(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.2.3", "1.2.3.256", "01.2.3.4", "1.2.3.4.5", "a.b.c.d"})
  void otherShortAddressesAreRefused(String text) {
    assertEquals(Optional.empty(), Addresses.ipv4(text));
  }

  @ParameterizedTest
  @CsvSource({
    "lxc.utsnam, lxc.uts.name",
    "lxc.cap.dorp, lxc.cap.drop",
    "lxc.uts, lxc.uts.name",
    "lxc.cgrup2.memory.max, lxc.cgroup2.memory.max",
    "lxc.net.7.lnik, lxc.net.7.link",
    "lxc.namespace.share.NET, lxc.namespace.share.net",
    "LXC.Arch, lxc.arch"
  })
  void aSlipOfTheKeyboardFindsItsKey(String typed, String meant) {
    assertEquals(Optional.of(meant), LxcKeys.nearest(typed));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lxc.hook.foo", "lxc.bogus", "lxc.namespace.share.foo", "coffer.x"})
  void aKeyThatIsLikeNoneIsNotGuessed(String typed) {
    assertEquals(Optional.empty(), LxcKeys.nearest(typed));
  }
}
