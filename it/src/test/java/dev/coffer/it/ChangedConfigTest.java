package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a start was made of serves again only while every file of it is as it was. */
class ChangedConfigTest {
  /** Longer than the time for which a file counts as changed just now. */
  private static final int REST_MILLIS = 150;

  @RegisterExtension final Machine machine = new Machine();

  private static String hostname(Box box) {
    box.started("-d");
    String name = box.inside("hostname");
    box.stop().ok();
    return name;
  }

  @Test
  void aChangeOfTheSameLengthIsSeenAtOnce() throws Exception {
    Box box = new Box(machine, "c1").config("lxc.uts.name = one");
    Thread.sleep(REST_MILLIS);
    assertEquals("one", hostname(box));
    assertEquals("one", hostname(box));
    Path config = box.configFile();
    Files.writeString(config, Files.readString(config).replace("= one", "= two"));
    assertEquals("two", hostname(box));
    Files.writeString(config, Files.readString(config).replace("= two", "= six"));
    assertEquals("six", hostname(box));
  }

  @Test
  void aFileThatJoinsAnIncludedDirectoryIsSeen() throws Exception {
    Path directory = Files.createDirectory(machine.home().resolve("conf.d"));
    Files.writeString(directory.resolve("10.conf"), "lxc.uts.name = ten\n");
    Box box = new Box(machine, "c1").config("lxc.include = " + directory);
    Thread.sleep(REST_MILLIS);
    assertEquals("ten", hostname(box));
    assertEquals("ten", hostname(box));
    Files.writeString(directory.resolve("20.conf"), "lxc.uts.name = twenty\n");
    assertEquals("twenty", hostname(box));
  }

  @Test
  void overridesOfOneStartAreNotThoseOfTheNext() throws Exception {
    Box box = new Box(machine, "c1").config("lxc.uts.name = one");
    Thread.sleep(REST_MILLIS);
    assertEquals("one", hostname(box));
    box.started("-d", "-s", "lxc.uts.name=other");
    assertEquals("other", box.inside("hostname"));
    box.stop().ok();
    assertEquals("one", hostname(box));
  }
}
