package dev.coffer;

import dev.coffer.config.LxcConfig;
import dev.coffer.image.BuiltInImage;
import dev.coffer.image.Creator;
import dev.coffer.linux.CgroupTrees;
import dev.coffer.model.CofferException;
import dev.coffer.model.ContainerSpec;
import dev.coffer.model.Problem;
import dev.coffer.runtime.BeginningNote;
import dev.coffer.runtime.Caller;
import dev.coffer.runtime.CommandService;
import dev.coffer.runtime.HostFactsReader;
import dev.coffer.runtime.Lives;
import dev.coffer.runtime.RunDirectory;
import dev.coffer.runtime.StartOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What one process holds of the containers on this machine: those it started, those it found
 * running, and what it knows of the kernel. An engine has one for as long as it lives; {@link
 * Coffer#open} makes one.
 */
public final class Host implements AutoCloseable {
  private final HostFactsReader facts = new HostFactsReader();
  private final CgroupTrees trees = CgroupTrees.read();
  private final KnownOrders orders = new KnownOrders();
  private final SeccompPolicies policies = new SeccompPolicies();
  private final LimitWatch limits = new LimitWatch();
  private final Lives lives;
  private final Helpers helpers;
  private final CommandService commands;
  private Creator creator;

  /**
   * @param runDirectory where running containers are noted, see {@link RunDirectory#base}
   * @param launcher the launcher's file: it is what containers are woken and helped by
   */
  public Host(Path runDirectory, Path launcher) {
    List<String> wake = List.of(launcher.toString(), "engine", "wake");
    this.lives = new Lives(runDirectory, facts, this::recall, wake);
    this.helpers = new Helpers(launcher);
    lives.relays().helpers(helpers);
    this.commands = new CommandService(lives, trees.layout());
    lives.onEphemeralEnd(life -> destroy(life.spec()));
  }

  /** Nobody waits for the end of an ephemeral container. */
  private void destroy(ContainerSpec spec) {
    Caller caller = new UnattendedCaller(helpers);
    IdRanges ranges = ranges(caller.environment());
    Destruction.run(Destruction.request(spec, false), spec, ranges, facts.user(), caller);
  }

  /** The ranges of ids of the containers of whoever has this environment. */
  IdRanges ranges(Map<String, String> environment) {
    return new IdRanges(
        IdRanges.file(facts.user(), environment),
        facts.user(),
        directory ->
            Files.exists(directory)
                || lives
                    .find(directory.getParent(), directory.getFileName().toString())
                    .isPresent());
  }

  private StartOrder recall(
      String configText, String name, Path lxcPath, Map<String, String> memo) {
    Path file = Path.of(memo.getOrDefault("config", lxcPath + "/" + name + "/config"));
    try {
      return recall(configText, file, name, lxcPath, memo);
    } catch (CofferException e) {
      // a file it includes was changed or removed since; the container runs all the same
      String own = configText.replaceAll("(?m)^\\s*lxc\\.include\\s*=.*$", "");
      return recall(own, file, name, lxcPath, memo);
    }
  }

  private StartOrder recall(
      String text, Path file, String name, Path lxcPath, Map<String, String> memo) {
    boolean application = Boolean.parseBoolean(memo.get("application"));
    LxcConfig config = LxcConfig.parse(text, file, BeginningNote.environment(memo));
    return Orders.recalled(config, name, lxcPath, application, policies);
  }

  /**
   * The API for one caller.
   *
   * @param notices gets what is worth saying but no failure, such as keys that are not yet in
   *     effect
   */
  public Coffer coffer(Caller caller, Path lxcPath, Consumer<Problem> notices) {
    return new LocalCoffer(this, caller, lxcPath, notices);
  }

  /** The containers that run, and the way to hear of them. */
  public Lives lives() {
    return lives;
  }

  /** Whether there is work in hand, or someone waits for what would be lost with this process. */
  public boolean isBusy() {
    return lives.isBusy() || commands.isBusy();
  }

  /** Whether this is the host's root. */
  public boolean isPrivileged() {
    return facts.privileged();
  }

  Helpers helpers() {
    return helpers;
  }

  KnownOrders orders() {
    return orders;
  }

  LimitWatch limits() {
    return limits;
  }

  HostFactsReader facts() {
    return facts;
  }

  /** Kept, because what it knows of the machine's BusyBox takes two processes to find out. */
  synchronized Creator creator() {
    if (creator == null) {
      creator = new Creator(new BuiltInImage());
    }
    return creator;
  }

  SeccompPolicies policies() {
    return policies;
  }

  CgroupTrees trees() {
    return trees;
  }

  @Override
  public void close() {
    commands.close();
    lives.close();
    helpers.close();
  }
}
