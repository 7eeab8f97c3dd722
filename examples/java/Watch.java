import dev.coffer.*;
import java.time.Duration;

/** What happens to a container, as it happens; whoever starts and stops it. */
class Watch {
  public static void main(String[] arguments) {
    try (Coffer coffer = Coffer.open();
        Events events = coffer.events(coffer.lxcPath())) {
      Container box = coffer.container(arguments[0]);
      box.create(CreateOptions.of("busybox"));
      box.start(StartOptions.DETACHED);
      box.stop(StopOptions.KILL);
      for (int seen = 0; seen < 5; ) {
        seen +=
            events
                .next(Duration.ofSeconds(5))
                .filter(event -> event.name().equals(box.name()))
                .map(Watch::print)
                .orElse(0);
      }
      box.destroy(DestroyOptions.PLAIN);
    }
  }

  private static int print(ContainerEvent event) {
    System.out.println(
        switch (event) {
          case ContainerEvent.StateReached reached -> reached.state();
          case ContainerEvent.InitEnded ended -> "ended by signal " + ended.signal();
        });
    return 1;
  }
}
