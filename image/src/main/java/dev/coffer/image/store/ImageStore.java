package dev.coffer.image.store;

import dev.coffer.image.store.ObjectId.Kind;
import dev.coffer.linux.DirectoryTree;
import dev.coffer.linux.LockFile;
import dev.coffer.linux.TreeWriter;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Objects by their content, names for them, and who uses them. An object is made beside the others
 * and put into place by one rename: it is there as a whole or not at all, whenever a process is
 * killed. Several engines may work on one store at once.
 *
 * <pre>
 * objects/KIND/SHA256/{manifest,content}   making/KIND-SHA256{,.lock}   names/NAME   users/HASH
 * </pre>
 */
public final class ImageStore {
  /** Names the folder instead of the usual one. */
  public static final String VARIABLE = "COFFER_IMAGES";

  private static final String OBJECTS = "objects";

  private static final String CONTENT = "content";
  private static final String MANIFEST = "manifest";
  private static final int CHUNK = 128 << 10;

  private final Shelf shelf;
  private final Consumer<String> steps;

  private ImageStore(Path root, Consumer<String> steps) {
    this.shelf = new Shelf(root);
    this.steps = steps;
  }

  /** Fills an object that is being made. */
  @FunctionalInterface
  public interface Filling {
    /**
     * @param content a new, empty directory
     * @return what the directory now holds, in bytes
     */
    long fill(Path content) throws IOException;
  }

  /** The caller's: {@code /var/lib/coffer/images} for root, {@code ~/.local/share/…} else. */
  public static ImageStore of(Map<String, String> environment, boolean root) {
    String given = environment.getOrDefault(VARIABLE, "");
    if (!given.isEmpty()) {
      return at(Path.of(given).toAbsolutePath());
    }
    if (root) {
      return at(Path.of("/var/lib/coffer/images"));
    }
    String home = environment.getOrDefault("HOME", "/nonexistent");
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    Path base = data.startsWith("/") ? Path.of(data) : Path.of(home, ".local/share");
    return at(base.resolve("coffer/images"));
  }

  public static ImageStore at(Path root) {
    return new ImageStore(root, _ -> {});
  }

  /** For tests, which end the process at one of the steps. */
  static ImageStore stepping(Path root, Consumer<String> steps) {
    return new ImageStore(root, steps);
  }

  public Path root() {
    return shelf.root();
  }

  /**
   * The object, if it is there.
   *
   * @throws CofferException if it is there but broken
   */
  public Optional<StoredObject> find(ObjectId id) {
    Path place = place(id);
    return Shelf.stands(place) ? Optional.of(check(id, place)) : Optional.empty();
  }

  /**
   * Makes a directory object, unless it is there; waits where another process is making it.
   *
   * @param id of a kind that is a tree
   */
  public StoredObject addTree(ObjectId id, Map<String, String> facts, Filling filling)
      throws IOException {
    if (!id.kind().isTree()) {
      throw new IllegalArgumentException(id.describe() + " is no directory");
    }
    Optional<StoredObject> there = find(id);
    if (there.isPresent()) {
      return there.get();
    }
    sweep();
    try (Making making = Making.begin(making(), name(id))) {
      there = find(id);
      if (there.isPresent()) {
        return there.get(); // made while we waited
      }
      steps.accept("begun");
      Path content = Files.createDirectory(making.directory().resolve(CONTENT));
      Shelf.mode(content, 0755);
      long size = filling.fill(content);
      steps.accept("filled");
      return place(making, id, size, facts);
    }
  }

  /**
   * Keeps a stream's content as a file object.
   *
   * @param kind one that is no tree
   * @param expected SHA-256 that the content must have; empty where it is not known before
   * @throws CofferException if the content has another hash; nothing is kept then
   */
  public StoredObject addFile(
      Kind kind, Optional<String> expected, Map<String, String> facts, InputStream in)
      throws IOException {
    Optional<StoredObject> there = expected.flatMap(sha256 -> find(new ObjectId(kind, sha256)));
    if (there.isPresent()) {
      return there.get();
    }
    sweep();
    String name = expected.orElseGet(() -> "new-" + UUID.randomUUID());
    try (Making making = Making.begin(making(), kind.word() + "-" + name)) {
      steps.accept("begun");
      MessageDigest digest = Manifest.sha256();
      long size = copy(in, making.directory().resolve(CONTENT), digest);
      steps.accept("filled");
      String found = HexFormat.of().formatHex(digest.digest());
      if (expected.isPresent() && !expected.get().equals(found)) {
        throw new CofferException(
            "what was fetched is not what was asked for: SHA-256 " + found,
            List.of(
                "expected  " + expected.get(),
                "hint  the server or the connection damaged it; try again or use another server"));
      }
      return place(making, new ObjectId(kind, found), size, facts);
    }
  }

