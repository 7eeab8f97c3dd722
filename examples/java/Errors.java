import dev.coffer.*;
import dev.coffer.model.CofferException;
import java.util.List;

/** A start that cannot be: the failure says what, where it comes from, and what helps. */
class Errors {
  public static void main(String[] arguments) {
    try (Coffer coffer = Coffer.open()) {
      Container box = coffer.container(arguments[0]);
      box.create(CreateOptions.of("busybox"));
      try {
        box.start(
            StartOptions.DETACHED.withOverrides(
                List.of("lxc.mount.entry=/srv/nothing mnt none bind 0 0")));
      } catch (CofferException e) {
        System.out.println(e.getMessage());
        e.details().stream().filter(line -> !line.startsWith("step")).forEach(System.out::println);
      }
      System.out.println(box.state());
      box.destroy(DestroyOptions.PLAIN);
    }
  }
}
