package dev.coffer.tools.engine;

import dev.coffer.linux.Frame;
import dev.coffer.linux.KernelException;
import dev.coffer.linux.UnixSocket;
import dev.coffer.model.CofferException;
import dev.coffer.tools.EngineCall;
import dev.coffer.tools.EngineControl;
import dev.coffer.tools.Invocation;
import java.util.Optional;

/** One client: takes its request, has it answered, tells it the exit code. */
final class Connection {
  /** What is to be done with a request. */
  enum Verdict {
    ANSWER,
    /** The engine is leaving; the client shall start over with the next one. */
    RETRY,
    /** Launcher and engine are not of one build, and starting over would not change it. */
    REFUSE
  }

  /** Decides what becomes of a request. */
  @FunctionalInterface
  interface Gate {
    Verdict judge(Request request);
  }

  private static final int FAILED = 1;
  private static final int BROKEN_PIPE = 141;

  private final UnixSocket client;
  private final int peer;
  private final Installation installation;
  private final Answer answer;
  private final EngineControl control;
  private Thread worker;
  private EngineCall call;

  Connection(
      UnixSocket client,
      int peer,
      Installation installation,
      Answer answer,
      EngineControl control) {
    this.client = client;
    this.peer = peer;
    this.installation = installation;
    this.answer = answer;
    this.control = control;
  }

  /** Serves the client in this thread until the request is answered. */
  void serve(Gate gate, Optional<HangUps> hangUps) {
    try (Frame frame = Frame.read(client)) {
      if (frame == null) {
        return; // someone looked whether an engine is there
      }
      Request request = decode(frame);
      EngineCaller caller = new EngineCaller(client, request, frame.fds(), peer, installation);
      switch (gate.judge(request)) {
        case RETRY -> caller.send(Frame.of(ClientFrames.RETRY, new byte[0]));
        case REFUSE -> exit(caller, refuse(caller, request));
        case ANSWER -> exit(caller, watched(caller, request, hangUps));
      }
    }
  }

  private static Request decode(Frame frame) {
    if (frame.kind() != ClientFrames.REQUEST) {
      throw new CofferException("received a frame of kind " + frame.kind() + " as a request");
    }
    Request request = Request.decode(frame.payload());
    if (request.descriptorCount() != frame.fds().size()) {
      throw new CofferException("received a request with misplaced descriptors");
    }
    return request;
  }

  private int watched(EngineCaller caller, Request request, Optional<HangUps> hangUps) {
    begin(request);
    hangUps.ifPresent(watch -> watch.watch(client.fd(), this::interrupt));
    try {
      return answer(caller, request);
    } finally {
      caller.closeAhead();
      hangUps.ifPresent(watch -> watch.forget(client.fd()));
      end();
    }
  }

  private int answer(EngineCaller caller, Request request) {
    boolean terminal = caller.isTerminal(1);
    StreamOutput out = new StreamOutput(caller.stream(1), terminal);
    StreamOutput err = new StreamOutput(caller.stream(2), true);
    int code =
        answer.run(
            new Invocation(
                request.program(),
                request.arguments(),
                caller.cwd(),
                request.environment(),
                out,
                err,
                caller.isTerminal(0),
                terminal,
                caller.isTerminal(2),
                caller.columns(),
                caller,
                control));
    out.flush();
    err.flush();
    return out.isBroken() ? BROKEN_PIPE : code;
  }

  private int refuse(EngineCaller caller, Request request) {
    StreamOutput err = new StreamOutput(caller.stream(2), true);
    err.println(
        request.program()
            + ": the launcher (build "
            + request.build().hex()
            + ") and the engine (build "
            + installation.buildId().map(BuildId::hex).orElse("unknown")
            + ") do not belong together; install Coffer again");
    return FAILED;
  }

  private static void exit(EngineCaller caller, int code) {
    try {
      caller.send(Frame.of(ClientFrames.EXIT, EngineCaller.encode(code)));
    } catch (KernelException e) {
      // The client is gone, and with it whoever wanted to know.
    }
  }

  private synchronized void begin(Request request) {
    worker = Thread.currentThread();
    call = new EngineCall(peer, request.argv());
  }

  /** From here on no interrupt reaches this thread, which is to serve others. */
  private synchronized void end() {
    worker = null;
    Thread.interrupted();
  }

  /** What is being answered, unless this thread itself does. */
  synchronized Optional<EngineCall> callOfAnother() {
    boolean others = worker != null && worker != Thread.currentThread();
    return others ? Optional.of(call) : Optional.empty();
  }

  /** Tells the request, if it is still being answered, that nobody waits for it any more. */
  synchronized void interrupt() {
    if (worker != null) {
      worker.interrupt();
    }
  }
}