  /** Writes a file that is to become an object. */
  @FunctionalInterface
  public interface Writing {
    /**
     * @param file does not exist yet; what a killed process leaves of it is deleted
     */
    void write(Path file) throws IOException;
  }

  /** Keeps a file that is yet to be written, under the hash it turns out to have. */
  public StoredObject addWritten(Kind kind, Map<String, String> facts, Writing writing)
      throws IOException {
    sweep();
    try (Making making = Making.begin(making(), kind.word() + "-new-" + UUID.randomUUID())) {
      steps.accept("begun");
      Path content = making.directory().resolve(CONTENT);
      writing.write(content);
      steps.accept("filled");
      return place(making, new ObjectId(kind, hash(content)), Files.size(content), facts);
    }
  }

  /** Keeps a file of somebody else's; one that is there already is not written again. */
  public StoredObject addCopy(Kind kind, Map<String, String> facts, Path file) throws IOException {
    String sha256 = hash(file);
    try (InputStream in = Files.newInputStream(file)) {
      return addFile(kind, Optional.of(sha256), facts, in);
    }
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest = Manifest.sha256();
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count; (count = in.read(chunk)) >= 0; ) {
        digest.update(chunk, 0, count);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static long copy(InputStream in, Path to, MessageDigest digest) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long size = 0;
    try (OutputStream out = Files.newOutputStream(to)) {
      for (int count; (count = in.read(chunk)) >= 0; size += count) {
        digest.update(chunk, 0, count);
        out.write(chunk, 0, count);
      }
    }
    return size;
  }

  private StoredObject place(Making making, ObjectId id, long size, Map<String, String> facts) {
    Manifest manifest = new Manifest(id, size, Instant.ofEpochSecond(now()), facts);
    shelf.replace(making.directory().resolve(MANIFEST), manifest.encode());
    try (TreeWriter tree = TreeWriter.at(making.directory())) {
      tree.sync(); // before the rename: the name must never stand for less
    }
    steps.accept("written");
    Path folder = shelf.folder("objects/" + id.kind().word());
    try (LockFile _ = shelf.lock()) {
      if (!Shelf.stands(place(id))) {
        shelf.move(making.directory(), folder.resolve(id.sha256()));
      }
    }
    steps.accept("placed");
    return check(id, place(id));
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  private StoredObject check(ObjectId id, Path place) {
    Optional<Manifest> manifest =
        shelf
            .read(place.resolve(MANIFEST))
            .flatMap(Manifest::decode)
            .filter(found -> found.id().equals(id));
    Path content = place.resolve(CONTENT);
    if (manifest.isEmpty()) {
      throw broken(id, place, "its manifest is missing or damaged");
    }
    if (id.kind().isTree() ? !Files.isDirectory(content) : !hasSize(content, manifest.get())) {
      throw broken(id, place, "its content is missing or truncated");
    }
    return new StoredObject(
        id, content, manifest.get().size(), manifest.get().made(), manifest.get().facts());
  }

  private static boolean hasSize(Path content, Manifest manifest) {
    try {
      return Files.size(content) == manifest.size();
    } catch (IOException e) {
      return false;
    }
  }

  private static CofferException broken(ObjectId id, Path place, String why) {
    return new CofferException(
        "the image store's object " + id.describe() + " is broken: " + why,
        List.of("at  " + place, "hint  coffer image gc removes it; then fetch it again"));
  }

  /**
   * Reads a file object to its end and compares the hash.
   *
   * @throws CofferException if a byte differs
   */
  public void verify(StoredObject object) throws IOException {
    if (object.id().kind().isTree()) {
      return;
    }
    if (!hash(object.content()).equals(object.id().sha256())) {
      throw broken(object.id(), place(object.id()), "its content has another hash");
    }
  }

  /** All whole objects. */
  public List<StoredObject> objects() {
    return objects(_ -> {});
  }

  /** All whole objects; what is wrong with the others goes to {@code problems}. */
  public List<StoredObject> objects(Consumer<CofferException> problems) {
    List<StoredObject> found = new ArrayList<>();
    for (ObjectId id : ids()) {
      try {
        find(id).ifPresent(found::add);
      } catch (CofferException e) {
        problems.accept(e);
      }
    }
    return found;
  }

  private List<ObjectId> ids() {
    List<ObjectId> ids = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (String name : shelf.names(shelf.root().resolve("objects/" + kind.word()))) {
        if (ObjectId.isSha256(name)) {
          ids.add(new ObjectId(kind, name));
        }
      }
    }
    return ids;
  }

