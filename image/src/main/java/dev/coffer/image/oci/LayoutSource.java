package dev.coffer.image.oci;

import dev.coffer.image.json.JsonNode;
import dev.coffer.image.json.JsonText;
import dev.coffer.model.CofferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A directory in the form of the OCI image layout specification.
 *
 * @param name the org.opencontainers.image.ref.name of the image meant; empty for the only one
 */
record LayoutSource(Path directory, Optional<String> name) implements OciSource {
  private static final String NAME = "org.opencontainers.image.ref.name";
  static final int LONGEST = 4 << 20;

  @Override
  public byte[] named() throws IOException {
    Path index = directory.resolve("index.json");
    if (!Files.isRegularFile(index)) {
      throw new CofferException(
          directory + " is no OCI layout", List.of("hint  it has no file index.json"));
    }
    List<JsonNode> manifests =
        JsonText.parse(read(index), index.toString()).member("manifests").elements();
    List<JsonNode> fitting =
        manifests.stream()
            .filter(each ->
                name.isEmpty() || each.member("annotations").member(NAME).text().equals(name))
            .toList();
    if (fitting.size() != 1) {
      throw new CofferException(
          directory
              + (fitting.isEmpty() ? " has no image " : " has several images ")
              + name.orElse(""),
          List.of(
              "hint  it has "
                  + manifests.stream()
                      .map(each ->
                          each.member("annotations").member(NAME).text().orElse("(no name)"))
                      .toList()));
    }
    return manifest(Descriptor.of(fitting.getFirst()));
  }

  @Override
  public byte[] manifest(Descriptor wanted) throws IOException {
    return read(file(wanted));
  }

  @Override
  public InputStream blob(Descriptor wanted) throws IOException {
    return Files.newInputStream(file(wanted), LinkOption.NOFOLLOW_LINKS);
  }

  private Path file(Descriptor wanted) {
    Path file = directory.resolve("blobs/sha256").resolve(wanted.sha256());
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new CofferException(directory + " lacks " + wanted.digest());
    }
    return file;
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new CofferException(file + " is too long for what it is");
      }
      return bytes;
    }
  }

  @Override
  public void close() {
    // nothing is kept open
  }
}
