package dev.coffer.it.network;

import dev.coffer.it.Command;
import dev.coffer.it.Machine;
import dev.coffer.it.Outcome;
import dev.coffer.it.Person;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An ordinary user with containers on a network, and a broker of the test's own. */
final class Household {
  static final Duration SOON = Duration.ofSeconds(10);

  private final Machine machine;
  private final Person person;

  Household(Machine machine) throws IOException {
    this.machine = machine;
    this.person = new Person(machine);
  }

  String name() {
    return person.name();
  }

  Path home() {
    return person.home();
  }

  Path socket() {
    return machine.home().resolve("broker.sock");
  }

  Path policy() {
    return machine.home().resolve("usernet");
  }

  Path accounts() {
    return machine.home().resolve("nics");
  }

  /** A broker that goes by these lines, in which USER stands for the user. */
  Command.Running broker(String... lines) throws IOException {
    Files.writeString(policy(), String.join("\n", lines).replace("USER", name()) + "\n");
    return serve("--policy", policy().toString(), "--accounts", accounts().toString());
  }

  Command.Running serve(String... options) {
    var argv = new java.util.ArrayList<>(List.of("coffer", "broker", "--socket"));
    argv.add(socket().toString());
    argv.addAll(List.of(options));
    Command.Running broker = machine.command(argv).start();
    machine.afterwards(() -> end(broker));
    Machine.await("the broker", SOON, () -> Files.exists(socket()));
    return broker;
  }

  void end(Command.Running broker) {
    broker.process().destroy();
    Machine.await("the broker's end", SOON, () -> !Files.exists(socket()));
  }

  /** What a shell of theirs says to this. */
  Outcome says(String script) {
    return person.says("export COFFER_BROKER=" + socket() + "; " + script);
  }

  /** A container with one interface of type veth. */
  void create(String container, String... lines) throws IOException {
    String name = machine.name(container);
    says("lxc-create -n " + name + " -t busybox").ok();
    Path config = home().resolve(".local/share/lxc/" + name + "/config");
    String text = Files.readString(config).replaceAll("(?m)^lxc\\.net\\..*\n", "");
    String net = "lxc.net.0.type = veth\nlxc.net.0.flags = up\n";
    Files.writeString(config, text + net + String.join("\n", lines) + "\n");
    machine.afterwards(() -> says("lxc-stop -k -n " + name + "; lxc-destroy -n " + name));
  }

  Outcome start(String container, String... options) {
    return says("lxc-start -n " + machine.name(container) + " " + String.join(" ", options));
  }

  /** Why it cannot be started. */
  String failure(String container, String... options) {
    return start(container, "-F", String.join(" ", options)).exits(1).err();
  }

  void kill(String container) {
    says("lxc-stop -k -n " + machine.name(container)).ok();
  }

  String plan(String container) {
    return says("coffer explain " + machine.name(container)).ok().out();
  }

  String inside(String container, String command) {
    return says("lxc-attach -n " + machine.name(container) + " -- " + command).ok().text();
  }
}
