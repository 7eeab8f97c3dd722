package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.CopyOptions;
import dev.coffer.StoreOptions;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** lxc-clone of LXC 1, by lxc-copy's means. */
public final class CloneTool implements Tool {
  private static final Option ORIGINAL = Option.value('o', "orig", "NAME", "Name of the original.");
  private static final Option NEW = Option.value('n', "new", "NEWNAME", "Name of the copy.");
  private static final Option LXC_PATH =
      Option.value('p', "lxcpath", "PATH", "Directory that holds the original.");
  private static final Option NEW_PATH =
      Option.value('P', "newpath", "PATH", "Directory that gets the copy.");
  private static final Option SNAPSHOT =
      Option.flag('s', "snapshot", "Keep only changes; the original stays below the copy.");
  private static final Option RENAME =
      Option.flag('R', "rename", "Give the container the new name instead.");
  private static final Option STORE =
      Option.value('B', "backingstore", "STORE", "Backing store of the copy.");
  private static final Option SIZE =
      Option.value('L', "fssize", "SIZE[U]", "Size of a block device.");
  private static final Option GROUP = Option.value('v', "vgname", "GROUP", "Volume group for lvm.");
  private static final Option FILE_SYSTEM =
      Option.value('t', "fstype", "TYPE", "File system on a block device.");
  private static final Option KEEP_NAME =
      Option.flag('K', "keepname", "Keep the host name of the original.");
  private static final Option KEEP_MAC =
      Option.flag('M', "keepmac", "Keep the hardware addresses of the original.");
  private static final Option COPY_HOOKS =
      Option.flag('H', "copyhooks", "Accepted; hooks in the original's directory are copied.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-clone",
          "[OPTION...] ORIG NEW [-- HOOK-ARGUMENT...]",
          "copies a container; lxc-copy is its successor",
          "Copies the container ORIG with all its files, or keeps only changes (-s).",
          OptionTable.bare(
              ORIGINAL,
              NEW,
              LXC_PATH,
              NEW_PATH,
              SNAPSHOT,
              RENAME,
              STORE,
              SIZE,
              GROUP,
              FILE_SYSTEM,
              KEEP_NAME,
              KEEP_MAC,
              COPY_HOOKS),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean wantsName() {
    return false;
  }

  @Override
  public int run(Session session) {
    List<String> words = new ArrayList<>(session.operands());
    String from = name(session, ORIGINAL, words, "the original");
    String to = name(session, NEW, words, "the copy");
    Path lxcPath = session.path(LXC_PATH).orElseGet(() -> session.coffer().lxcPath());
    Container original = session.coffer().container(from, lxcPath);
    if (!original.isDefined()) {
      session.log().error("container " + from + " is not defined");
      return Runner.FAILED;
    }
    session.flush();
    if (session.has(RENAME)) {
      original.rename(to);
      return Runner.OK;
    }
    original.copy(
        new CopyOptions(
            to,
            session.path(NEW_PATH),
            session.has(SNAPSHOT),
            store(session),
            session.has(KEEP_NAME),
            session.has(KEEP_MAC),
            false,
            words,
            List.of()));
    String kind = session.has(SNAPSHOT) ? "snapshot" : "copy";
    session.out().println("Created container " + to + " as " + kind + " of " + from);
    return Runner.OK;
  }

  private static String name(Session session, Option option, List<String> words, String whose) {
    Optional<String> given = session.value(option);
    if (given.isEmpty() && words.isEmpty()) {
      throw new BadArgument("the name of " + whose + " is missing");
    }
    return given.isPresent() ? given.get() : words.removeFirst();
  }

  private static Optional<StoreOptions> store(Session session) {
    return session
        .value(STORE)
        .map(type ->
            new StoreOptions(
                type.equals("overlayfs") ? "overlay" : type,
                Optional.empty(),
                session
                    .value(SIZE)
                    .map(text -> OptionalLong.of(CreateTool.size(text)))
                    .orElse(OptionalLong.empty()),
                session.value(FILE_SYSTEM),
                session.value(GROUP),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }
}
