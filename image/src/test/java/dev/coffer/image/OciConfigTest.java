package dev.coffer.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.image.json.JsonText;
import dev.coffer.image.oci.OciImage;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OciConfigTest {
  @TempDir Path layer;

  private List<String> lines(String process) {
    String text = "{\"config\": " + process + "}";
    OciImage image =
        new OciImage("oci:/x", "", List.of(), JsonText.parse(text.getBytes(UTF_8), "test"));
    return new OciConfig(image, List.of(layer)).lines("c1");
  }

  @Test
  void whatTheImageSaysOfItsProcessIsWritten() throws IOException {
    Files.createDirectory(layer.resolve("etc"));
    Files.writeString(
        layer.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\nweb:x:33:34::/:/bin/sh\n");
    List<String> lines =
        lines(
            """
            {"Entrypoint": ["/bin/sh", "-c"], "Cmd": ["echo 'it is'"], "Env": ["A=b c", "PATH=/bin"],
             "WorkingDir": "/srv", "User": "web", "StopSignal": "SIGQUIT",
             "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/data": {}}}
            """);
    assertTrue(lines.contains("lxc.execute.cmd = /bin/sh -c \"echo 'it is'\""), lines.toString());
    assertTrue(
        lines.containsAll(
            List.of(
                "lxc.environment = A=b c",
                "lxc.init.cwd = /srv",
                "lxc.init.uid = 33",
                "lxc.init.gid = 34",
                "lxc.signal.halt = SIGQUIT",
                "# the image has a service on 80/tcp",
                "# the image keeps data in /data")),
        lines.toString());
  }

  @Test
  void anImageWritesNoLinesOfItsOwn() {
    List<String> lines =
        lines(
            """
            {"Env": ["A=b\\nlxc.hook.pre-start = /bin/evil", "lxc.x y=1"], "WorkingDir": "/a\\nlxc.x = y",
             "StopSignal": "TERM\\nx", "ExposedPorts": {"80\\nlxc.hook.mount = x": {}}}
            """);
    assertFalse(String.join("\n", lines).contains("evil"), lines.toString());
    assertFalse(String.join("\n", lines).contains("lxc.x"), lines.toString());
    assertFalse(String.join("\n", lines).contains("hook"), lines.toString());
    assertThrows(CofferException.class, () -> lines("{\"Cmd\": [\"a\\nb\"]}"));
    assertThrows(CofferException.class, () -> lines("{\"User\": \"nobody-knows\"}"));
  }

  @Test
  void numbersOfUsersNeedNoNames() {
    List<String> lines = lines("{\"User\": \"1000:7\"}");
    assertEquals(
        List.of("lxc.init.uid = 1000", "lxc.init.gid = 7"),
        lines.stream().filter(line -> line.startsWith("lxc.init.")).toList());
  }
}
