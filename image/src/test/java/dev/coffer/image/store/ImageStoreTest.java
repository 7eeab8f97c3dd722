package dev.coffer.image.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.image.store.ObjectId.Kind;
import dev.coffer.linux.Fd;
import dev.coffer.model.CofferException;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageStoreTest {
  private static final ObjectId TREE = new ObjectId(Kind.ROOTFS, "0".repeat(64));

  @TempDir Path folder;
  private ImageStore store;

  @BeforeEach
  void store() {
    store = ImageStore.at(folder.resolve("images"));
  }

  @Test
  void anObjectIsFoundByItsContent() throws IOException {
    StoredObject made = file("hello");
    assertEquals(
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", made.id().sha256());
    assertEquals(Optional.of(made), store.find(made.id()));
    assertEquals("hello", Files.readString(made.content()));
    assertEquals(Map.of("origin", "test"), made.facts());
  }

  @Test
  void contentOfAnotherHashIsNotKept() {
    CofferException e =
        assertThrows(
            CofferException.class,
            () -> store.addFile(Kind.BLOB, Optional.of("f".repeat(64)), Map.of(), stream("x")));
    assertTrue(e.getMessage().startsWith("what was fetched is not what was asked for: SHA-256"));
    assertEquals(List.of(), store.objects());
    assertNothingInTheMaking();
  }

  @Test
  void aTreeIsMadeOnce() throws IOException {
    AtomicInteger made = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      store.addTree(
          TREE,
          Map.of(),
          content -> {
            made.incrementAndGet();
            Files.writeString(content.resolve("f"), "x");
            return 1;
          });
    }
    assertEquals(1, made.get());
  }

  @Test
  void manyAtOnceMakeItOnce() throws Exception {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      List<Future<StoredObject>> all =
          java.util.stream.IntStream.range(0, 8)
              .mapToObj(_ ->
                  pool.submit(() -> {
                    start.await();
                    return ImageStore.at(store.root())
                        .addTree(
                            TREE,
                            Map.of(),
                            content -> {
                              made.incrementAndGet();
                              Files.writeString(content.resolve("f"), "x");
                              return 1;
                            });
                  }))
              .toList();
      start.countDown();
      for (Future<StoredObject> one : all) {
        assertEquals("x", Files.readString(one.get().content().resolve("f")));
      }
    }
    assertEquals(1, made.get());
    assertNothingInTheMaking();
  }

  @Test
  void aFailedFillingLeavesNothing() {
    assertThrows(
        IOException.class,
        () ->
            store.addTree(
                TREE,
                Map.of(),
                content -> {
                  Files.writeString(content.resolve("half"), "x");
                  throw new IOException("disk on fire");
                }));
    assertEquals(Optional.empty(), store.find(TREE));
    assertNothingInTheMaking();
  }

  @Test
  void aBrokenObjectIsNamedAndNeverServed() throws IOException {
    StoredObject object = file("hello");
    Path manifest = object.content().resolveSibling("manifest");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replace("size=5", "size=6"));
    broken(object.id(), "its manifest is missing or damaged");
    Files.writeString(manifest, text);
    Files.writeString(object.content(), "hell");
    broken(object.id(), "its content is missing or truncated");
    Files.writeString(object.content(), "jello");
    assertThrows(CofferException.class, () -> store.verify(object));
    Files.delete(manifest);
    store.name("a", object.id());
    assertEquals(List.of(object.id()), store.gc(false));
    assertEquals(Map.of(), store.names());
  }

  private void broken(ObjectId id, String why) {
    CofferException e = assertThrows(CofferException.class, () -> store.find(id));
    assertEquals(
        "the image store's object " + id.describe() + " is broken: " + why, e.getMessage());
  }

  @Test
  void collectingKeepsWhatIsNamedUsedOrNeeded() throws IOException {
    StoredObject named = file("named");
    StoredObject used = file("used");
    StoredObject needed = file("needed");
    StoredObject needing =
        store.addFile(
            Kind.METADATA,
            Optional.empty(),
            Map.of("needs", needed.id().describe()),
            stream("needing"));
    StoredObject idle = file("idle");
    store.name("images:debian/12", named.id());
    store.name("n", needing.id());
    Path container = Files.createDirectory(folder.resolve("c1"));
    store.use(container, List.of(used.id()));
    assertEquals(List.of(container), store.users(used.id()));
    assertThrows(CofferException.class, () -> store.remove(used.id()));
    assertEquals(List.of(idle.id()), store.gc(false));
    Files.delete(container);
    assertEquals(List.of(used.id()), store.gc(false));
    assertEquals(Map.of("images:debian/12", named.id(), "n", needing.id()), store.names());
    assertEquals(3, store.gc(true).size());
    assertEquals(Map.of(), store.names());
  }

  @Test
  void aNameStandsForOneObject() throws IOException {
    StoredObject one = file("one");
    StoredObject two = file("two");
    store.name("../x/..", one.id());
    store.name("../x/..", two.id());
    assertEquals(Optional.of(two.id()), store.named("../x/.."));
    assertTrue(store.removeName("../x/.."));
    assertEquals(Optional.empty(), store.named("../x/.."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"begun", "filled", "written", "placed"})
  void aKilledMakerLeavesTheOldStateOrTheNew(String step) throws Exception {
    for (String kind : List.of("tree", "file")) {
      Process process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  String.join(
                      File.pathSeparator,
                      place(ImageStore.class),
                      place(ImageStoreTest.class),
                      place(Fd.class),
                      place(CofferException.class)),
                  Killed.class.getName(),
                  store.root().toString(),
                  step,
                  kind)
              .inheritIO()
              .start();
      assertEquals(137, process.waitFor());
      boolean whole = step.equals("placed");
      assertEquals(
          whole ? 1 : 0,
          store
              .objects(e -> {
                throw e;
              })
              .size(),
          step);
      store.gc(true);
      assertNothingInTheMaking();
      assertEquals(List.of(), store.objects());
    }
  }

  /** Ends by the hardest way at a step. */
  static final class Killed {
    private Killed() {}

    public static void main(String[] args) throws IOException {
      ImageStore store =
          ImageStore.stepping(
              Path.of(args[0]),
              step -> {
                if (step.equals(args[1])) {
                  Runtime.getRuntime().halt(137);
                }
              });
      if (args[2].equals("tree")) {
        store.addTree(
            TREE,
            Map.of(),
            content -> {
              Files.writeString(content.resolve("f"), "x");
              return 1;
            });
      } else {
        store.addFile(Kind.BLOB, Optional.empty(), Map.of(), stream("x"));
      }
    }
  }

  private static String place(Class<?> type) throws Exception {
    java.net.URL file = type.getResource(type.getSimpleName() + ".class");
    String path = file.toString().replaceFirst("^jar:", "").replaceFirst("!.*", "");
    Path found = Path.of(java.net.URI.create(path));
    if (path.endsWith(".jar")) {
      return found.toString();
    }
    for (int i = type.getPackageName().split("\\.").length; i >= 0; i--) {
      found = found.getParent();
    }
    return found.toString();
  }

  private StoredObject file(String content) throws IOException {
    return store.addFile(Kind.BLOB, Optional.empty(), Map.of("origin", "test"), stream(content));
  }

  private static ByteArrayInputStream stream(String content) {
    return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
  }

  private void assertNothingInTheMaking() {
    assertEquals(0, store.root().resolve("making").toFile().list().length);
  }
}
