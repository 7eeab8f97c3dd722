import dev.coffer.*;
import java.util.Optional;

/** A snapshot, changes, and the way back. */
class Copies {
  public static void main(String[] arguments) {
    try (Coffer coffer = Coffer.open()) {
      Container box = coffer.container(arguments[0]);
      box.create(CreateOptions.of("busybox"));
      String before = box.snapshot(Optional.of("as it was made"));
      box.start(StartOptions.DETACHED);
      box.attach(AttachOptions.of("touch", "/etc/changed"));
      box.stop(StopOptions.KILL);
      box.restore(before, Optional.empty());
      box.start(StartOptions.DETACHED);
      int status = box.attach(AttachOptions.of("test", "-e", "/etc/changed"));
      System.out.println(status == 0 ? "still changed" : "as it was before");
      box.stop(StopOptions.KILL);
      box.snapshots().forEach(snapshot -> box.destroySnapshot(snapshot.name()));
      box.destroy(DestroyOptions.PLAIN);
    }
  }
}
