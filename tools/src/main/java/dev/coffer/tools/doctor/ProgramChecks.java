package dev.coffer.tools.doctor;

import java.util.ArrayList;
import java.util.List;

/** Programs that are run for particular work, and the Debian packages that bring them. */
final class ProgramChecks {
  /** A program, its Debian package, and what it is for. */
  private record ProgramRow(String program, String debianPackage, String purpose) {}

  private static final List<ProgramRow> PROGRAMS =
      List.of(
          new ProgramRow("busybox", "busybox-static", "the built-in image"),
          new ProgramRow("newuidmap", "uidmap", "unprivileged containers"),
          new ProgramRow("newgidmap", "uidmap", "unprivileged containers"),
          new ProgramRow("tar", "tar", "images"),
          new ProgramRow("xz", "xz-utils", "images"),
          new ProgramRow("mmdebstrap", "mmdebstrap", "Debian root file systems"),
          new ProgramRow("debootstrap", "debootstrap", "the templates debian and ubuntu"),
          new ProgramRow("dnsmasq", "dnsmasq-base", "addresses and names on lxcbr0"),
          new ProgramRow("nft", "nftables", "the firewall rules of lxcbr0"),
          new ProgramRow("mkfs.ext4", "e2fsprogs", "loop files and logical volumes"),
          new ProgramRow("btrfs", "btrfs-progs", "the store btrfs"),
          new ProgramRow("lvs", "lvm2", "the store lvm"),
          new ProgramRow("zfs", "zfsutils-linux", "the store zfs"),
          new ProgramRow("criu", "criu", "checkpoints"));

  private ProgramChecks() {}

  static List<Finding> examine(Machine machine) {
    List<Finding> findings = new ArrayList<>();
    for (ProgramRow row : PROGRAMS) {
      findings.add(
          machine.hasProgram(row.program)
              ? Finding.ok(row.program, "")
              : Finding.limited(
                  row.program,
                  "needed for " + row.purpose + "; remedy: apt install " + row.debianPackage));
    }
    return findings;
  }
}
