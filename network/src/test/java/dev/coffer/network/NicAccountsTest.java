package dev.coffer.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.coffer.network.NicAccounts.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NicAccountsTest {
  @TempDir Path folder;

  @Test
  void itIsInTheFormOfLxcUserNic() throws IOException {
    Path file = folder.resolve("lxc/nics");
    try (NicAccounts accounts = NicAccounts.lock(file)) {
      assertEquals(List.of(), accounts.read());
      accounts.write(
          List.of(
              new Entry("eve", "veth", "br0", "veth1000_abcd"),
              new Entry("@staff", "veth", "br1", "veth1000_efgh")));
    }
    assertEquals(
        "eve veth br0 veth1000_abcd\n@staff veth br1 veth1000_efgh\n", Files.readString(file));
    try (NicAccounts accounts = NicAccounts.lock(file)) {
      List<Entry> entries = new ArrayList<>(accounts.read());
      assertEquals("@staff", entries.removeLast().owner());
      accounts.write(entries);
    }
    assertEquals("eve veth br0 veth1000_abcd\n", Files.readString(file));
  }

  @Test
  void linesThatAreNoneArePassedOver() throws IOException {
    Path file = Files.writeString(folder.resolve("nics"), "\neve veth\n  a veth b c\na b c d e\n");
    try (NicAccounts accounts = NicAccounts.lock(file)) {
      assertEquals(List.of(new Entry("a", "veth", "b", "c")), accounts.read());
    }
  }
}
