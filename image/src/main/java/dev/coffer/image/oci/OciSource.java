package dev.coffer.image.oci;

import java.io.IOException;
import java.io.InputStream;

/** Where an image is fetched from. What it gives is not believed: whoever asks checks the hash. */
interface OciSource extends AutoCloseable {
  /** The manifest, or the index of manifests, that the reference names. */
  byte[] named() throws IOException;

  /** The manifest of this digest. */
  byte[] manifest(Descriptor wanted) throws IOException;

  /** The content of this digest, as it is sent. */
  InputStream blob(Descriptor wanted) throws IOException;

  @Override
  void close();
}
