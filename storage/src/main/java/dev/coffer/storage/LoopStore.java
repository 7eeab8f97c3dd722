package dev.coffer.storage;

import dev.coffer.linux.FileSystemType;
import dev.coffer.linux.HostFiles;
import dev.coffer.linux.HostMount;
import dev.coffer.linux.LoopDevice;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** A file with a file system in it, which is mounted by a loop device. */
public record LoopStore(Path file) implements Store {
  @Override
  public String type() {
    return "loop";
  }

  @Override
  public String source() {
    return file.toString();
  }

  /** The file has holes: it takes no more space than what is in it. */
  @Override
  public void create(Format format) {
    try {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw")) {
        opened.setLength(format.size());
      }
    } catch (IOException e) {
      throw new CofferException(
          "cannot make the file " + file, List.of("cause  " + e.getMessage()));
    }
    FileSystems.make(format.fileSystem(), file);
  }

  @Override
  public boolean hasSize() {
    return true;
  }

  @Override
  public void remove() {
    if (HostFiles.existsItself(file)) {
      HostFiles.unlink(file);
    }
  }

  @Override
  public OpenStore open(Path mountPoint) {
    String type =
        FileSystemType.probe(file)
            .orElseThrow(() -> new CofferException("no known file system is in " + file));
    try (LoopDevice device = LoopDevice.attach(file, false)) {
      HostMount.make(type, device.path().toString(), mountPoint, "");
    }
    return new OpenStore(mountPoint, true);
  }

  @Override
  public Optional<Path> place() {
    return Optional.of(file.normalize());
  }

  @Override
  public Optional<Format> format() {
    String type = FileSystemType.probe(file).orElse(Format.USUAL.fileSystem());
    return quota().map(quota -> new Format(quota.limit(), type));
  }

  @Override
  public Optional<Quota> quota() {
    try {
      long used = (long) Files.getAttribute(file, "unix:size");
      return Optional.of(new Quota(HostFiles.allocated(file), used));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
