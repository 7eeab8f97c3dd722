import dev.coffer.*;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A limit for one start, and what the kernel has counted. */
class Limits {
  public static void main(String[] arguments) throws Exception {
    try (Coffer coffer = Coffer.open()) {
      Container box = coffer.container(arguments[0]);
      box.create(CreateOptions.of("busybox"));
      boolean v2 = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
      String limit = (v2 ? "lxc.cgroup2" : "lxc.cgroup") + ".pids.max=40";
      box.start(StartOptions.DETACHED.withOverrides(List.of(limit)));
      try (Execution many =
          box.exec(
              AttachOptions.of("sh", "-c", "for i in $(seq 60); do sleep 30 & done 2>&1; wait"))) {
        String complaint = new String(many.output().readNBytes(22));
        System.out.println(complaint.contains("fork") ? "no more processes" : complaint);
      }
      Metrics.Tasks tasks = box.metrics().orElseThrow().tasks();
      System.out.println("limit " + tasks.limit().orElse(0));
      System.out.println("in use " + (tasks.count().orElse(0) > 30 ? "nearly all" : "few"));
      box.stop(StopOptions.KILL);
      box.destroy(DestroyOptions.PLAIN);
    }
  }
}
