package dev.coffer.image.archive;

/**
 * What came of an archive.
 *
 * @param entries written
 * @param bytes of content written
 * @param devicesLeftOut device nodes that were passed over
 * @param attributesLeftOut extended attributes that were passed over, see {@link FileAttributes}
 */
public record Unpacked(long entries, long bytes, long devicesLeftOut, long attributesLeftOut) {}
