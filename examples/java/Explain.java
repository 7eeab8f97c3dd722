import dev.coffer.*;
import dev.coffer.model.plan.Step;

/** What a start would do because of the configuration's own lines; nothing is done. */
class Explain {
  public static void main(String[] arguments) {
    try (Coffer coffer = Coffer.open()) {
      Container box = coffer.container(arguments[0]);
      box.create(CreateOptions.of("busybox"));
      for (Step step : box.plan(StartOptions.DETACHED).steps()) {
        if (step.origin().describe().contains("lxc.uts.name")) {
          System.out.println(step.place() + ": " + step.describe());
        }
      }
      System.out.println(box.state());
      box.destroy(DestroyOptions.PLAIN);
    }
  }
}
