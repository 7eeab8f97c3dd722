package dev.coffer.runtime;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.Pidfd;
import dev.coffer.model.CofferException;
import dev.coffer.runtime.program.Program;
import dev.coffer.runtime.program.ShownNodeAssembler;
import java.nio.file.Path;
import java.util.List;

/** Shows a device node of the host inside a container with a user namespace, and hides it again. */
public record ShownNode(Pidfd init, Path place) {
  public void show(Path host, Caller caller) {
    run(ShownNodeAssembler.show(host, place), "make ", caller);
  }

  public void hide(Caller caller) {
    run(ShownNodeAssembler.hide(place), "remove ", caller);
  }

  private void run(Program program, String what, Caller caller) {
    try (Executor executor = new Executor(caller.launch(false))) {
      Executor.Outcome outcome =
          executor.run(program, List.of(init.fd()), (_, _, extra) -> extra.forEach(Fd::close));
      executor.quit(0);
      switch (outcome) {
        case Executor.Outcome.Done _ -> {}
        case Executor.Outcome.Failed failed ->
            throw new CofferException(
                "cannot " + what + place + " inside: " + Errno.describe(failed.errno()));
        case Executor.Outcome.Lost _ ->
            throw new CofferException("cannot " + what + place + " inside: the launcher has ended");
      }
    }
  }
}
