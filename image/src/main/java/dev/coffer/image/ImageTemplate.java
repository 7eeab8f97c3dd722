package dev.coffer.image;

import dev.coffer.image.server.Meter;
import dev.coffer.image.server.StoredImage;
import java.io.IOException;

/** A template that is no program: it finds, fetches or makes an image, which is unpacked then. */
interface ImageTemplate {
  /**
   * Brings the image into the store, unless it is there.
   *
   * @param request has the template's arguments
   */
  StoredImage obtain(CreateRequest request, Images images, CommandRunner runner, Meter meter)
      throws IOException;
}
