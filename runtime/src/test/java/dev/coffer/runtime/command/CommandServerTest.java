package dev.coffer.runtime.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.linux.Fd;
import dev.coffer.linux.Pidfd;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.ContainerState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommandServerTest {
  @TempDir Path temp;
  private final CommandServer server = new CommandServer();
  private FakeContainer container;
  private CommandClient client;

  @BeforeEach
  void aContainer() throws IOException {
    container = new FakeContainer(server, temp, "coffer-t-cmd", 0x20000, "sleep", "1000");
    client = CommandClient.of(temp.toString(), "coffer-t-cmd");
  }

  @AfterEach
  void end() {
    container.close();
    server.close();
  }

  @Test
  void plainQuestionsAreAnswered() {
    container.items.put("lxc.tty.max", "4");
    container.items.put("lxc.group", "");
    assertEquals(ContainerState.RUNNING, client.state());
    assertEquals(OptionalInt.of((int) container.init().pid()), client.initPid());
    assertEquals(Optional.of(0x20000L), client.cloneFlags());
    assertEquals(Optional.of("4"), client.configItem("lxc.tty.max"));
    assertEquals(Optional.empty(), client.configItem("lxc.group"));
    assertEquals(Optional.of("coffer-t-cmd"), client.name());
    assertEquals(Optional.of(temp.toString()), client.lxcPath());
    assertEquals(Optional.empty(), client.cgroupPath("bogus"));
  }

  @Test
  void descriptorsArePassedAndNoneIsKept() throws IOException {
    Optional<Pidfd> pidfd = client.initPidfd();
    assertTrue(pidfd.isPresent());
    assertFalse(pidfd.get().awaitEnd(0));
    pidfd.get().close();
    long before = descriptors();
    for (int i = 0; i < 300; i++) {
      client.initPidfd().orElseThrow().close();
      client.state();
    }
    assertTrue(descriptors() <= before + 2, before + " -> " + descriptors());
  }

  @Test
  void aStateThatHoldsAlreadyIsToldAtOnce() {
    assertEquals(
        Optional.of(ContainerState.RUNNING),
        client.await(Set.of(ContainerState.RUNNING, ContainerState.STOPPED), Optional.empty()));
  }

  @Test
  void aStateIsWaitedForNoLongerThanAsked() {
    assertEquals(
        Optional.empty(),
        client.await(Set.of(ContainerState.STOPPED), Optional.of(Duration.ofMillis(50))));
  }

  @Test
  void whoeverWaitsForAStateIsToldWhenItComes() throws Exception {
    List<CompletableFuture<Optional<ContainerState>>> waiting = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Set<ContainerState> wanted =
          Set.of(i % 2 == 0 ? ContainerState.FROZEN : ContainerState.STOPPED);
      waiting.add(
          CompletableFuture.supplyAsync(
              () -> client.await(wanted, Optional.of(Duration.ofSeconds(20))),
              task -> Thread.ofPlatform().start(task)));
    }
    Thread.sleep(100);
    assertTrue(client.announce(ContainerState.FROZEN));
    for (int i = 0; i < 20; i += 2) {
      assertEquals(Optional.of(ContainerState.FROZEN), waiting.get(i).get(10, TimeUnit.SECONDS));
      assertFalse(waiting.get(i + 1).isDone());
    }
    container.end();
    for (int i = 1; i < 20; i += 2) {
      assertEquals(Optional.of(ContainerState.STOPPED), waiting.get(i).get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void stoppingAnswersWhenTheContainerHasStopped() {
    assertTrue(client.stop());
    assertFalse(container.init().isAlive());
    assertEquals(ContainerState.STOPPED, client.state());
    assertEquals(OptionalInt.empty(), client.initPid());
    assertTrue(client.stop());
  }

  @Test
  void aTerminalIsFreeAgainWhenItsUserLeaves() throws InterruptedException {
    try (TtyLease tty = client.openTty(-1).orElseThrow()) {
      assertEquals(1, tty.number());
      byte[] text = new byte[7];
      assertEquals(7, tty.master().read(text));
      assertEquals("welcome", new String(text));
      assertEquals(Optional.empty(), client.openTty(-1));
    }
    while (container.ttyTaken) {
      Thread.sleep(5);
    }
    client.openTty(-1).orElseThrow().close();
  }

  @Test
  void aTerminalsUserIsCutOffWhenTheContainerStops() {
    try (TtyLease tty = client.openTty(-1).orElseThrow()) {
      container.end();
      assertFalse(container.ttyTaken);
      assertTrue(tty.number() > 0);
    }
  }

  @Test
  void unknownCommandsAreAnsweredWithENOSYS() {
    for (int command : new int[] {-1, 27, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertEquals(-38, result(new CommandRequest(command, 0, new byte[0])));
    }
  }

  @Test
  void aDeviceRuleIsUnderstood() {
    ByteBuffer rule = ByteBuffer.allocate(40).order(ByteOrder.nativeOrder());
    rule.put((byte) 'c').putInt(4, 10).putInt(8, -1).put(12, "rw".getBytes()).putInt(16, 1);
    assertEquals(0, result(CommandRequest.of(Command.ADD_BPF_DEVICE_CGROUP, rule.array())));
    assertEquals(
        List.of("DeviceRule[type=c, major=10, minor=-1, access=rw, allow=true]"), container.heard);
    assertEquals(-22, result(CommandRequest.of(Command.ADD_BPF_DEVICE_CGROUP, new byte[40])));
  }

  @Test
  void aRequestThatComesByteByByteIsUnderstood() {
    byte[] whole = CommandRequest.of(Command.GET_CONFIG_ITEM, "lxc.tty.max").encode();
    container.items.put("lxc.tty.max", "2");
    try (UnixSocket socket = connect()) {
      for (byte b : whole) {
        socket.send(new byte[] {b});
      }
      byte[] answer = receive(socket);
      assertArrayEquals(new byte[] {'2', 0}, Arrays.copyOfRange(answer, 16, answer.length));
    }
  }

  @Test
  void aLengthThatCannotBeTrueEndsTheConnection() {
    for (int length : new int[] {-1, 8193, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      try (UnixSocket socket = connect()) {
        ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
        socket.send(header.putInt(7).putInt(length).array());
        assertEquals(0, receive(socket).length);
      }
    }
  }

  @Test
  void noBytesWhateverDisturbTheOthers() {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      try (UnixSocket socket = connect()) {
        byte[] junk = new byte[1 + random.nextInt(40)];
        random.nextBytes(junk);
        ByteBuffer header = ByteBuffer.wrap(junk).order(ByteOrder.nativeOrder());
        if (junk.length > 16 && random.nextBoolean()) {
          // not the one that would end the process
          header.putInt(0, 3 + random.nextInt(24)).putInt(4, junk.length - 16);
        } else {
          header.put(0, (byte) 99);
        }
        socket.send(junk);
      }
    }
    assertEquals(ContainerState.RUNNING, withoutWhatTheyAnnounced());
  }

  @Test
  void manyContainersAreServedByOneThread() throws IOException {
    long before = threads();
    List<FakeContainer> others = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      others.add(new FakeContainer(server, temp, "coffer-t-many" + i, 0, "sleep", "1000"));
    }
    for (int i = 0; i < 50; i++) {
      CommandClient one = CommandClient.of(temp.toString(), "coffer-t-many" + i);
      assertEquals(OptionalInt.of(others.get(i).initPid()), one.initPid());
    }
    assertEquals(before, threads());
    others.forEach(FakeContainer::close);
  }

  @Test
  void aLongNameIsHashedAndFoundAgain() throws IOException {
    Path deep = temp.resolve("a".repeat(60)).resolve("b".repeat(60));
    try (FakeContainer hidden = new FakeContainer(server, deep, "coffer-t-long", 0, "sleep", "9")) {
      assertTrue(CommandSocketName.of(deep.toString(), "coffer-t-long").startsWith("lxc/"));
      assertEquals(
          OptionalInt.of(hidden.initPid()),
          CommandClient.of(deep.toString(), "coffer-t-long").initPid());
      assertTrue(
          ActiveContainers.read()
              .contains(new ActiveContainers.Found(deep.toString(), "coffer-t-long")));
    }
  }

  @Test
  void runningContainersAreFoundByTheirSockets() {
    ActiveContainers.Found here = new ActiveContainers.Found(temp.toString(), "coffer-t-cmd");
    assertTrue(ActiveContainers.read().contains(here));
    container.end();
    assertFalse(ActiveContainers.read().contains(here));
  }

  @Test
  void theHashIsLxcs() {
    String path = "/" + "x".repeat(120);
    assertEquals("lxc/ff9e1a3a0c5d6d17/command".length(), CommandSocketName.of(path, "n").length());
    assertEquals("/var/lib/lxc/web/command", CommandSocketName.of("/var/lib/lxc", "web"));
  }

  private ContainerState withoutWhatTheyAnnounced() {
    container.change(ContainerState.RUNNING);
    return client.state();
  }

  private UnixSocket connect() {
    return UnixSocket.connectAbstract(CommandSocketName.of(temp.toString(), "coffer-t-cmd"));
  }

  private int result(CommandRequest request) {
    try (UnixSocket socket = connect()) {
      socket.send(request.encode());
      return ByteBuffer.wrap(receive(socket)).order(ByteOrder.nativeOrder()).getInt();
    }
  }

  private static byte[] receive(UnixSocket socket) {
    byte[] bytes = new byte[4096];
    int length = 0;
    List<Fd> fds = new ArrayList<>();
    for (int count; (count = socket.receive(bytes, length, bytes.length - length, fds)) > 0; ) {
      length += count;
    }
    fds.forEach(Fd::close);
    return Arrays.copyOf(bytes, length);
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("coffer-command"))
        .count();
  }

  private static long descriptors() throws IOException {
    try (var entries = Files.list(Path.of("/proc/self/fd"))) {
      return entries.count();
    }
  }
}
