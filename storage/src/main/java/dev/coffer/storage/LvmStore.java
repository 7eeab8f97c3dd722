package dev.coffer.storage;

import dev.coffer.linux.FileSystemType;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.HostMount;
import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A logical volume, lvm(8).
 *
 * @param group its volume group
 * @param volume its name
 * @param thinPool the pool it is made in where there is one of that name; empty for none
 */
public record LvmStore(String group, String volume, Optional<String> thinPool) implements Store {
  private static final Tool CREATE = new Tool("lvcreate", "lvm2");
  private static final Tool REMOVE = new Tool("lvremove", "lvm2");
  private static final Tool LIST = new Tool("lvs", "lvm2");
  private static final Tool GROUPS = new Tool("vgs", "lvm2");

  /** What lvm(8) allows in names. */
  private static final String NAME = "[A-Za-z0-9_.+][A-Za-z0-9_.+-]*";

  public LvmStore {
    require(group);
    require(volume);
    thinPool.ifPresent(LvmStore::require);
  }

  private static void require(String name) {
    if (!name.matches(NAME)) {
      throw new CofferException(
          "\"" + name + "\" cannot be a name of LVM",
          List.of("hint  letters, digits and _ . + - are allowed; --lvname gives another"));
    }
  }

  /** {@code /dev/GROUP/VOLUME}; null for another device. */
  static LvmStore parse(String source) {
    String[] parts = source.split("/");
    boolean fits = parts.length == 4 && parts[0].isEmpty() && parts[1].equals("dev");
    return fits && parts[2].matches(NAME) && parts[3].matches(NAME)
        ? new LvmStore(parts[2], parts[3], Optional.empty())
        : null;
  }

  @Override
  public String type() {
    return "lvm";
  }

  @Override
  public String source() {
    return device().toString();
  }

  private Path device() {
    return Path.of("/dev", group, volume);
  }

  static boolean hasGroup(String group) {
    return group.matches(NAME) && GROUPS.ask("--noheadings", group).isPresent();
  }

  @Override
  public boolean hasSize() {
    return true;
  }

  @Override
  public void create(Format format) {
    String size = format.size() + "b";
    String what = "make the volume " + group + "/" + volume;
    boolean thin = thinPool.filter(pool -> isPool(group, pool)).isPresent();
    if (thin) {
      CREATE.run(what, "-qq", "-y", "-V", size, "-T", group + "/" + thinPool.get(), "-n", volume);
    } else {
      CREATE.run(what, "-qq", "-y", "-Wy", "-L", size, "-n", volume, group);
    }
    FileSystems.make(format.fileSystem(), device());
  }

  private static boolean isPool(String group, String pool) {
    return attributes(group, pool).filter(text -> text.startsWith("t")).isPresent();
  }

  /** lv_attr of lvs(8). */
  private static Optional<String> attributes(String group, String volume) {
    return LIST.ask("--noheadings", "-o", "lv_attr", group + "/" + volume).map(String::strip);
  }

  /** A snapshot, thin where the volume is. */
  public LvmStore snapshot(String name, long size) {
    LvmStore to = new LvmStore(group, name, thinPool);
    boolean thin = attributes(group, volume).filter(text -> text.startsWith("V")).isPresent();
    String what = "make the snapshot " + group + "/" + name;
    String origin = group + "/" + volume;
    if (thin) {
      CREATE.run(what, "-qq", "-y", "-s", "-kn", "-n", name, origin);
    } else {
      CREATE.run(what, "-qq", "-y", "-s", "-L", size + "b", "-n", name, origin);
    }
    return to;
  }

  @Override
  public Optional<Format> format() {
    String type = FileSystemType.probe(device()).orElse(Format.USUAL.fileSystem());
    return LIST.ask(
            "--noheadings", "--nosuffix", "--units", "b", "-o", "lv_size", group + "/" + volume)
        .map(size -> new Format(Long.parseLong(size.strip()), type));
  }

  @Override
  public void remove() {
    if (attributes(group, volume).isPresent()) {
      REMOVE.run("delete the volume " + group + "/" + volume, "-qq", "-f", group + "/" + volume);
    }
  }

  @Override
  public OpenStore open(Path mountPoint) {
    if (!HostFiles.exists(device())) {
      throw new CofferException(
          "there is no " + device(),
          List.of("hint  activate the volume: lvchange -ay " + group + "/" + volume));
    }
    String type =
        FileSystemType.probe(device())
            .orElseThrow(() -> new CofferException("no known file system is on " + device()));
    HostMount.make(type, device().toString(), mountPoint, "");
    return new OpenStore(mountPoint, true);
  }
}
