package dev.coffer.storage;

import dev.coffer.linux.HostMount;
import dev.coffer.model.CofferException;
import java.nio.file.Path;
import java.util.List;

/**
 * A data set of zfs(8), which is mounted by whoever needs it and never by zfs itself.
 *
 * @param dataset {@code POOL/…/NAME}
 */
public record ZfsStore(String dataset) implements Store {
  private static final Tool ZFS = new Tool("zfs", "zfsutils-linux");

  public ZfsStore {
    if (!dataset.matches("[A-Za-z0-9_.:-]+(/[A-Za-z0-9_.:-]+)+")) {
      throw new CofferException(
          "\"" + dataset + "\" cannot be a data set of ZFS",
          List.of("hint  a data set is named POOL/NAME; --zfsroot names its parent"));
    }
  }

  static boolean hasDataset(String name) {
    return ZFS.ask("list", "-H", "-o", "name", name).isPresent();
  }

  @Override
  public String type() {
    return "zfs";
  }

  @Override
  public String source() {
    return dataset;
  }

  @Override
  public void create(Format format) {
    ZFS.run(
        "make the data set " + dataset,
        "create",
        "-o",
        "mountpoint=legacy",
        "-o",
        "xattr=sa",
        "-o",
        "acltype=posixacl",
        dataset);
  }

  /** A clone of a snapshot that is made for it. */
  public ZfsStore snapshot(String to) {
    ZfsStore made = new ZfsStore(to);
    String point = dataset + "@" + to.substring(to.lastIndexOf('/') + 1);
    ZFS.run("make the snapshot " + point, "snapshot", point);
    ZFS.run("make the data set " + to, "clone", "-o", "mountpoint=legacy", point, to);
    return made;
  }

  @Override
  public void remove() {
    if (hasDataset(dataset)) {
      ZFS.run("delete the data set " + dataset, "destroy", "-r", dataset);
    }
  }

  @Override
  public OpenStore open(Path mountPoint) {
    HostMount.make("zfs", dataset, mountPoint, "");
    return new OpenStore(mountPoint, true);
  }
}
