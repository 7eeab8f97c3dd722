package dev.coffer.tools.command;

import dev.coffer.NamespaceCommand;
import dev.coffer.model.CofferException;
import dev.coffer.model.IdMap;
import dev.coffer.model.IdMaps;
import dev.coffer.model.Namespace;
import dev.coffer.model.Origin;
import dev.coffer.model.Sourced;
import dev.coffer.plan.HostFacts.User;
import dev.coffer.plan.SubordinateIds.Range;
import dev.coffer.runtime.CommandOrder.Identity;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** lxc-usernsexec: runs a command as root of a new user namespace. */
public final class UserNamespaceTool implements Tool {
  private static final Option MAP =
      Option.value(
          'm',
          "map",
          "MAP",
          "Map ids: [u|g|b]:FIRST:HOST-FIRST:COUNT, for users, groups or both; may be repeated."
              + " Without it the caller's first range in /etc/subuid and /etc/subgid is mapped from 0"
              + " on.");
  private static final Option SELF = Option.flag('s', "self", "Map the caller's own ids as well.");
  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-usernsexec",
          "[-m MAP]... [-s] [-- COMMAND]",
          "runs a command as root of a new user namespace",
          "COMMAND (default: /bin/sh) runs with user and group 0 of a new user namespace and in a"
              + " mount namespace of its own, so it can handle the files of a container with the same"
              + " map. The exit code is the command's.",
          OptionTable.bare(MAP, SELF),
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
  public boolean runsCommand() {
    return true;
  }

  @Override
  public boolean logsBesideContainer() {
    return false;
  }

  @Override
  public int run(Session session) {
    User user = session.coffer().user();
    List<Sourced<IdMap>> maps = new ArrayList<>();
    session.arguments().values(MAP).forEach(text -> parse(text, maps));
    if (maps.isEmpty()) {
      maps.addAll(usual(user));
    }
    if (session.has(SELF)) {
      addOwn(user, maps);
    }
    requireRoot(maps);
    List<String> command = session.operands().isEmpty() ? List.of("/bin/sh") : session.operands();
    session.flush();
    return session
        .coffer()
        .run(
            new NamespaceCommand(
                command,
                EnumSet.of(Namespace.USER, Namespace.MOUNT),
                maps,
                Optional.of(Identity.ROOT),
                Optional.empty(),
                false,
                List.of(),
                true));
  }

  static void parse(String text, List<Sourced<IdMap>> maps) {
    String[] fields = text.split(":", -1);
    Origin origin = Origin.option("-m " + text);
    if (fields.length != 4 || !List.of("u", "g", "b").contains(fields[0])) {
      throw new BadArgument("\"" + text + "\" is not [u|g|b]:FIRST:HOST-FIRST:COUNT");
    }
    try {
      for (IdMap.Kind kind : kinds(fields[0])) {
        maps.add(
            new Sourced<>(
                new IdMap(
                    kind,
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3])),
                origin));
      }
    } catch (IllegalArgumentException e) {
      throw new BadArgument("\"" + text + "\" has numbers that are no ids");
    }
  }

  private static List<IdMap.Kind> kinds(String letter) {
    return switch (letter) {
      case "u" -> List.of(IdMap.Kind.USER);
      case "g" -> List.of(IdMap.Kind.GROUP);
      default -> List.of(IdMap.Kind.USER, IdMap.Kind.GROUP);
    };
  }

  private static List<Sourced<IdMap>> usual(User user) {
    List<Sourced<IdMap>> maps = new ArrayList<>();
    for (IdMap.Kind kind : IdMap.Kind.values()) {
      String file = kind == IdMap.Kind.USER ? "/etc/subuid" : "/etc/subgid";
      Range first =
          user.subordinates(kind).ranges().stream()
              .findFirst()
              .orElseThrow(() ->
                  new CofferException(
                      "Failed to find subuid or subgid allocation",
                      List.of("hint  " + file + " has no line for " + user.name())));
      maps.add(
          new Sourced<>(
              new IdMap(kind, 0, first.first(), first.count()),
              Origin.of(java.nio.file.Path.of(file), 0, "")));
    }
    return maps;
  }

  private static void addOwn(User user, List<Sourced<IdMap>> maps) {
    IdMaps all = new IdMaps(maps.stream().map(Sourced::value).toList());
    IdMaps more = all.with(IdMap.Kind.USER, user.uid()).with(IdMap.Kind.GROUP, user.gid());
    more.lines().stream()
        .skip(maps.size())
        .forEach(map -> maps.add(new Sourced<>(map, Origin.option("-s"))));
  }

  private static void requireRoot(List<Sourced<IdMap>> maps) {
    IdMaps all = new IdMaps(maps.stream().map(Sourced::value).toList());
    for (IdMap.Kind kind : IdMap.Kind.values()) {
      if (!all.contains(kind, 0)) {
        String letter = kind == IdMap.Kind.USER ? "u" : "g";
        throw new CofferException(
            "no " + (kind == IdMap.Kind.USER ? "user" : "group") + " is mapped to 0",
            List.of("hint  add -m " + letter + ":0:HOST-ID:1, or -m b:0:HOST-ID:1 for both"));
      }
    }
  }
}
