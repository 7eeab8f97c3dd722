import dev.coffer.*;

/** A command inside a container, with this program at the other end of its streams. */
class Output {
  public static void main(String[] arguments) throws Exception {
    try (Coffer coffer = Coffer.open()) {
      Container box = coffer.container(arguments[0]);
      box.create(CreateOptions.of("busybox"));
      box.start(StartOptions.DETACHED);
      try (Execution sort = box.exec(AttachOptions.of("sort", "-r"))) {
        sort.input().write("one\ntwo\nthree\n".getBytes());
        sort.input().close();
        System.out.print(new String(sort.output().readAllBytes()));
        System.out.println("status " + sort.await());
      }
      try (Execution fails = box.exec(AttachOptions.of("ls", "/nothing"))) {
        System.out.print(new String(fails.errors().readAllBytes()));
        System.out.println("status " + fails.await());
      }
      box.stop(StopOptions.KILL);
      box.destroy(DestroyOptions.PLAIN);
    }
  }
}
