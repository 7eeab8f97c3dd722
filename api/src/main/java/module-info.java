/** Containers for Java programs. */
module dev.coffer {
  requires transitive dev.coffer.model;
  requires transitive dev.coffer.config;
  requires transitive dev.coffer.plan;
  requires transitive dev.coffer.runtime;
  requires transitive dev.coffer.network;
  requires transitive dev.coffer.image;
  requires dev.coffer.storage;
  requires dev.coffer.linux;

  exports dev.coffer;
  exports dev.coffer.autostart;
}
