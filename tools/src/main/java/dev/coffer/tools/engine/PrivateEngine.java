package dev.coffer.tools.engine;

import dev.coffer.linux.UnixSocket;
import dev.coffer.tools.EngineCall;
import dev.coffer.tools.EngineControl;
import dev.coffer.tools.EngineStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An engine for a single call, over a socket that its client made: {@code --in-process}. */
final class PrivateEngine implements EngineControl {
  private final Installation installation;
  private final Engine engine;
  private final long started = System.nanoTime();

  PrivateEngine(Installation installation, Engine engine) {
    this.installation = installation;
    this.engine = engine;
  }

  void serve(UnixSocket client, Answer answer) {
    try (client;
        HangUps hangUps = new HangUps()) {
      new Connection(client, client.peer().pid(), installation, answer, this)
          .serve(request -> Connection.Verdict.ANSWER, Optional.of(hangUps));
    }
  }

  @Override
  public EngineStatus status() {
    return new EngineStatus(
        ProcessHandle.current().pid(),
        Duration.ofNanos(System.nanoTime() - started),
        installation.buildId().map(BuildId::hex).orElse(""),
        1,
        Self.residentMemory(),
        engine.containers(),
        Optional.empty());
  }

  @Override
  public List<EngineCall> stop() {
    return List.of(); // it ends after this call anyway
  }
}