  /** Lets a name stand for an object from now on. */
  public void name(String name, ObjectId id) {
    try (LockFile _ = shelf.lock()) {
      if (!Shelf.stands(place(id))) {
        throw new CofferException(
            "there is no object " + id.describe() + " to be called \"" + name + "\"");
      }
      shelf.replace(nameFile(name), id.describe() + "\n");
    }
  }

  /** What a name stands for; the object may be gone or broken. */
  public Optional<ObjectId> named(String name) {
    return shelf.read(nameFile(name)).flatMap(text -> ObjectId.parse(text.strip()));
  }

  /** All names. */
  public Map<String, ObjectId> names() {
    Map<String, ObjectId> names = new TreeMap<>();
    for (String file : shelf.names(shelf.root().resolve("names"))) {
      if (!file.startsWith(".")) {
        String name = URLDecoder.decode(file, StandardCharsets.UTF_8);
        named(name).ifPresent(id -> names.put(name, id));
      }
    }
    return names;
  }

  /** Whether there was such a name. */
  public boolean removeName(String name) {
    try (LockFile _ = shelf.lock()) {
      boolean there = Shelf.stands(nameFile(name));
      shelf.delete(nameFile(name));
      return there;
    }
  }

  private Path nameFile(String name) {
    String file = URLEncoder.encode(name, StandardCharsets.UTF_8).replace(".", "%2E");
    if (name.isEmpty() || file.length() > 200) {
      throw new CofferException("an image cannot be called \"" + name + "\"");
    }
    return shelf.folder("names").resolve(file);
  }

  /**
   * Notes that a container uses these objects, and no others any more. They are safe from {@link
   * #gc} while the container's directory exists, which must be so already.
   */
  public void use(Path container, Collection<ObjectId> objects) {
    StringBuilder text = new StringBuilder(container.toString()).append('\n');
    new TreeSet<>(objects).forEach(id -> text.append(id.describe()).append('\n'));
    try (LockFile _ = shelf.lock()) {
      for (ObjectId id : objects) {
        if (!Shelf.stands(place(id))) {
          throw new CofferException("the image store has no object " + id.describe() + " any more");
        }
      }
      shelf.replace(userFile(container), text.toString());
    }
  }

  /** The store that holds the content of an object; empty for other files. */
  public static Optional<ImageStore> holding(Path content) {
    for (Path at = content; at != null; at = at.getParent()) {
      boolean objects = at.endsWith(OBJECTS) && at.getParent() != null;
      if (objects && Files.isDirectory(at.resolveSibling("users"))) {
        return Optional.of(at(at.getParent()));
      }
    }
    return Optional.empty();
  }

  /** The container uses nothing any more. */
  public void release(Path container) {
    try (LockFile _ = shelf.lock()) {
      shelf.delete(userFile(container));
    }
  }

  /** The containers that use an object. */
  public List<Path> users(ObjectId id) {
    List<Path> users = new ArrayList<>();
    usersOf(shelf)
        .forEach((container, ids) -> {
          if (ids.contains(id)) {
            users.add(container);
          }
        });
    return users;
  }

  private Path userFile(Path container) {
    return shelf.folder("users").resolve(Manifest.sha256(container.toString()));
  }

  private static Map<Path, Set<ObjectId>> usersOf(Shelf shelf) {
    Map<Path, Set<ObjectId>> users = new TreeMap<>();
    Path folder = shelf.root().resolve("users");
    for (String file : shelf.names(folder)) {
      List<String> lines = shelf.read(folder.resolve(file)).orElse("").lines().toList();
      if (file.startsWith(".")
          || lines.isEmpty()
          || !Files.isDirectory(Path.of(lines.getFirst()))) {
        continue;
      }
      Set<ObjectId> ids = new TreeSet<>();
      lines.stream().skip(1).forEach(line -> ObjectId.parse(line).ifPresent(ids::add));
      users.put(Path.of(lines.getFirst()), ids);
    }
    return users;
  }

