package dev.coffer.image;

import dev.coffer.linux.FileSystemType;
import dev.coffer.linux.RootFiles;
import dev.coffer.linux.TreeCopy;
import dev.coffer.model.CofferException;
import dev.coffer.storage.BtrfsStore;
import dev.coffer.storage.DirectoryStore;
import dev.coffer.storage.Format;
import dev.coffer.storage.LoopStore;
import dev.coffer.storage.LvmStore;
import dev.coffer.storage.OpenStore;
import dev.coffer.storage.OverlayStore;
import dev.coffer.storage.Store;
import dev.coffer.storage.ZfsStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The root file system of a copy: decided by {@link #plan}, made by {@link #run}. */
final class CloneStorage {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LANG", "C.UTF-8");

  private final CloneRequest request;
  private final Store source;
  private final CommandRunner runner;

  CloneStorage(CloneRequest request, Store source, CommandRunner runner) {
    this.request = request;
    this.source = source;
    this.runner = runner;
  }

  /** The store of the copy, which is not there yet. */
  Store plan() {
    String name = request.to().getFileName().toString();
    boolean sameKind = request.storage().map(wish -> isSame(wish.type())).orElse(true);
    if (!sameKind) {
      if (request.way() == CloneRequest.Way.SNAPSHOT && !isOverlayOfDirectory()) {
        throw new CofferException(
            "a snapshot of a container on " + source.type() + " is on " + source.type(),
            List.of("hint  leave out -B, or make a full copy without -s"));
      }
      return request.storage().get().store(name, request.to());
    }
    boolean snapshot = request.way() == CloneRequest.Way.SNAPSHOT;
    return switch (source) {
      case DirectoryStore directory ->
          snapshot
              ? new OverlayStore(List.of(directory.path()), request.to().resolve("overlay/delta"))
              : new DirectoryStore(rootfs());
      case OverlayStore overlay ->
          new OverlayStore(lowers(overlay), request.to().resolve("overlay/delta"));
      case BtrfsStore _ -> new BtrfsStore(rootfs());
      case LoopStore _ -> {
        if (snapshot) {
          throw new CofferException(
              "a container on loop cannot be a snapshot's origin",
              List.of("hint  make a full copy without -s, or \"-B dir\" first"));
        }
        yield new LoopStore(request.to().resolve("rootdev"));
      }
      case LvmStore volume -> new LvmStore(volume.group(), name, volume.thinPool());
      case ZfsStore zfs ->
          new ZfsStore(zfs.dataset().substring(0, zfs.dataset().lastIndexOf('/') + 1) + name);
    };
  }

  /** A layer that lies in the original's own directory is the copy's to have, too. */
  private List<Path> lowers(OverlayStore overlay) {
    if (request.way() == CloneRequest.Way.SNAPSHOT) {
      return overlay.lowers();
    }
    return overlay.lowers().stream()
        .map(lower -> lower.equals(request.from().resolve("rootfs")) ? rootfs() : lower)
        .toList();
  }

  private boolean isSame(String type) {
    return type.equals(source.type())
        || type.equals("overlayfs") && source.type().equals("overlay")
        || isOverlayOfDirectory() && type.equals("overlay");
  }

  private boolean isOverlayOfDirectory() {
    return source instanceof DirectoryStore && request.way() == CloneRequest.Way.SNAPSHOT;
  }

  private Path rootfs() {
    return request.to().resolve("rootfs");
  }

  /**
   * Makes it.
   *
   * @param target as {@link #plan} said; noted already
   */
  void run(Store target) throws IOException {
    switch (target) {
      case OverlayStore to when source instanceof DirectoryStore from -> {
        to.create(Format.USUAL);
        likeLower(from.path(), to);
      }
      case OverlayStore to when source instanceof OverlayStore from -> overlay(from, to);
      case BtrfsStore to when source instanceof BtrfsStore from && isOnePlace(from, to) ->
          from.snapshot(to.path());
      case LvmStore to
          when source instanceof LvmStore from && request.way() == CloneRequest.Way.SNAPSHOT ->
          from.snapshot(to.volume(), format().size());
      case ZfsStore to
          when source instanceof ZfsStore from && request.way() == CloneRequest.Way.SNAPSHOT ->
          from.snapshot(to.dataset());
      case LoopStore to when source instanceof LoopStore from && request.storage().isEmpty() ->
          file(from.file(), to.file());
      default -> contents(target);
    }
  }

  private static boolean isOnePlace(BtrfsStore from, BtrfsStore to) {
    return FileSystemType.below(to.path().getParent()).equals("btrfs")
        && FileSystemType.isOne(from.path(), to.path().getParent());
  }

  /** The root of an overlay looks as its upper directory does. */
  private void likeLower(Path lower, OverlayStore to) {
    if (inside()) {
      for (Path directory : List.of(to.upper(), to.work())) {
        run("chown", "--reference=" + lower, "--", directory.toString());
        run("chmod", "--reference=" + lower, "--", directory.toString());
      }
      return;
    }
    RootFiles.likeDirectory(lower, to.upper());
    RootFiles.likeDirectory(lower, to.work());
  }

  private void overlay(OverlayStore from, OverlayStore to) throws IOException {
    if (to.lowers().contains(rootfs())) {
      Files.createDirectory(rootfs());
      copy(request.from().resolve("rootfs"), rootfs());
    }
    to.create(Format.USUAL);
    likeLower(to.lowers().getFirst(), to);
    copy(from.upper(), to.upper());
  }

  private void contents(Store target) throws IOException {
    Format format = request.storage().map(StorageWish::format).orElseGet(this::format);
    if (!(target instanceof BtrfsStore)) {
      Undo.makeDirectory(rootfs());
    }
    if (!(target instanceof DirectoryStore to && to.path().equals(rootfs()))) {
      target.create(format);
    }
    Path mountPoint = request.to().resolve(".original");
    Files.createDirectory(mountPoint);
    Path place = target instanceof OverlayStore ? rootfs() : null;
    try (OpenStore from = source.open(mountPoint);
        OpenStore to = place != null ? new OpenStore(place, false) : target.open(rootfs())) {
      Files.deleteIfExists(to.root().resolve("lost+found")); // the original may have one, too
      copy(from.root(), to.root());
    }
    Files.delete(mountPoint);
    if (target instanceof OverlayStore overlay) {
      likeLower(rootfs(), overlay);
    }
  }

  private Format format() {
    return source.format().orElse(Format.USUAL);
  }

  private void file(Path from, Path to) throws IOException {
    Path folder = Files.createDirectory(request.to().resolve(".file"));
    run0("cp", "--reflink=auto", "--sparse=always", "-a", from.toString(), folder + "/rootdev");
    Files.move(folder.resolve("rootdev"), to);
    Files.delete(folder);
  }

  private void copy(Path from, Path to) {
    if (inside()) {
      run("cp", "-aT", "--reflink=auto", "--", from.toString(), to.toString());
    } else {
      TreeCopy.copy(from, to, request.owners().uids(), request.owners().gids());
    }
  }

  /** Whether files belong to ids that only a user namespace of the caller's can handle. */
  private boolean inside() {
    return request
        .mappedRoot()
        .filter(root -> root.giving() == MappedRoot.Giving.INSIDE)
        .isPresent();
  }

  private void run(String... argv) {
    run(true, argv);
  }

  private void run0(String... argv) {
    run(false, argv);
  }

  private void run(boolean mapped, String... argv) {
    int status = runner.run(List.of(argv), ENVIRONMENT, Path.of("/"), mapped);
    if (status != 0) {
      throw new CofferException(
          "cannot copy the root file system",
          List.of("cause  \"" + String.join(" ", argv) + "\" ended with status " + status));
    }
  }

  /** Gives a file of the copy other content, if it is there. */
  void replace(Store target, String path, String content) {
    byte[] bytes = content.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    if (inside()) {
      String script =
          "for d in \"$@\"; do [ -f \"$d/$P\" ] || continue; mkdir -p \"$1/${P%/*}\";"
              + " [ \"$d\" = \"$1\" ] || cp -a \"$d/$P\" \"$1/$P\"; printf %s \"$C\" >\"$1/$P\";"
              + " break; done";
      List<String> argv = new java.util.ArrayList<>();
      argv.addAll(List.of("env", "P=" + path, "C=" + content, "sh", "-c", script, "sh"));
      roots(target).forEach(root -> argv.add(root.toString()));
      run(argv.toArray(String[]::new));
      return;
    }
    if (target instanceof OverlayStore overlay) {
      RootFiles.replace(overlay.lowers(), overlay.upper(), path, bytes);
      return;
    }
    Optional<Path> directory = target.directory();
    if (directory.isPresent()) {
      RootFiles.replace(directory.get(), path, bytes);
    }
  }

  private static List<Path> roots(Store target) {
    if (target instanceof OverlayStore overlay) {
      List<Path> all = new java.util.ArrayList<>(List.of(overlay.upper()));
      all.addAll(overlay.lowers());
      return all;
    }
    return target.directory().map(List::of).orElse(List.of());
  }
}
