package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccountsTest {
  @Test
  void rootIsFoundByItsNumber() {
    assertEquals(Optional.of("root"), Accounts.userName(0));
    assertEquals(Optional.of("root"), Accounts.groupName(0));
  }

  @Test
  void nobodyHasANumberThatIsNotGiven() {
    assertEquals(Optional.empty(), Accounts.userName(3_999_999_999L));
  }

  @Test
  void damagedLinesArePassedOver() {
    String lines = "\n:::\nx:y\neve:x:1000:1000::/home/eve:/bin/sh\nadam:x:1000:7\n";
    assertEquals(Optional.of("eve"), Accounts.name(lines, 1000));
    assertEquals(Optional.empty(), Accounts.name(lines, 7));
  }
}
