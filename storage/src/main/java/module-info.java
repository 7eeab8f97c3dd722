/** Where root file systems are kept: directories, layers, subvolumes, files and volumes. */
module dev.coffer.storage {
  requires transitive dev.coffer.model;
  requires dev.coffer.linux;

  exports dev.coffer.storage;
}
