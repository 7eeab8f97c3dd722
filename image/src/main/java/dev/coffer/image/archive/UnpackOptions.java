package dev.coffer.image.archive;

/**
 * How an archive is unpacked.
 *
 * @param ids who owns the files on disk
 * @param rule what becomes of each entry
 */
public record UnpackOptions(
    IdShift ids, Owners owners, Devices devices, UnpackLimits limits, EntryRule rule) {
  /** Devices of root's making open the host's disks to whoever reaches them. */
  public enum Devices {
    /** Made, for images of containers that root runs. */
    MADE,
    /** Passed over and counted: the start makes those that a container needs. */
    LEFT_OUT,
    /** An error. */
    REFUSED
  }

  /** Whose the files become. */
  public enum Owners {
    /** As the archive says, after {@link IdShift}; that needs root. */
    KEPT,
    /** All belong to the caller. */
    CALLERS
  }

  /** Everything as the archive has it, but devices: the usual way for root. */
  public static final UnpackOptions USUAL =
      new UnpackOptions(
          IdShift.NONE, Owners.KEPT, Devices.LEFT_OUT, UnpackLimits.USUAL, EntryRule.ALL);

  public UnpackOptions withIds(IdShift other) {
    return new UnpackOptions(other, owners, devices, limits, rule);
  }

  public UnpackOptions withOwners(Owners other) {
    return new UnpackOptions(ids, other, devices, limits, rule);
  }

  public UnpackOptions withDevices(Devices other) {
    return new UnpackOptions(ids, owners, other, limits, rule);
  }

  public UnpackOptions withLimits(UnpackLimits other) {
    return new UnpackOptions(ids, owners, devices, other, rule);
  }

  public UnpackOptions withRule(EntryRule other) {
    return new UnpackOptions(ids, owners, devices, limits, other);
  }
}
