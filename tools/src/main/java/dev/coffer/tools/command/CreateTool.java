package dev.coffer.tools.command;

import dev.coffer.Container;
import dev.coffer.CreateOptions;
import dev.coffer.StoreOptions;
import dev.coffer.model.CofferException;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.OptionTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** lxc-create: makes a container from a template. */
public final class CreateTool implements Tool {
  private static final String DEFAULT_TEMPLATE = "busybox";
  private static final String LVM = "For LVM (-B lvm)";
  private static final String RBD = "For Ceph RBD (-B rbd)";
  private static final String ZFS = "For ZFS (-B zfs)";
  private static final String BLOCK = "For LVM, Ceph RBD and loop files";

  private static final Option BDEV =
      Option.value(
          'B',
          "bdev",
          "BDEV",
          "Backing store: dir (default), best, btrfs, loop, lvm, nbd, overlay, rbd or zfs.");
  private static final Option CONFIG =
      Option.value('f', "config", "CONFIG", "Configuration file to begin with.");
  private static final Option TEMPLATE =
      Option.value(
          't',
          "template",
          "TEMPLATE",
          "What it is made from: busybox, debian, download or local (built in), none, the name of a"
              + " template or its absolute path.");
  private static final Option LV_NAME =
      Option.value("lvname", "LVNAME", "Logical volume (default: the container's name).")
          .under(LVM)
          .oddLetter('0');
  private static final Option VG_NAME =
      Option.value("vgname", "VG", "Volume group (default: lxc).").under(LVM).oddLetter('1');
  private static final Option THIN_POOL =
      Option.value("thinpool", "TP", "Thin pool (default: lxc).").under(LVM).oddLetter('2');
  private static final Option FS_TYPE =
      Option.value("fstype", "TYPE", "File system (default: ext4).").under(BLOCK).oddLetter('3');
  private static final Option FS_SIZE =
      Option.value("fssize", "SIZE[U]", "Size, with unit b, k, m, g or t (default: 1G; unit m).")
          .under(BLOCK)
          .oddLetter('4');
  private static final Option ZFS_ROOT =
      Option.value("zfsroot", "PATH", "Parent data set (default: lxc).").under(ZFS).oddLetter('5');
  private static final Option DIR =
      Option.value("dir", "DIR", "Directory for the root file system; an absolute path.")
          .oddLetter('6');
  private static final Option RBD_NAME =
      Option.value("rbdname", "RBDNAME", "Image (default: the container's name).")
          .under(RBD)
          .oddLetter('7');
  private static final Option RBD_POOL =
      Option.value("rbdpool", "POOL", "Pool (default: lxc).").under(RBD).oddLetter('8');

  private static final Set<String> STORES =
      Set.of("best", "btrfs", "dir", "loop", "lvm", "nbd", "overlay", "overlayfs", "rbd", "zfs");

  private static final CommandPage PAGE =
      new CommandPage(
          "lxc-create",
          "--name=NAME --template=TEMPLATE [OPTION...] [-- template-options]",
          "makes a container",
          "Makes the container NAME from a template and writes its configuration. What follows -- is"
              + " handed to the template.",
          OptionTable.of(
              BDEV, CONFIG, TEMPLATE, LV_NAME, VG_NAME, THIN_POOL, FS_TYPE, FS_SIZE, ZFS_ROOT, DIR,
              RBD_NAME, RBD_POOL),
          List.of());

  @Override
  public CommandPage page() {
    return PAGE;
  }

  @Override
  public boolean logsBesideContainer() {
    return false;
  }

  @Override
  public int run(Session session) {
    Optional<String> template = template(session);
    if (template.isEmpty()) {
      session.log().error("A template must be specified");
      session.log().error("Use \"none\" if you really want a container without a rootfs");
      return Runner.FAILED;
    }
    String store = session.value(BDEV).orElse("dir");
    String mistake = mistake(session, store);
    if (!mistake.isEmpty()) {
      session.log().error(mistake);
      return Runner.FAILED;
    }
    Container container = session.container();
    if (container.isDefined()) {
      session.log().error("Container already exists");
      return Runner.FAILED;
    }
    CreateOptions options =
        new CreateOptions(
            template.get(),
            session.path(CONFIG),
            storage(session, store.equals("none") ? "dir" : store),
            ImageChoice.complete(session, template.get()));
    return create(session, container, options);
  }

  private static StoreOptions storage(Session session, String type) {
    OptionalLong size =
        session
            .value(FS_SIZE)
            .map(CreateTool::size)
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty());
    return new StoreOptions(
        type,
        session.value(DIR).map(Path::of),
        size,
        session.value(FS_TYPE),
        session.value(VG_NAME),
        session.value(LV_NAME),
        session.value(THIN_POOL),
        session.value(ZFS_ROOT));
  }

  /** A number with one of the letters b, k, m, g and t behind it; m where there is none. */
  static long size(String text) {
    int unit =
        "bkmgt"
            .indexOf(text.isEmpty() ? ' ' : Character.toLowerCase(text.charAt(text.length() - 1)));
    String number = unit < 0 ? text : text.substring(0, text.length() - 1);
    if (!number.matches("[0-9]{1,9}")) {
      throw new CofferException(
          "\"" + text + "\" is no size",
          List.of("hint  write a number and b, k, m, g or t, for instance 2g"));
    }
    return Long.parseLong(number) << 10 * (unit < 0 ? 2 : unit);
  }

  private static int create(Session session, Container container, CreateOptions options) {
    session.flush();
    try {
      container.create(options, Progress.of(session));
      return Runner.OK;
    } catch (CofferException e) {
      if (session.face() == Face.LXC) {
        session.log().error(e.getMessage(), e.details());
        session.log().error("Failed to create container " + session.name());
        return e.exitCode();
      }
      throw e;
    }
  }

  /** {@code coffer create} needs no decision; lxc-create asks for one. */
  private static Optional<String> template(Session session) {
    Optional<String> given = session.value(TEMPLATE);
    return session.face() == Face.COFFER ? given.or(() -> Optional.of(DEFAULT_TEMPLATE)) : given;
  }

  private static String mistake(Session session, String store) {
    if (session.value(DIR).filter(dir -> !dir.startsWith("/")).isPresent()) {
      return "--dir should use absolute path";
    }
    boolean best = store.equals("best");
    boolean block = store.equals("lvm") || store.equals("loop") || store.equals("rbd");
    if (!best && !block && (session.has(FS_TYPE) || session.has(FS_SIZE))) {
      return "Filesystem type and size are only valid with block devices";
    }
    boolean lvm = session.has(LV_NAME) || session.has(VG_NAME) || session.has(THIN_POOL);
    if (!best && !store.equals("lvm") && lvm) {
      return "--lvname, --vgname and --thinpool are only valid with -B lvm";
    }
    if (!best && !store.equals("rbd") && (session.has(RBD_NAME) || session.has(RBD_POOL))) {
      return "--rbdname and --rbdpool are only valid with -B rbd";
    }
    if (!best && !store.equals("zfs") && session.has(ZFS_ROOT)) {
      return "zfsroot is only valid with -B zfs";
    }
    return store.equals("none") || STORES.contains(store)
        ? ""
        : store + " is not a valid backing storage type";
  }
}
