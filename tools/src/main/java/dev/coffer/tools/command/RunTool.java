package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.CopyOptions;
import dev.coffer.CreateOptions;
import dev.coffer.DestroyOptions;
import dev.coffer.StartOptions;
import dev.coffer.StartOptions.Kind;
import dev.coffer.StoreOptions;
import dev.coffer.tools.option.Arguments;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.OptionTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code coffer run}: one command in a throw-away copy of a container. */
public final class RunTool implements Tool {
  private static final List<String> SHELL = List.of("/bin/sh");

  private static final CommandPage PAGE =
      new CommandPage(
          "coffer run",
          "NAME [OPTION...] [COMMAND...]",
          "runs one command in a throw-away copy of a container",
          "Runs COMMAND, or a shell, below a minimal init in a copy of the container NAME that is"
              + " made for it and deleted after it; what it changes is kept in memory only. NAME"
              + " itself may be running, and is not touched. In place of a container it may be an"
              + " OCI image, docker://… or oci:…, which then says what is run without COMMAND. The"
              + " exit code is the command's.",
          OptionTable.of(
              StartArguments.RC_FILE,
              StartArguments.DEFINE,
              IdOption.UID.option(),
              IdOption.GID.option()),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean runsCommand() {
    return true;
  }

  @Override
  public Launch launches(Arguments arguments) {
    return Launch.FOREGROUND;
  }

  @Override
  public int run(Session session) {
    if (isImage(session.name())) {
      return runImage(session);
    }
    Container original = session.container();
    if (!original.isDefined()) {
      session.log().error("Container is not defined");
      return Runner.FAILED;
    }
    String name = CopyTool.freeName(original.name());
    original.copy(
        CopyOptions.of(name)
            .asSnapshot()
            .evenRunning()
            .withLines(List.of("lxc.ephemeral = 1", "coffer.rootfs.volatile = 1")));
    Container copy = session.coffer().container(name, original.lxcPath());
    return run(session, copy);
  }

  private static int run(Session session, Container made) {
    session.flush();
    int status;
    try {
      status = made.start(options(session));
    } catch (RuntimeException e) {
      made.destroy(new DestroyOptions(true, false));
      throw e;
    }
    CopyTool.awaitGone(made);
    return status;
  }

  /** As skopeo spells images: a container's name has no slash. */
  static boolean isImage(String name) {
    return name.contains("://") || name.startsWith("oci:");
  }

  private static int runImage(Session session) {
    String name = CopyTool.freeName("run");
    Container made = session.coffer().container(name, session.lxcPath());
    made.create(
        new CreateOptions(
            "oci",
            session.path(StartArguments.RC_FILE),
            StoreOptions.DIRECTORY,
            List.of("--url", session.name())));
    return run(session, made);
  }

  private static StartOptions options(Session session) {
    return new StartOptions(
        Kind.APPLICATION,
        true,
        session.operands().isEmpty() && !isImage(session.name()) ? SHELL : session.operands(),
        Optional.empty(),
        overrides(session),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        IdOption.UID.read(session),
        IdOption.GID.read(session));
  }

  /** What was made from an image for this command goes with it, and its changes are not kept. */
  private static List<String> overrides(Session session) {
    List<String> overrides = new ArrayList<>();
    if (isImage(session.name())) {
      overrides.add("lxc.ephemeral=1");
      overrides.add("coffer.rootfs.volatile=1");
    }
    overrides.addAll(session.arguments().values(StartArguments.DEFINE));
    return overrides;
  }
}
