package dev.coffer.tools.command;

import dev.coffer.tools.option.Option;

/** What {@code --format} asks for. */
enum OutputFormat {
  TEXT,
  JSON;

  static final Option OPTION =
      Option.value("format", "FORMAT", "Output format: text (default) or json.").ours();

  static OutputFormat of(Session session) {
    String given = session.value(OPTION).orElse("text");
    return switch (given) {
      case "text", "table" -> TEXT;
      case "json" -> JSON;
      default -> throw new BadArgument("--format " + given + ": must be text or json");
    };
  }
}
