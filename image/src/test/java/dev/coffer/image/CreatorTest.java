package dev.coffer.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CreatorTest {
  private static final CommandRunner NONE =
      (argv, environment, cwd, mapped) -> {
        throw new AssertionError("runs " + argv);
      };

  @TempDir Path temp;
  private final Creator creator = new Creator(new BuiltInImage());
  private final List<List<String>> commands = new ArrayList<>();

  @Test
  void theBuiltInTemplateMakesAContainerWithLxcsLayout() throws IOException {
    create(request("busybox", "lxc.net.0.type = empty"), NONE);
    Path directory = lxcPath().resolve("web");
    assertEquals("rwxrwx---", mode(directory));
    assertEquals("rw-r-----", mode(directory.resolve("config")));
    assertTrue(Files.isExecutable(directory.resolve("rootfs/sbin/init")));
    assertFalse(Files.exists(directory.resolve("partial")));
    assertEquals(
        """
        # Template used to create this container: busybox, built in
        # Parameters passed to the template:
        # For additional config options, please look at lxc.container.conf(5)

        # Uncomment the following line to support nesting containers:
        #lxc.include = /usr/share/lxc/config/nesting.conf
        # (Be aware this has security implications)

        lxc.net.0.type = empty
        lxc.rootfs.path = dir:%s/rootfs
        lxc.uts.name = web
        """
            .formatted(directory),
        Files.readString(directory.resolve("config")).split("lxc.signal.halt")[0]);
  }

  @Test
  void noneMakesAConfigurationOnly() throws IOException {
    create(request("none", "# mine\nlxc.tty.max = 1\n"), NONE);
    Path directory = lxcPath().resolve("web");
    assertEquals("# mine\nlxc.tty.max = 1\n", Files.readString(directory.resolve("config")));
    assertEquals(List.of(directory.resolve("config")), entries(directory));
  }

  @Test
  void aTemplateIsRunAsLxcRunsIt() throws IOException {
    Path template = template();
    create(request(template.toString(), "", "a", "b c"), this::succeed);
    Path directory = lxcPath().resolve("web");
    assertEquals(
        List.of(
            List.of(
                template.toString(),
                "--path=" + directory,
                "--name=web",
                "--rootfs=" + directory + "/rootfs",
                "a",
                "b c")),
        commands);
    String config = Files.readString(directory.resolve("config"));
    assertTrue(config.startsWith("# Template used to create this container: " + template + "\n"));
    assertTrue(config.contains("# Parameters passed to the template: a b c\n"));
    assertEquals("rw-r-----", mode(directory.resolve("config")));
  }

  @Test
  void aLinkThatATemplateLeavesInTheConfigurationsPlaceIsNotFollowed() throws IOException {
    Path template = template();
    Path other = Files.writeString(temp.resolve("other"), "mine\n");
    List<Path> before = entries(temp);
    for (String command : List.of("ln -s ../../other", "mkfifo", "mkdir")) {
      CofferException e =
          assertThrows(
              CofferException.class,
              () -> create(request(template.toString(), ""), leaving(command + " config")));
      Path config = lxcPath().resolve("web/config");
      assertEquals("\"" + config + "\" is no regular file any more", e.getMessage(), command);
      assertEquals("mine\n", Files.readString(other));
      assertEquals(before, entries(temp), command);
    }
  }

  @Test
  void aLinkThatATemplateLeavesBesideTheConfigurationIsNotFollowed() throws IOException {
    Path other = Files.writeString(temp.resolve("other"), "mine\n");
    create(request(template().toString(), ""), leaving("ln -s ../../other config.new"));
    assertEquals("mine\n", Files.readString(other));
    assertFalse(Files.exists(lxcPath().resolve("web/config.new")));
  }

  /** A template that puts what this command makes in the place of the file it names last. */
  private CommandRunner leaving(String command) {
    String file = command.substring(command.lastIndexOf(' ') + 1);
    return (argv, environment, cwd, mapped) -> {
      String script = "rm -f " + file + " && " + command;
      try {
        return new ProcessBuilder("sh", "-c", script)
            .directory(lxcPath().resolve("web").toFile())
            .start()
            .waitFor();
      } catch (IOException | InterruptedException e) {
        throw new AssertionError(e);
      }
    };
  }

  @Test
  void aTemplateIsToldTheMappedRoot() throws IOException {
    assumeTrue(BuiltInImageTest.isRoot(), "needs root, to give files away");
    CreateRequest plain = request(template().toString(), "");
    create(mapped(plain), this::succeed);
    assertTrue(
        commands.getFirst().containsAll(List.of("--mapped-uid", "65536", "--mapped-gid", "65536")));
    assertEquals("rwxr-x---", mode(plain.directory()));
    assertEquals(100000, Files.getAttribute(plain.directory(), "unix:gid"));
    assertEquals(100000, Files.getAttribute(plain.rootfs(), "unix:uid"));
  }

  @Test
  void aFailingTemplateLeavesNothingBehind() throws IOException {
    CreateRequest request = elsewhere(request(template().toString(), ""));
    CofferException e =
        assertThrows(
            CofferException.class,
            () ->
                create(
                    request,
                    (argv, environment, cwd, mapped) -> {
                      touch(request.rootfs().resolve("half"));
                      touch(request.directory().resolve("fstab"));
                      return 3;
                    }));
    assertEquals("Failed to create container from template", e.getMessage());
    assertEquals(List.of(temp.resolve("template")), entries(temp));
  }

  @Test
  void anInterruptLeavesNothingBehind() throws IOException {
    CreateRequest request = request(template().toString(), "");
    assertThrows(
        CancellationException.class,
        () ->
            create(
                request,
                (argv, environment, cwd, mapped) -> {
                  Thread.currentThread().interrupt();
                  return 130;
                }));
    assertTrue(Thread.interrupted());
    assertFalse(Files.exists(lxcPath()));
  }

  @Test
  void aConfigurationThatCannotBeUsedLeavesNothingBehind() throws IOException {
    CofferException wrong = new CofferException("wrong");
    CofferException e =
        assertThrows(
            CofferException.class,
            () ->
                creator.create(
                    request("none", ""),
                    NONE,
                    config -> {
                      throw wrong;
                    }));
    assertEquals(wrong, e);
    assertFalse(Files.exists(lxcPath()));
  }

  @Test
  void whatWasThereBeforeStays() throws IOException {
    Path mine = Files.createDirectories(lxcPath().resolve("web")).resolve("mine");
    Files.createFile(mine);
    assertThrows(
        CofferException.class, () -> create(request(template().toString(), ""), (a, b, c, d) -> 1));
    assertEquals(List.of(mine), entries(mine.getParent()));
  }

  @Test
  void aSecondContainerOfTheNameIsRefused() throws IOException {
    create(request("none", ""), NONE);
    CofferException e =
        assertThrows(CofferException.class, () -> create(request("none", "x"), NONE));
    assertEquals("Container already exists", e.getMessage());
    assertEquals("", Files.readString(lxcPath().resolve("web/config")));
  }

  @Test
  void aSecondCreationAtTheSameTimeIsRefusedAndDisturbsNothing() throws IOException {
    create(
        request(template().toString(), ""),
        (argv, environment, cwd, mapped) -> {
          CofferException e =
              assertThrows(CofferException.class, () -> create(request("none", ""), NONE));
          assertEquals("Ongoing container creation detected", e.getMessage());
          return 0;
        });
    assertTrue(Files.exists(lxcPath().resolve("web/rootfs")));
  }

  @Test
  void whatADeadCreationLeftIsDeletedFirst() throws IOException {
    Path directory = Files.createDirectories(lxcPath().resolve("web"));
    Path root = Files.createDirectories(temp.resolve("elsewhere/root"));
    touch(directory.resolve("config"));
    touch(root.resolve("half"));
    Files.writeString(directory.resolve("partial"), temp.resolve("elsewhere") + "\n");
    create(request("none", ""), NONE);
    assertEquals(List.of(directory.resolve("config")), entries(directory));
    assertFalse(Files.exists(temp.resolve("elsewhere")));
  }

  @Test
  void anUnknownTemplateIsNamedBeforeAnythingIsMade() {
    CofferException e =
        assertThrows(CofferException.class, () -> create(request("nosuch", ""), NONE));
    assertEquals("Template \"nosuch\" not found", e.getMessage());
    assertFalse(Files.exists(lxcPath()));
  }

  @Test
  void aNameThatLeadsElsewhereIsRefused() {
    for (String name : List.of("", ".", "..", "a/b", "a\nb")) {
      assertThrows(CofferException.class, () -> named(name, "none", ""));
    }
  }

  private void create(CreateRequest request, CommandRunner runner) {
    creator.create(request, runner, config -> {});
  }

  private int succeed(
      List<String> argv, Map<String, String> environment, Path cwd, boolean mapped) {
    commands.add(argv);
    return 0;
  }

  private Path lxcPath() {
    return temp.resolve("lxc");
  }

  private CreateRequest request(String template, String config, String... arguments) {
    return named("web", template, config, arguments);
  }

  private CreateRequest named(String name, String template, String config, String... arguments) {
    return new CreateRequest(
        name,
        lxcPath(),
        template,
        List.of(arguments),
        config,
        StorageWish.directory(Optional.empty()),
        Optional.empty(),
        Map.of(),
        temp);
  }

  private CreateRequest elsewhere(CreateRequest plain) {
    return new CreateRequest(
        plain.name(),
        plain.lxcPath(),
        plain.template(),
        plain.arguments(),
        plain.config(),
        StorageWish.directory(Optional.of(temp.resolve("a/b/root"))),
        Optional.empty(),
        Map.of(),
        temp);
  }

  private CreateRequest mapped(CreateRequest plain) {
    return new CreateRequest(
        plain.name(),
        plain.lxcPath(),
        plain.template(),
        plain.arguments(),
        plain.config(),
        StorageWish.directory(Optional.empty()),
        Optional.of(
            new MappedRoot(
                new Owner(100000, 100000),
                new Owner(65536, 65536),
                MappedRoot.Giving.DIRECTLY,
                List.of())),
        Map.of(),
        temp);
  }

  private Path template() throws IOException {
    Path file = temp.resolve("template");
    touch(file);
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }

  private static void touch(Path file) {
    try {
      Files.createFile(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
