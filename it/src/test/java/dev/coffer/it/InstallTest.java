package dev.coffer.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InstallTest {
  private static final Path DEV =
      Path.of(System.getProperty("coffer.prefix"), "../../dev").normalize();

  @RegisterExtension final Machine machine = new Machine();

  @Test
  void theScriptAloneListsItsVerbs() {
    String list = machine.run(DEV.toString()).ok().out();
    for (String verb :
        new String[] {
          "build", "test", "demo", "bench", "fmt", "check", "guest", "install", "package", "docs",
          "help"
        }) {
      assertTrue(list.contains("\n  " + verb + " "), list);
    }
  }

  @Test
  void anInstalledTreeWorksFromWhereItIsAndFromWhereItIsMovedTo() throws IOException {
    Path prefix = install();
    worksIn(prefix);
    machine.run(prefix.resolve("bin/coffer").toString(), "engine", "stop");
    Path moved = machine.home().resolve("moved");
    Files.move(prefix, moved);
    worksIn(moved);
  }

  @Test
  void aCacheThatDoesNotFitTheEngineDoesNotShow() throws IOException {
    Path prefix = install();
    String right = machine.run(prefix.resolve("bin/coffer").toString(), "version").ok().out();
    Path cache = prefix.resolve("lib/coffer/engine.aot");
    assertTrue(Files.size(cache) > 1_000_000);
    Files.write(cache, new byte[100_000]);
    Outcome own =
        machine.run(prefix.resolve("bin/coffer").toString(), "--in-process", "version").ok();
    assertEquals(right, own.out());
    assertEquals("", own.err());
    Files.delete(cache);
    own = machine.run(prefix.resolve("bin/coffer").toString(), "--in-process", "version").ok();
    assertEquals(right, own.out());
    assertEquals("", own.err());
  }

  private Path install() {
    Path prefix = machine.home().resolve("installed");
    machine
        .command(DEV.toString(), "install", "--prefix", prefix.toString())
        .within(Duration.ofMinutes(3))
        .run()
        .ok();
    return prefix;
  }

  private void worksIn(Path prefix) {
    machine.run(prefix.resolve("bin/coffer").toString(), "version").ok();
    machine
        .run(prefix.resolve("bin/lxc-ls").toString(), "-P", machine.lxcpath().toString())
        .ok()
        .prints("");
  }
}
