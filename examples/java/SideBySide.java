import dev.coffer.*;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Several containers at the same time, each in a virtual thread. */
class SideBySide {
  public static void main(String[] arguments) throws Exception {
    try (Coffer coffer = Coffer.open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Container> boxes =
          IntStream.range(0, 4).mapToObj(i -> coffer.container(arguments[0] + i)).toList();
      var answers =
          threads.invokeAll(boxes.stream().map(box -> SideBySide.answering(box)).toList());
      for (var answer : answers) {
        System.out.println(answer.get());
      }
    }
  }

  private static java.util.concurrent.Callable<String> answering(Container box) {
    return () -> {
      box.create(CreateOptions.of("busybox"));
      box.start(StartOptions.DETACHED);
      try (Execution name = box.exec(AttachOptions.of("hostname"))) {
        return new String(name.output().readAllBytes()).strip() + " ended with " + name.await();
      } finally {
        box.stop(StopOptions.KILL);
        box.destroy(DestroyOptions.PLAIN);
      }
    };
  }
}
