import dev.coffer.*;
import dev.coffer.autostart.Autostart;
import dev.coffer.autostart.Autostart.Action;
import dev.coffer.autostart.Candidate;
import dev.coffer.autostart.Selection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/** Containers that need each other, started and stopped in the right order. */
class Group {
  public static void main(String[] arguments) throws Exception {
    try (Coffer coffer = Coffer.open()) {
      Container database = make(coffer, arguments[0] + "db");
      Container web = make(coffer, arguments[0] + "web", "coffer.start.needs = " + database.name());
      Selection ours = new Selection(true, false, List.of(arguments[0]));
      for (Action action : List.of(Action.START, Action.KILL)) {
        Autostart run = new Autostart(coffer, coffer.lxcPath(), ours, action);
        System.out.println(action + " " + run.affected().stream().map(Candidate::name).toList());
        run.run(Duration.ofSeconds(30), 4, (name, failure) -> System.out.println(name + failure));
        System.out.println(database.state() + " " + web.state());
      }
      web.destroy(DestroyOptions.PLAIN);
      database.destroy(DestroyOptions.PLAIN);
    }
  }

  private static Container make(Coffer coffer, String name, String... lines) throws Exception {
    Container container = coffer.container(name);
    container.create(CreateOptions.of("busybox"));
    Path config = coffer.lxcPath().resolve(name).resolve("config");
    String group = "lxc.group = " + name.replaceAll("(db|web)$", "");
    Files.write(config, List.of(group), StandardOpenOption.APPEND);
    Files.write(config, List.of(lines), StandardOpenOption.APPEND);
    return container;
  }
}
