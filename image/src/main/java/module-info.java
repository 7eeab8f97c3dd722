/** Where root file systems come from: the built-in image and templates. */
module dev.coffer.image {
  requires transitive dev.coffer.model;
  requires dev.coffer.config;
  requires transitive dev.coffer.storage;
  requires transitive dev.coffer.linux;
  requires dev.coffer.runtime;
  requires java.net.http;
  requires tools.jackson.core;

  exports dev.coffer.image;
  exports dev.coffer.image.oci;
  exports dev.coffer.image.archive;
  exports dev.coffer.image.server;
  exports dev.coffer.image.store;
}
