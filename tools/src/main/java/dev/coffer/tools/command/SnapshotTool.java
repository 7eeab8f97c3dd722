package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.Snapshot;
import dev.coffer.model.CofferException;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import dev.coffer.tools.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** lxc-snapshot: makes, lists, restores and deletes snapshots of a container. */
public final class SnapshotTool implements Tool {
  private static final Option COMMENT =
      Option.value('c', "comment", "FILE", "File with a comment to keep with the snapshot.");
  private static final Option LIST = Option.flag('L', "list", "List the snapshots.");
  private static final Option SHOW =
      Option.flag('C', "showcomments", "With -L: show their comments.");
  private static final Option RESTORE =
      Option.value('r', "restore", "SNAPSHOT", "Make the container as it was then.");
  private static final Option NEW_NAME =
      Option.value('N', "newname", "NEWNAME", "With -r: make a new container instead.");
  private static final Option DESTROY =
      Option.value('d', "destroy", "SNAPSHOT", "Delete a snapshot; ALL deletes all.");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-snapshot",
          "--name=NAME [OPTION...]",
          "makes, lists, restores and deletes snapshots",
          "Without an option a snapshot of the container NAME is made, called snap0, snap1 and so on.\n\n"
              + "--format json, with -L, prints an array of objects with the members name, folder, time"
              + " and comment.",
          OptionTable.of(COMMENT, LIST, SHOW, RESTORE, NEW_NAME, DESTROY, OutputFormat.OPTION),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public int run(Session session) {
    Container container = session.container();
    if (!container.isDefined()) {
      session.log().error("Container is not defined");
      return Runner.FAILED;
    }
    session.flush();
    if (session.has(LIST)) {
      list(session, container.snapshots());
    } else if (session.has(RESTORE)) {
      container.restore(session.value(RESTORE).orElseThrow(), session.value(NEW_NAME));
    } else if (session.has(DESTROY)) {
      destroy(container, session.value(DESTROY).orElseThrow());
    } else {
      String name = container.snapshot(session.path(COMMENT).map(SnapshotTool::read));
      if (session.face() == Face.COFFER) {
        session.out().println(name);
      }
    }
    return Runner.OK;
  }

  private static void list(Session session, List<Snapshot> snapshots) {
    if (OutputFormat.of(session) == OutputFormat.JSON) {
      session.out().print(json(snapshots));
      return;
    }
    if (snapshots.isEmpty()) {
      session.out().println("No snapshots");
    }
    for (Snapshot snapshot : snapshots) {
      session.out().println(snapshot.name() + " (" + snapshot.folder() + ") " + snapshot.time());
      if (session.has(SHOW) && !snapshot.comment().isEmpty()) {
        session.out().println(snapshot.comment().stripTrailing());
      }
    }
  }

  private static String json(List<Snapshot> snapshots) {
    Json json = new Json().array();
    for (Snapshot snapshot : snapshots) {
      json.object().member("name", snapshot.name()).member("folder", snapshot.folder().toString());
      json.member("time", snapshot.time()).member("comment", snapshot.comment()).endObject();
    }
    return json.endArray().text();
  }

  private static void destroy(Container container, String snapshot) {
    if (snapshot.equals("ALL")) {
      container.snapshots().forEach(each -> container.destroySnapshot(each.name()));
    } else {
      container.destroySnapshot(snapshot);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new CofferException(
          "cannot read the comment " + file, List.of("cause  " + e.getMessage()));
    }
  }
}
