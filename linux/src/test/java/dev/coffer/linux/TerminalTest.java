package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @Test
  void whatIsWrittenToTheSlaveComesOutOfTheMaster() {
    try (Pty pty = Pty.open()) {
      pty.slave().writeFully("hello");
      byte[] bytes = new byte[5];
      assertEquals(5, pty.master().read(bytes));
      assertEquals("hello", new String(bytes));
      assertTrue(Files.exists(pty.slavePath()));
    }
  }

  @Test
  void theSizeOfATerminalIsSharedByBothEnds() {
    try (Pty pty = Pty.open()) {
      new WindowSize(50, 132).applyTo(pty.master());
      assertEquals(Optional.of(new WindowSize(50, 132)), WindowSize.read(pty.slave()));
    }
  }

  @Test
  void aSocketHasNoWindowSize() {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket left = pair[0];
        UnixSocket right = pair[1]) {
      assertEquals(Optional.empty(), WindowSize.read(left.fd()));
      assertEquals(Optional.empty(), WindowSize.read(right.fd()));
    }
  }
}
