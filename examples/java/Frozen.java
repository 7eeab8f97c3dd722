import dev.coffer.*;
import dev.coffer.model.ContainerState;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** All processes stand still, and go on; states are waited for. */
class Frozen {
  public static void main(String[] arguments) {
    try (Coffer coffer = Coffer.open()) {
      Container box = coffer.container(arguments[0]);
      box.create(CreateOptions.of("busybox"));
      box.start(StartOptions.DETACHED);
      box.freeze();
      System.out.println(box.state());
      box.unfreeze();
      boolean runs = box.await(Set.of(ContainerState.RUNNING), Optional.of(Duration.ofSeconds(5)));
      System.out.println(runs);
      box.stop(StopOptions.KILL);
      System.out.println(
          box.lastEnd().map(end -> "killed by signal " + end.status().signal()).orElse("?"));
      box.destroy(DestroyOptions.PLAIN);
    }
  }
}
