package dev.coffer.tools.command;

import dev.coffer.AttachOptions;
import dev.coffer.Container;
import dev.coffer.CopyOptions;
import dev.coffer.DestroyOptions;
import dev.coffer.StartOptions;
import dev.coffer.StopOptions;
import dev.coffer.StoreOptions;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

/** lxc-copy: copies a container, or renames it, or runs a throw-away copy. */
public final class CopyTool implements Tool {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

  private static final Option NEW_NAME =
      Option.value('N', "newname", "NEWNAME", "Name of the copy.");
  private static final Option NEW_PATH =
      Option.value('p', "newpath", "NEWPATH", "Directory that gets the copy's directory.");
  private static final Option RENAME =
      Option.flag('R', "rename", "Give the container the new name instead.");
  private static final Option SNAPSHOT =
      Option.flag('s', "snapshot", "Keep only changes; the original stays below the copy.");
  private static final Option ALLOW_RUNNING =
      Option.flag('a', "allowrunning", "Copy a running container too.");
  private static final Option STORE =
      Option.value(
          'B',
          "backingstorage",
          "STORE",
          "Backing store of the copy: dir, overlay, btrfs, loop, …");
  private static final Option SIZE =
      Option.value('L', "fssize", "SIZE[U]", "Size of a block device, as lxc-create takes it.");
  private static final Option KEEP_DATA =
      Option.flag('D', "keepdata", "With -e: keep the copy when it ends.");
  private static final Option KEEP_NAME =
      Option.flag('K', "keepname", "Keep the host name of the original.");
  private static final Option KEEP_MAC =
      Option.flag('M', "keepmac", "Keep the hardware addresses of the original.");
  private static final String THROW_AWAY = "For copies that go when they end (-e)";
  private static final Option EPHEMERAL =
      Option.flag('e', "ephemeral", "Start a copy that is deleted when it ends.").under(THROW_AWAY);
  private static final Option FOREGROUND =
      Option.flag('F', "foreground", "Stay with it, on this terminal.").under(THROW_AWAY);
  private static final Option DAEMON =
      Option.flag('d', "daemon", "Start it in the background; the default.").under(THROW_AWAY);
  private static final Option TMPFS =
      Option.flag('t', "tmpfs", "Keep its changes in memory.").under(THROW_AWAY);
  private static final Option MOUNT =
      Option.value(
              'm',
              "mount",
              "TYPE=SRC[:DST][:ro|:rw]",
              "Mount a directory in it, TYPE being bind or overlay; several are joined by commas.")
          .under(THROW_AWAY);

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-copy",
          "--name=NAME [-N NEWNAME] [OPTION...] [-- COMMAND]",
          "copies a container",
          "Copies the container NAME with all its files, or keeps only changes (-s), or gives it"
              + " another name (-R). With -e a copy is started that is deleted when it ends; with"
              + " COMMAND it runs that and ends.",
          OptionTable.of(
              NEW_NAME,
              NEW_PATH,
              RENAME,
              SNAPSHOT,
              ALLOW_RUNNING,
              STORE,
              SIZE,
              KEEP_NAME,
              KEEP_MAC,
              EPHEMERAL,
              FOREGROUND,
              DAEMON,
              TMPFS,
              MOUNT,
              KEEP_DATA),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    Container original = session.container();
    if (!original.isDefined()) {
      session.log().error("Container is not defined");
      return Runner.FAILED;
    }
    if (session.has(EPHEMERAL)) {
      return runEphemeral(session, original);
    }
    Optional<String> name = name(session);
    if (name.isEmpty()) {
      session.log().error("You must provide a NEWNAME for the clone");
      return Runner.FAILED;
    }
    session.flush();
    if (session.has(RENAME)) {
      original.rename(name.get());
    } else {
      original.copy(options(session, name.get(), session.has(SNAPSHOT), List.of()));
    }
    return Runner.OK;
  }

  /** {@code coffer copy OLD NEW} needs no option. */
  private static Optional<String> name(Session session) {
    Optional<String> given = session.value(NEW_NAME);
    boolean positional = session.face() == Face.COFFER && session.operands().size() == 1;
    return given.isEmpty() && positional ? Optional.of(session.operands().getFirst()) : given;
  }

  private static CopyOptions options(
      Session session, String name, boolean snapshot, List<String> lines) {
    return new CopyOptions(
        name,
        session.path(NEW_PATH),
        snapshot,
        store(session),
        session.has(KEEP_NAME),
        session.has(KEEP_MAC),
        session.has(ALLOW_RUNNING) || session.has(EPHEMERAL),
        session.has(EPHEMERAL) ? List.of() : session.operands(),
        lines);
  }

  private static Optional<StoreOptions> store(Session session) {
    OptionalLong size =
        session
            .value(SIZE)
            .map(text -> OptionalLong.of(CreateTool.size(text)))
            .orElse(OptionalLong.empty());
    return session
        .value(STORE)
        .map(type -> {
          StoreOptions plain = StoreOptions.of(type);
          return new StoreOptions(
              type,
              plain.directory(),
              size,
              plain.fileSystem(),
              plain.volumeGroup(),
              plain.volume(),
              plain.thinPool(),
              plain.dataset());
        });
  }

  private static int runEphemeral(Session session, Container original) {
    String name = session.value(NEW_NAME).orElseGet(() -> freeName(original.name()));
    boolean kept = session.has(KEEP_DATA);
    Path folder = session.path(NEW_PATH).orElse(original.lxcPath());
    List<String> lines = new ArrayList<>();
    if (!kept) {
      lines.add("lxc.ephemeral = 1");
    }
    if (session.has(TMPFS)) {
      lines.add("coffer.rootfs.volatile = 1");
    }
    session
        .value(MOUNT)
        .ifPresent(wishes -> lines.addAll(EphemeralMounts.lines(wishes, folder.resolve(name))));
    original.copy(options(session, name, true, lines));
    session.out().println("Created " + name + " as clone of " + original.name());
    if (session.has(TMPFS)) {
      session.out().println("Container is placed on tmpfs.");
      session.out().println("Rebooting will cause all changes made to it to be lost!");
    }
    session.flush();
    return start(session, session.coffer().container(name, folder));
  }

  /** Whatever becomes of it, a copy that shall not stay does not. */
  private static int start(Session session, Container copy) {
    try {
      boolean foreground = session.has(FOREGROUND) && session.operands().isEmpty();
      copy.start(
          StartOptions.DETACHED.withCommand(StartOptions.Kind.SYSTEM, foreground, List.of()));
    } catch (RuntimeException e) {
      if (!session.has(KEEP_DATA)) {
        copy.destroy(new DestroyOptions(true, false));
      }
      throw e;
    }
    if (session.operands().isEmpty()) {
      return Runner.OK;
    }
    int status = copy.attach(AttachOptions.of(session.operands().toArray(String[]::new)));
    copy.stop(session.has(KEEP_DATA) ? StopOptions.SHUTDOWN : StopOptions.KILL);
    if (!session.has(KEEP_DATA)) {
      awaitGone(copy);
    }
    return status;
  }

  /** The engine deletes it as soon as it has ended; after a failed start it is deleted here. */
  static void awaitGone(Container copy) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (copy.isDefined() && System.nanoTime() < end) {
      try {
        Thread.sleep(LOOK_AGAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    if (copy.isDefined()) {
      copy.destroy(new DestroyOptions(true, false));
    }
  }

  /** As lxc-copy(1) makes it, {@code NAME_XXXXXX}. */
  static String freeName(String original) {
    String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    StringBuilder suffix = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      suffix.append(letters.charAt(ThreadLocalRandom.current().nextInt(letters.length())));
    }
    return original + "_" + suffix;
  }
}
