package dev.coffer.image;

import dev.coffer.image.oci.OciImage;
import dev.coffer.linux.Beneath;
import dev.coffer.model.CofferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The lines of configuration that an OCI image's description becomes. It says what is inside; what
 * it says of the host, ports and volumes, becomes comments.
 *
 * @param layers the uppermost first: names of users are looked up there
 */
record OciConfig(OciImage image, List<Path> layers) {
  private static final int LONGEST = 1 << 20;

  List<String> lines(String name) {
    List<String> lines = new ArrayList<>();
    lines.add("lxc.uts.name = " + name);
    if (!image.command().isEmpty()) {
      lines.add("lxc.execute.cmd = " + quoted(image.command()));
      lines.add("lxc.init.cmd = " + quoted(image.command()));
    }
    image.environment().stream()
        .filter(OciConfig::isSetting)
        .forEach(setting -> lines.add("lxc.environment = " + setting));
    image
        .workingDirectory()
        .filter(OciConfig::isOneLine)
        .ifPresent(path -> lines.add("lxc.init.cwd = " + path));
    image.user().ifPresent(user -> user(user, lines));
    lines.add("lxc.signal.halt = " + image.stopSignal().orElse("SIGTERM"));
    lines.add("lxc.tty.max = 1");
    lines.add("lxc.mount.auto = proc:mixed sys:mixed cgroup:mixed");
    lines.add("lxc.mount.entry = shm dev/shm tmpfs nosuid,nodev,noexec,mode=1777,create=dir 0 0");
    lines.add(
        "lxc.mount.entry = mqueue dev/mqueue mqueue nosuid,nodev,noexec,optional,create=dir 0 0");
    lines.add(
        "lxc.mount.entry = /etc/resolv.conf etc/resolv.conf none bind,ro,optional,create=file 0 0");
    image.exposedPorts().stream()
        .filter(OciConfig::isOneLine)
        .forEach(port -> lines.add("# the image has a service on " + port));
    image.volumes().stream()
        .filter(OciConfig::isOneLine)
        .forEach(path -> lines.add("# the image keeps data in " + path));
    return lines;
  }

  /** An image must not write lines of its own. */
  private static boolean isOneLine(String text) {
    return text.chars().noneMatch(c -> c < ' ');
  }

  private static boolean isSetting(String text) {
    return isOneLine(text) && text.matches("[A-Za-z_][A-Za-z0-9_]*=.*");
  }

  /** Words as lxc.execute.cmd takes them: within quotes there are no others of their kind. */
  private static String quoted(List<String> words) {
    List<String> quoted = new ArrayList<>();
    for (String word : words) {
      boolean plain = word.matches("[A-Za-z0-9_@%+=:,./-]+");
      char quote = word.indexOf('\'') < 0 ? '\'' : '"';
      if (!isOneLine(word) || !plain && word.indexOf(quote) >= 0) {
        throw new CofferException(
            "the image's command cannot be written into a configuration",
            List.of("hint  give a command of your own when the container is started"));
      }
      quoted.add(plain ? word : quote + word + quote);
    }
    return String.join(" ", quoted);
  }

  private void user(String user, List<String> lines) {
    int colon = user.indexOf(':');
    String name = colon < 0 ? user : user.substring(0, colon);
    List<String> entry = account("/etc/passwd", name, 2);
    String uid = name.matches("[0-9]{1,9}") ? name : field(entry, 2, name);
    String group = colon < 0 ? "" : user.substring(colon + 1);
    String gid =
        group.isEmpty()
            ? entry.size() > 3 ? entry.get(3) : "0"
            : group.matches("[0-9]{1,9}")
                ? group
                : field(account("/etc/group", group, 2), 2, group);
    lines.add("lxc.init.uid = " + number(uid, user));
    lines.add("lxc.init.gid = " + number(gid, user));
  }

  private String field(List<String> entry, int index, String name) {
    if (entry.size() <= index) {
      throw new CofferException(
          "the image runs as " + name + ", whom it does not know",
          List.of("hint  the image is broken: neither /etc/passwd nor /etc/group has the name"));
    }
    return entry.get(index);
  }

  private static String number(String text, String user) {
    if (!text.matches("[0-9]{1,9}")) {
      throw new CofferException("the image's user \"" + user + "\" has no number");
    }
    return text;
  }

  /** By the name, or by the number in a field; empty for none. */
  private List<String> account(String file, String wanted, int number) {
    for (Path layer : layers) {
      Optional<byte[]> text = Beneath.read(layer.toString(), file, LONGEST);
      if (text.isPresent()) {
        return new String(text.get(), StandardCharsets.UTF_8)
            .lines()
            .map(line -> List.of(line.split(":", -1)))
            .filter(fields -> fields.size() > number)
            .filter(fields -> fields.getFirst().equals(wanted) || fields.get(number).equals(wanted))
            .findFirst()
            .orElse(List.of());
      }
    }
    return List.of();
  }
}
