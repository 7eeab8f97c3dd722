import dev.coffer.*;

class Hello {
  public static void main(String[] arguments) {
    try (Coffer coffer = Coffer.open()) {
      Container hello = coffer.container(arguments[0]);
      hello.create(CreateOptions.of("busybox"));
      hello.start(StartOptions.DETACHED);
      int status = hello.attach(AttachOptions.of("echo", "Hello from", hello.name()));
      hello.stop(StopOptions.SHUTDOWN);
      hello.destroy(DestroyOptions.PLAIN);
      System.exit(status);
    }
  }
}
