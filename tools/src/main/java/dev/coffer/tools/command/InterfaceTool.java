package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.InterfaceOptions;
import dev.coffer.InterfaceOptions.Setting;
import dev.coffer.tools.option.CommonOptions;
import dev.coffer.tools.option.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code coffer network attach|detach|link}: interfaces of a running container. */
final class InterfaceTool {

  static final String ARGUMENTS = "attach | detach | link CONTAINER [INTERFACE] [up | down]";
  private static final List<String> WORDS = List.of("attach", "detach", "link");
  private static final String UP = "up";
  private static final String DOWN = "down";
  private static final Option TYPE =
      Option.value("type", "TYPE", "attach: as lxc.net.N.type has it; veth if not given.").ours();
  private static final Option LINK =
      Option.value("link", "INTERFACE", "attach: the host's interface or bridge it is attached to.")
          .ours();
  private static final Option NAME =
      Option.value("name", "NAME", "attach: its name inside; the first free ethN if not given.")
          .ours();
  private static final Option HWADDR = Option.value("hwaddr", "MAC", "attach: MAC address.").ours();
  private static final Option IPV4 =
      Option.value("ipv4", "ADDRESS/PREFIX", "attach: an IPv4 address.").ours();
  static final Option IPV6 =
      Option.value(
              "ipv6",
              "ADDRESS/PREFIX",
              "attach: an IPv6 address; create: that of the bridge, with /64: containers make theirs"
                  + " by router advertisements.")
          .ours();
  private static final Option SET =
      Option.value(
              's',
              "define",
              "KEY=VALUE",
              "attach: any other key behind lxc.net.N or coffer.net.N, such as mtu=1400 or"
                  + " filter.mac=1.")
          .ours();
  private static final Option STAYS_DOWN =
      Option.flag("down", "attach: do not bring it up.").ours();
  private static final Option SAVE =
      Option.flag("save", "attach, detach: write it to the container's configuration, too.").ours();

  /** Option and the key it stands for. */
  private static final Map<Option, String> KEYS =
      Map.of(
          LINK, "link",
          NAME, "name",
          HWADDR, "hwaddr",
          IPV4, "ipv4.address",
          IPV6, "ipv6.address");

  static final List<Option> OPTIONS =
      List.of(TYPE, LINK, NAME, HWADDR, IPV4, IPV6, SET, STAYS_DOWN, SAVE, CommonOptions.LXC_PATH);

  /** Whether a first word is for this tool. */
  static boolean knows(String word) {
    return WORDS.contains(word);
  }

  static int run(Session session) {
    List<String> words = session.operands();
    String verb = words.getFirst();
    Container container = container(session, words);
    switch (verb) {
      case "attach" -> {
        requireCount(words, 2, "attach CONTAINER [OPTION…]");
        session.out().println(container.attachInterface(options(session)));
      }
      case "detach" -> {
        requireCount(words, 3, "detach CONTAINER INTERFACE");
        container.detachInterface(words.get(2), session.has(SAVE));
      }
      default -> {
        requireCount(words, 4, "link CONTAINER INTERFACE up|down");
        if (!List.of(UP, DOWN).contains(words.get(3))) {
          throw new BadArgument("\"" + words.get(3) + "\" is neither up nor down");
        }
        container.setInterfaceUp(words.get(2), words.get(3).equals(UP));
      }
    }
    return Runner.OK;
  }

  private static Container container(Session session, List<String> words) {
    if (words.size() < 2) {
      throw new BadArgument(words.getFirst() + " needs the name of a container");
    }
    return session.coffer().container(words.get(1), session.lxcPath());
  }

  private static void requireCount(List<String> words, int count, String usage) {
    if (words.size() != count) {
      throw new BadArgument("use coffer network " + usage);
    }
  }

  private static InterfaceOptions options(Session session) {
    List<Setting> settings = new ArrayList<>();
    for (Option option : OPTIONS) {
      if (KEYS.containsKey(option)) {
        session.arguments().values(option).stream()
            .map(value -> new Setting(KEYS.get(option), value))
            .forEach(settings::add);
      }
    }
    if (!session.has(STAYS_DOWN)) {
      settings.add(new Setting("flags", UP));
    }
    for (String line : session.arguments().values(SET)) {
      int equals = line.indexOf('=');
      if (equals < 1) {
        throw new BadArgument("-s wants KEY=VALUE, not \"" + line + "\"");
      }
      settings.add(new Setting(line.substring(0, equals), line.substring(equals + 1)));
    }
    return new InterfaceOptions(session.value(TYPE).orElse("veth"), settings, session.has(SAVE));
  }
}
