package dev.coffer.tools.engine;

import dev.coffer.linux.Fd;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.tools.Invocation;
import dev.coffer.tools.Tools;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** The engine's program: what it is started with decides how it is called. */
public final class EngineProgram {
  private static final int UMASK = 022;
  private static final int WRONG_USAGE = 2;
  private static final List<String> WAKE = List.of("engine", "wake");

  private EngineProgram() {}

  /**
   * Runs an engine to its end.
   *
   * @param arguments {@code --socket PATH}, or {@code --serve-fd N}
   * @return the exit status of the process
   */
  public static int run(List<String> arguments, Supplier<Engine> engines) {
    if (arguments.size() != 2) {
      return usage();
    }
    // The umask of whoever happened to call first must not decide about files made for others.
    HostFiles.applyUmask(UMASK);
    String value = arguments.get(1);
    return switch (arguments.getFirst()) {
      case "--socket" -> listen(Path.of(value), engines);
      case "--serve-fd" -> serve(Fd.of(Integer.parseInt(value)), engines);
      default -> usage();
    };
  }

  private static int listen(Path path, Supplier<Engine> engines) {
    EngineSocket socket;
    try {
      socket = EngineSocket.listen(path);
    } catch (CofferException e) {
      System.err.println("coffer: " + e.getMessage() + " " + String.join(" ", e.details()));
      return 1;
    }
    try (Engine engine = engines.get()) {
      IdleTime idle = IdleTime.parse(System.getenv(IdleTime.VARIABLE));
      EngineServer server =
          new EngineServer(
              socket, Installation.probe(), engine, call -> answer(call, engine), idle);
      Thread terminator =
          Thread.ofPlatform().name("coffer-terminator").unstarted(server::terminate);
      Runtime.getRuntime().addShutdownHook(terminator);
      server.run();
    }
    return 0;
  }

  private static int serve(Fd client, Supplier<Engine> engines) {
    try (Engine engine = engines.get()) {
      new PrivateEngine(Installation.probe(), engine)
          .serve(UnixSocket.of(client), call -> answer(call, engine));
    }
    return 0;
  }

  private static int answer(Invocation call, Engine engine) {
    if (call.program().equals("coffer") && call.arguments().equals(WAKE)) {
      engine.wake();
      return 0;
    }
    return Tools.run(call, engine.coffer());
  }

  private static int usage() {
    System.err.println("usage: EngineMain --socket PATH | --serve-fd N");
    return WRONG_USAGE;
  }
}
