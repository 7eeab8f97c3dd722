package dev.coffer.network;

import dev.coffer.linux.FileStamp;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The networks that are described: LXC's, and those in a folder of Coffer's. Files are read again
 * when they have changed.
 */
final class NetworkCatalog {
  private static final String SUFFIX = ".conf";

  /** A file that was changed less than this before it was read may change again unseen. */
  private static final long RESTLESS_MILLIS = 50;

  private final List<Path> lxcFiles;
  private final Path folder;
  private Map<Path, Optional<FileStamp>> stamps = Map.of();
  private boolean isSettled;
  private Read read;

  /**
   * @param lxcFile stands for /etc/default/lxc-net
   */
  NetworkCatalog(Optional<Path> lxcFile, Path folder) {
    this.lxcFiles = LxcNet.files(lxcFile);
    this.folder = folder;
  }

  /**
   * @param problems why a file cannot be used, by the network's name
   */
  private record Read(
      Optional<LxcNet> lxc,
      Map<String, BridgeNetwork> networks,
      Map<String, CofferException> problems) {}

  /** The bridges of all networks that are made when they are needed. */
  Set<String> bridges() {
    Read now = now();
    Set<String> bridges =
        now.networks.values().stream().map(BridgeNetwork::bridge).collect(Collectors.toSet());
    // a start that needs one of these is to be told why it cannot be made
    bridges.addAll(now.problems.keySet());
    return Set.copyOf(bridges);
  }

  /** All that can be used, LXC's first. */
  List<BridgeNetwork> all() {
    return List.copyOf(now().networks.values());
  }

  /** Why others cannot be used. */
  List<CofferException> problems() {
    return List.copyOf(now().problems.values());
  }

  /**
   * @throws CofferException where there is none of this name, or it cannot be used
   */
  BridgeNetwork require(String name) {
    Read now = now();
    if (now.problems.containsKey(name)) {
      throw now.problems.get(name);
    }
    BridgeNetwork network = now.networks.get(name);
    if (network == null) {
      throw new CofferException(
          "there is no network " + name,
          List.of("hint  \"coffer network list\" shows them, \"coffer network create\" makes one"));
    }
    return network;
  }

  /** LXC's settings, which also tell where things are kept. */
  LxcNet lxc() {
    return now().lxc.orElseThrow(() -> now().problems.values().iterator().next());
  }

  /** LXC's network, whether or not it is wanted. */
  Optional<BridgeNetwork> lxcNetwork() {
    return now().lxc.map(LxcNet::network);
  }

  Path file(String name) {
    return folder.resolve(name + SUFFIX);
  }

  /**
   * Writes a new one.
   *
   * @throws CofferException where there is one of this name, or the text is refused
   */
  BridgeNetwork create(String name, String text) {
    NetworkFile.checkName(name);
    if (now().networks.containsKey(name) || now().problems.containsKey(name)) {
      throw new CofferException("there is a network " + name + " already");
    }
    BridgeNetwork network = NetworkFile.parse(name, text, file(name), lxc());
    try {
      Files.createDirectories(folder);
      Files.writeString(file(name), text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException _) {
      throw new CofferException("there is a network " + name + " already");
    } catch (IOException e) {
      throw new CofferException("cannot write " + file(name) + ": " + e.getMessage());
    }
    return network;
  }

  void delete(String name) {
    try {
      if (!Files.deleteIfExists(file(name))) {
        throw new CofferException(
            "the network " + name + " is not described in " + folder,
            List.of("hint  set USE_LXC_BRIDGE=false in " + lxcFiles.getLast()));
      }
    } catch (IOException e) {
      throw new CofferException("cannot remove " + file(name) + ": " + e.getMessage());
    }
  }

  private synchronized Read now() {
    Map<Path, Optional<FileStamp>> stampsNow = new HashMap<>();
    List<Path> looked = new ArrayList<>(lxcFiles);
    looked.add(folder);
    looked.forEach(path -> stampsNow.put(path, FileStamp.read(path)));
    if (read != null) {
      read.networks.values().stream()
          .map(BridgeNetwork::source)
          .forEach(path -> stampsNow.put(path, FileStamp.read(path)));
      read.problems.keySet().forEach(name -> stampsNow.put(file(name), FileStamp.read(file(name))));
    }
    if (read == null || !isSettled || !stampsNow.equals(stamps)) {
      long now = System.currentTimeMillis();
      read = readAll();
      stampsNow.clear();
      read.networks.values().forEach(each -> looked.add(each.source()));
      read.problems.keySet().forEach(name -> looked.add(file(name)));
      looked.forEach(path -> stampsNow.put(path, FileStamp.read(path)));
      isSettled =
          stampsNow.values().stream()
              .flatMap(Optional::stream)
              .allMatch(stamp -> stamp.changedBefore(now - RESTLESS_MILLIS));
      stamps = Map.copyOf(stampsNow);
    }
    return read;
  }

  private Read readAll() {
    Map<String, BridgeNetwork> networks = new TreeMap<>();
    Map<String, CofferException> problems = new TreeMap<>();
    Optional<LxcNet> lxc = Optional.empty();
    try {
      lxc = Optional.of(LxcNet.read(lxcFiles));
      lxc.filter(LxcNet::enabled)
          .ifPresent(found -> networks.put(found.network().name(), found.network()));
    } catch (CofferException e) {
      problems.put(LxcNet.USUAL_BRIDGE, e);
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String fileName = file.getFileName().toString();
        String name = fileName.substring(0, fileName.length() - SUFFIX.length());
        readOwn(name, file, lxc, networks, problems);
      }
    } catch (NoSuchFileException _) {
      return new Read(lxc, networks, problems); // none of Coffer's
    } catch (IOException e) {
      throw new CofferException("cannot read " + folder + ": " + e.getMessage());
    }
    return new Read(lxc, networks, problems);
  }

  private static void readOwn(
      String name,
      Path file,
      Optional<LxcNet> lxc,
      Map<String, BridgeNetwork> networks,
      Map<String, CofferException> problems) {
    try {
      NetworkFile.checkName(name);
      if (networks.containsKey(name)) {
        throw new CofferException("cannot use " + file + ": LXC's lxc-net has the bridge " + name);
      }
      String text = Files.readString(file, StandardCharsets.UTF_8);
      networks.put(name, NetworkFile.parse(name, text, file, lxc.orElseGet(LxcNet::unset)));
    } catch (CofferException e) {
      problems.put(name, e);
    } catch (IOException e) {
      problems.put(name, new CofferException("cannot read " + file + ": " + e.getMessage()));
    }
  }
}
