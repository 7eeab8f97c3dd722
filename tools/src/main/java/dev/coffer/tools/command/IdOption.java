package dev.coffer.tools.command;

import dev.coffer.tools.option.Option;
import java.util.OptionalLong;

/** The options that choose as whom a command runs inside, and how they are read. */
enum IdOption {
  UID(Option.value('u', "uid", "UID", "Run the command as user UID inside."), "-u"),
  GID(Option.value('g', "gid", "GID", "Run the command as group GID inside."), "-g");

  private final Option option;
  private final String name;

  IdOption(Option option, String name) {
    this.option = option;
    this.name = name;
  }

  Option option() {
    return option;
  }

  OptionalLong read(Session session) {
    return session
        .value(option)
        .map(text -> OptionalLong.of(Numbers.id(name, text)))
        .orElse(OptionalLong.empty());
  }
}
