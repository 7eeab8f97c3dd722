package dev.coffer.image;

import java.util.List;

/**
 * The comment lines on top of a new container's configuration, as lxc-create(1) puts them there.
 */
final class TemplateHeader {
  private TemplateHeader() {}

  static String of(String template, List<String> arguments) {
    return """
    # Template used to create this container: %s
    # Parameters passed to the template:%s
    # For additional config options, please look at lxc.container.conf(5)

    # Uncomment the following line to support nesting containers:
    #lxc.include = /usr/share/lxc/config/nesting.conf
    # (Be aware this has security implications)

    """
        .formatted(
            oneLine(template),
            arguments.isEmpty() ? "" : " " + oneLine(String.join(" ", arguments)));
  }

  /** An argument must not begin a configuration line. */
  private static String oneLine(String text) {
    return text.replaceAll("\\R", " ");
  }
}
