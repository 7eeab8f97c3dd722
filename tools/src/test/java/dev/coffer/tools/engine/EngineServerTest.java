package dev.coffer.tools.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.Frame;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.OpenFlags;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.tools.CofferFactory;
import dev.coffer.tools.EngineCall;
import dev.coffer.tools.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EngineServerTest {
  private static final String BUILD = "00112233445566778899aabbccddeeff";
  private static final String OTHER = "ff112233445566778899aabbccddeeff";

  @TempDir Path temp;
  private Path path;
  private final List<Running> running = new ArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);
  private final AtomicBoolean interrupted = new AtomicBoolean();

  private record Running(EngineServer server, Thread thread) {}

  @BeforeEach
  void names() {
    path = temp.resolve("run/engine.sock");
  }

  @AfterEach
  void theEngineLeavesWhenToldTo() throws InterruptedException {
    mayEnd.countDown();
    for (Running engine : running) {
      engine.server().stop();
      engine.thread().join();
    }
  }

  @Test
  void aCallIsAnsweredOnTheCallersOwnDescriptors() throws IOException {
    start("never");
    Path output = temp.resolve("output");
    try (TestClient client = new TestClient(path);
        Fd out = HostFiles.open(output, OpenFlags.CREATE | OpenFlags.WRITE_ONLY, 0600)) {
      client.send(BUILD, List.of("/usr/bin/lxc-echo", "a", "b"), out, out, out);
      assertEquals(42, client.receive());
    }
    assertEquals("lxc-echo [a, b] in /tmp\n", Files.readString(output));
  }

  @Test
  void theSocketIsForItsUserOnly() throws IOException {
    start("never");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())));
  }

  @Test
  void twoThousandCallsLeaveNoDescriptorAndNoThreadBehind() throws Exception {
    start("never");
    call(200);
    long files = descriptors();
    int threads = Thread.activeCount();
    call(2000);
    // the last connections may be closing still; a leak would be thousands
    await(() -> descriptors() <= files + 5);
    await(() -> Thread.activeCount() <= threads + 5);
    assertEquals(2200, running.getFirst().server().status().requestsServed());
  }

  @Test
  void manyCallersAtOnceAreServedAtOnceAndTheirThreadsGoAgain() throws Exception {
    start("never");
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      clients.add(new TestClient(path));
      clients.getLast().send(BUILD, List.of("wait"));
    }
    await(() -> workers() >= 40);
    mayEnd.countDown();
    for (TestClient client : clients) {
      assertEquals(0, client.receive());
      client.close();
    }
    await(() -> workers() <= 9);
  }

  @Test
  void aCallerWhoGoesAwayInterruptsWhatWasDoneForHim() throws Exception {
    start("never");
    TestClient client = new TestClient(path);
    client.send(BUILD, List.of("wait"));
    begun.await();
    client.close();
    await(interrupted::get);
    call(20);
  }

  @Test
  void aCallerOfAnotherBuildIsAskedToRetryAndFindsTheSocketGone() throws Exception {
    start("never");
    call(1);
    try (TestClient client = new TestClient(path)) {
      client.send(OTHER, List.of("x"));
      assertEquals(-ClientFrames.RETRY, client.receive());
    }
    assertFalse(Files.exists(path));
    running.getFirst().thread().join();
  }

  @Test
  void aRunningCallIsAnsweredBeforeTheEngineLeaves() throws Exception {
    start("never");
    try (TestClient slow = new TestClient(path);
        TestClient other = new TestClient(path)) {
      slow.send(BUILD, List.of("wait"));
      begun.await();
      other.send(OTHER, List.of("x"));
      assertEquals(-ClientFrames.RETRY, other.receive());
      mayEnd.countDown();
      assertEquals(0, slow.receive());
    }
    running.getFirst().thread().join();
  }

  @Test
  void aLauncherThatDoesNotFitIsToldSoInsteadOfTryingForEver() throws IOException {
    start("never");
    Path output = temp.resolve("output");
    try (TestClient client = new TestClient(path);
        Fd out = HostFiles.open(output, OpenFlags.CREATE | OpenFlags.WRITE_ONLY, 0600)) {
      client.send(OTHER, List.of("lxc-ls"), out, out, out);
      assertEquals(1, client.receive());
    }
    assertEquals(
        "lxc-ls: the launcher (build %s) and the engine (build %s) do not belong together; install Coffer again\n"
            .formatted(OTHER, BUILD),
        Files.readString(output));
  }

  @Test
  void newFilesInTheOldOnesPlaceMakeItLeave() throws Exception {
    start("never");
    call(1);
    Thread.sleep(600); // how often it looks
    Files.writeString(temp.resolve("jar"), "another");
    try (TestClient client = new TestClient(path)) {
      client.send(BUILD, List.of("x"));
      assertEquals(-ClientFrames.RETRY, client.receive());
    }
  }

  @Test
  void anIdleEngineLeaves() throws Exception {
    start("0");
    call(1);
    running.getFirst().thread().join();
    assertFalse(Files.exists(path));
  }

  @Test
  void whoeverStopsItHearsOfTheCallsThatAreStillAnswered() throws Exception {
    EngineServer engine = start("never").server();
    call(3);
    try (TestClient client = new TestClient(path)) {
      client.send(BUILD, List.of("wait", "for me"));
      begun.await();
      assertEquals(
          List.of(new EngineCall((int) ProcessHandle.current().pid(), List.of("wait", "for me"))),
          engine.stop());
      mayEnd.countDown();
      assertEquals(0, client.receive());
    }
    assertEquals(List.of(), engine.stop());
  }

  @Test
  void nobodyWhoConnectedIsLeftWithoutAnAnswerWhenItLeaves() throws Exception {
    Map<String, Integer> seen = new ConcurrentHashMap<>();
    for (int round = 0; round < 25; round++) {
      Running engine = start("never");
      List<Thread> callers = new ArrayList<>();
      CountDownLatch go = new CountDownLatch(1);
      for (int i = 0; i < 8; i++) {
        callers.add(Thread.ofPlatform().start(() -> seen.merge(caller(go), 1, Integer::sum)));
      }
      go.countDown();
      engine.server().stop();
      for (Thread caller : callers) {
        caller.join();
      }
      engine.thread().join();
    }
    assertEquals(0, seen.getOrDefault("abandoned", 0), seen.toString());
  }

  @Test
  void theSocketOfADeadEngineIsReplaced() throws IOException {
    Files.createDirectories(path.getParent());
    UnixSocket.listen(path, 0600).close();
    assertTrue(Files.exists(path));
    start("never");
    call(1);
  }

  @Test
  void aLivingEngineIsLeftAlone() {
    start("never");
    CofferException e = assertThrows(CofferException.class, () -> EngineSocket.listen(path));
    assertEquals("an engine is running already", e.getMessage());
    call(1);
  }

  @Test
  void anEngineDoesNotRemoveItsSuccessorsSocket() throws IOException {
    Running first = start("never");
    Files.delete(path);
    start("never");
    first.server().stop();
    call(1);
  }

  @Test
  void whoDoesNotSpeakTheProtocolIsTurnedAway() {
    start("never");
    for (int kind : new int[] {ClientFrames.ENDED, 77}) {
      try (TestClient client = new TestClient(path)) {
        Frame.of(kind, new byte[4]).write(client.socket());
        assertEquals(-1, client.receive());
      }
    }
    try (TestClient client = new TestClient(path)) {
      byte[] payload = TestClient.request(BUILD, 7, "/", List.of("x"), List.of());
      Frame.of(ClientFrames.REQUEST, payload).write(client.socket());
      assertEquals(-1, client.receive());
    }
    call(1);
  }

  @Test
  void aProgramIsRunThroughTheClient() {
    start("never");
    try (TestClient client = new TestClient(path)) {
      client.send(BUILD, List.of("run"));
      try (Frame run = Frame.read(client.socket())) {
        assertEquals(ClientFrames.RUN, run.kind());
        assertEquals(List.of(1, 0, 0, 0), bytes(run.payload()));
        assertEquals(2, run.fds().size());
        UnixSocket channel = UnixSocket.of(run.fds().get(1));
        channel.send("hello".getBytes());
      }
      Frame.of(ClientFrames.ENDED, new byte[] {0, 3, 0, 0}).write(client.socket());
      assertEquals(3, client.receive());
    }
  }

  @Test
  void aPrivateEngineServesOneCall() {
    UnixSocket[] pair = UnixSocket.pair();
    Thread client =
        Thread.ofPlatform()
            .start(() -> {
              try (TestClient caller = new TestClient(pair[0])) {
                caller.send(OTHER, List.of("x"));
                assertEquals(42, caller.receive());
              }
            });
    new PrivateEngine(installation(), new Idle()).serve(pair[1], this::answer);
    assertTrue(client.isAlive() || !client.isInterrupted());
  }

  private Running start(String idle) {
    EngineServer server =
        new EngineServer(
            EngineSocket.listen(path),
            installation(),
            new Idle(),
            this::answer,
            IdleTime.parse(idle));
    Running engine = new Running(server, Thread.ofPlatform().start(server::run));
    running.add(engine);
    return engine;
  }

  private Installation installation() {
    try {
      Path jar = temp.resolve("jar");
      Path launcher = temp.resolve("launcher");
      if (!Files.exists(jar)) {
        Files.writeString(jar, "jar");
        Files.writeString(launcher, "launcher");
      }
      return new Installation(jar, launcher, Optional.of(new BuildId(BUILD)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private int answer(Invocation call) {
    switch (call.program()) {
      case "wait" -> {
        begun.countDown();
        try {
          mayEnd.await();
        } catch (InterruptedException e) {
          interrupted.set(true);
        }
        return 0;
      }
      case "run" -> {
        EngineCaller caller = (EngineCaller) call.caller();
        try (UnixSocket channel = caller.launch(true)) {
          byte[] word = new byte[5];
          channel.receive(word, new ArrayList<>());
          assertEquals("hello", new String(word));
        }
        return caller.awaitEnded() >> 8;
      }
      default -> {
        call.out().println(call.program() + " " + call.arguments() + " in " + call.cwd());
        return 42;
      }
    }
  }

  private void call(int times) {
    for (int i = 0; i < times; i++) {
      try (TestClient client = new TestClient(path)) {
        client.send(BUILD, List.of("x"));
        assertEquals(42, client.receive());
      }
    }
  }

  private String caller(CountDownLatch go) {
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    try (TestClient client = new TestClient(path)) {
      client.send(BUILD, List.of("x"));
      int code = client.receive();
      return code == 42 ? "answered" : code == -ClientFrames.RETRY ? "retry" : "abandoned";
    } catch (KernelException e) {
      assertNotEquals(Errno.EPIPE.number(), e.errno());
      return "none there";
    }
  }

  private static long workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("coffer-worker"))
        .count();
  }

  private static long descriptors() {
    String[] open = new java.io.File("/proc/self/fd").list();
    return open == null ? 0 : open.length;
  }

  private static List<Integer> bytes(byte[] bytes) {
    List<Integer> list = new ArrayList<>();
    for (byte b : bytes) {
      list.add((int) b);
    }
    return list;
  }

  private static void await(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "it does not happen");
      Thread.sleep(Duration.ofMillis(5));
    }
  }

  /** No containers. */
  private static final class Idle implements Engine {
    @Override
    public CofferFactory coffer() {
      throw new AssertionError();
    }

    @Override
    public void wake() {}

    @Override
    public boolean isBusy() {
      return false;
    }

    @Override
    public int containers() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
