package dev.coffer.it.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images made by umoci, served by Docker's registry, copied by skopeo. */
class OciTest {
  private static final int PORT = 5443;
  private static final String REGISTRY = "localhost:" + PORT;

  @RegisterExtension final Machine machine = new Machine();

  private Path layout;

  @BeforeEach
  void image() throws IOException {
    assumeTrue(machine.run("sh", "-c", "command -v umoci").exit() == 0, "no umoci");
    machine.ownNetwork();
    machine.lxcNet("USE_LXC_BRIDGE=true", "LXC_DHCP_PING=false");
    machine.afterwards(() -> machine.run("coffer", "network", "stop"));
    machine.create("base").ok();
    layout = machine.home().resolve("layout");
    String script =
        """
        umoci init --layout %1$s && umoci new --image %1$s:t && umoci unpack --image %1$s:t %2$s/b
        cp -a %3$s/. %2$s/b/rootfs/ && mkdir -p %2$s/b/rootfs/data/d
        echo one >%2$s/b/rootfs/data/d/one; echo gone >%2$s/b/rootfs/data/gone
        umoci repack --image %1$s:t %2$s/b && rm -rf %2$s/b && umoci unpack --image %1$s:t %2$s/b
        rm %2$s/b/rootfs/data/gone; echo two >%2$s/b/rootfs/data/two
        rm -r %2$s/b/rootfs/data/d; mkdir %2$s/b/rootfs/data/d; chown 7:7 %2$s/b/rootfs/data/two
        umoci repack --image %1$s:t %2$s/b
        umoci config --image %1$s:t --config.entrypoint /bin/sh --config.cmd -c \\
          --config.cmd 'echo "hello from $WHO"; pwd; ls /data /data/d; exit 3' \\
          --config.env WHO=image --config.workingdir /data
        rm -rf %2$s/b
        """
            .formatted(layout, machine.home(), machine.container("base").resolve("rootfs"));
    machine.run("sh", "-ec", script).ok();
  }

  private Outcome run(String image, String... command) {
    List<String> argv =
        new ArrayList<>(List.of("coffer", "run", "-P", machine.lxcpath().toString(), image));
    argv.addAll(List.of(command));
    return machine.command(argv).run();
  }

  private List<String> containers() {
    return machine.run("lxc-ls", "-P", machine.lxcpath().toString(), "-1").ok().lines();
  }

  @Test
  void anImageOfALayoutRunsAsItSays() {
    String reference = "oci:" + layout + ":t";
    run(reference).exits(3).prints("hello from image\n/data\n/data:\nd\ntwo\n\n/data/d:\n");
    run(reference, "/bin/sh", "-c", "stat -c %u:%g two; rm two; exit 4").exits(4).prints("7:7\n");
    run(reference, "/bin/cat", "two").ok().prints("two\n");
    assertEquals(List.of(machine.name("base")), containers());
    machine.run("coffer", "image", "gc").ok();
    run(reference, "/bin/cat", "two").ok().prints("two\n");
  }

  @Test
  void aContainerSharesTheLayersAndKeepsItsChanges() throws IOException {
    Outcome made =
        machine.lxc("create", "c", "-t", "oci", "--", "--url", "oci:" + layout + ":t").ok();
    String config = Files.readString(machine.container("c").resolve("config"));
    assertTrue(config.contains("lxc.rootfs.path = overlay:"), config + made.err());
    machine.lxc("execute", "c", "--", "/bin/sh", "-c", "echo kept >/data/new").ok();
    machine
        .lxc("execute", "c", "--", "/bin/cat", "/data/new", "/data/two")
        .ok()
        .prints("kept\ntwo\n");
    machine.run("coffer", "image", "gc", "--all").exit();
    machine.lxc("execute", "c", "--", "/bin/cat", "/data/two").ok().prints("two\n");
    machine.lxc("destroy", "c").ok();
  }

  @Test
  void aRegistryWithTlsAndAPassword() throws IOException {
    assumeTrue(machine.run("sh", "-c", "command -v docker-registry").exit() == 0, "no registry");
    Path home = machine.home();
    machine
        .run(
            "sh",
            "-ec",
            """
            cd %s
            openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out ca.pem -days 2 \\
              -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
            htpasswd -Bbn eve secret >users
            """
                .formatted(home))
        .ok();
    Files.writeString(
        home.resolve("registry.yml"),
        """
        version: 0.1
        storage: {filesystem: {rootdirectory: %1$s/registry}}
        http: {addr: 127.0.0.1:%2$d, tls: {certificate: %1$s/ca.pem, key: %1$s/key.pem}}
        auth: {htpasswd: {realm: test, path: %1$s/users}}
        """
            .formatted(home, PORT));
    Command.Running registry =
        machine.command("docker-registry", "serve", home + "/registry.yml").start();
    try {
      Machine.await(
          "the registry",
          Duration.ofSeconds(20),
          () -> machine.run("curl", "-ks", "https://" + REGISTRY + "/v2/").exit() == 0);
      machine
          .run(
              "skopeo",
              "copy",
              "--dest-tls-verify=false",
              "--dest-creds=eve:secret",
              "oci:" + layout + ":t",
              "docker://" + REGISTRY + "/team/box:1")
          .ok();
      String reference = "docker://" + REGISTRY + "/team/box:1";
      String untrusted = run(reference).exits(1).err();
      assertTrue(untrusted.contains("cannot fetch https://" + REGISTRY), untrusted);
      machine.run("coffer", "engine", "stop").ok();
      machine.with("COFFER_CA_FILE", home + "/ca.pem");
      String refused = run(reference).exits(1).err();
      assertTrue(refused.contains("asks for a name and a password"), refused);
      Files.writeString(
          home.resolve("auth.json"),
          "{\"auths\": {\"%s\": {\"auth\": \"ZXZlOnNlY3JldA==\"}}}".formatted(REGISTRY));
      machine.with("REGISTRY_AUTH_FILE", home + "/auth.json");
      run(reference).exits(3).prints("hello from image\n/data\n/data:\nd\ntwo\n\n/data/d:\n");
      String missing = run("docker://" + REGISTRY + "/team/none:1").exits(1).err();
      assertTrue(missing.contains("there is none of this name"), missing);
    } finally {
      registry.process().destroy();
      registry.process().onExit().join();
    }
    run("docker://" + REGISTRY + "/team/box:1", "/bin/cat", "two").ok().prints("two\n");
    assertEquals(List.of(machine.name("base")), containers());
  }

  @Test
  void whatIsDamagedIsRefusedAndNothingIsKept() throws IOException {
    try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
      Path largest =
          blobs
              .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
              .orElseThrow();
      byte[] bytes = Files.readAllBytes(largest);
      bytes[bytes.length / 2] ^= 1;
      Files.write(largest, bytes);
    }
    String said = run("oci:" + layout + ":t").exits(1).err();
    assertFalse(said.contains("internal"), said);
    assertEquals(List.of(machine.name("base")), containers());
    String list = machine.run("coffer", "image", "list", "--format", "json").ok().out();
    assertFalse(list.contains("layer"), list);
    assertTrue(run("oci:" + layout + ":other").exits(1).err().contains("has no image other"));
    assertTrue(run("oci:/nowhere").exits(1).err().contains("is no OCI layout"));
  }
}