  /**
   * Deletes one object and the names for it.
   *
   * @throws CofferException if a container uses it, or there is none
   */
  public void remove(ObjectId id) {
    Path aside;
    try (LockFile _ = shelf.lock()) {
      List<Path> users = users(id);
      if (!users.isEmpty()) {
        throw new CofferException(
            id.describe() + " is in use",
            List.of("by  " + users.getFirst(), "hint  destroy what uses it first"));
      }
      if (!Shelf.stands(place(id))) {
        throw new CofferException("there is no object " + id.describe() + " in the image store");
      }
      names()
          .forEach((name, named) -> {
            if (named.equals(id)) {
              shelf.delete(nameFile(name));
            }
          });
      aside = setAside(id);
    }
    DirectoryTree.remove(aside);
  }

  /**
   * Deletes what no container uses and no name stands for, what is broken and unused, and what
   * killed processes left.
   *
   * @param named whether named objects are deleted too, unless a container uses them
   * @return what was deleted
   */
  public List<ObjectId> gc(boolean named) {
    sweep();
    List<ObjectId> victims = new ArrayList<>();
    List<Path> aside = new ArrayList<>();
    try (LockFile _ = shelf.lock()) {
      Set<ObjectId> kept = new TreeSet<>();
      usersOf(shelf).values().forEach(kept::addAll);
      if (!named) {
        names().values().stream().filter(this::isWhole).forEach(kept::add);
      }
      kept.addAll(referred(kept));
      for (ObjectId id : ids()) {
        if (!kept.contains(id)) {
          victims.add(id);
          aside.add(setAside(id));
        }
      }
      dropNamesOf(victims);
      dropUsersThatAreGone();
    }
    aside.forEach(DirectoryTree::remove);
    return victims;
  }

  /** A fact {@code needs} lists, by commas, the objects without which one is of no use. */
  private Set<ObjectId> referred(Set<ObjectId> kept) {
    Set<ObjectId> more = new TreeSet<>();
    for (ObjectId id : kept) {
      shelf
          .read(place(id).resolve(MANIFEST))
          .flatMap(Manifest::decode)
          .map(manifest -> manifest.facts().getOrDefault("needs", ""))
          .ifPresent(needs -> {
            for (String one : needs.split(",")) {
              ObjectId.parse(one.strip()).ifPresent(more::add);
            }
          });
    }
    return more;
  }

  private boolean isWhole(ObjectId id) {
    try {
      return find(id).isPresent();
    } catch (CofferException e) {
      return false;
    }
  }

  private void dropNamesOf(Collection<ObjectId> gone) {
    names()
        .forEach((name, id) -> {
          if (gone.contains(id) || !Shelf.stands(place(id))) {
            shelf.delete(nameFile(name));
          }
        });
  }

  private void dropUsersThatAreGone() {
    Set<Path> alive = new TreeSet<>();
    usersOf(shelf).keySet().forEach(container -> alive.add(userFile(container)));
    Path folder = shelf.root().resolve("users");
    for (String file : shelf.names(folder)) {
      if (!alive.contains(folder.resolve(file))) {
        shelf.delete(folder.resolve(file));
      }
    }
  }

  /** Deleting takes long, and is done without the lock: the name goes at once. */
  private Path setAside(ObjectId id) {
    Path aside = making().resolve("deleted-" + UUID.randomUUID());
    shelf.move(place(id), aside);
    return aside;
  }

  /** Deletes what killed processes left; what others are making stays. */
  private void sweep() {
    Path folder = making();
    Set<String> names = new TreeSet<>();
    shelf.names(folder).forEach(file -> names.add(Making.nameOf(file)));
    for (String name : names) {
      if (name.startsWith("deleted-")) {
        DirectoryTree.remove(folder.resolve(name));
      } else {
        Making.takeOver(folder, name).ifPresent(Making::close);
      }
    }
  }

  private Path making() {
    return shelf.folder("making");
  }

  private Path place(ObjectId id) {
    return shelf.root().resolve(OBJECTS).resolve(id.kind().word()).resolve(id.sha256());
  }

  private static String name(ObjectId id) {
    return id.kind().word() + "-" + id.sha256();
  }
}
