/** Readers and writers of configuration dialects; a key is one row of a table. */
module dev.coffer.config {
  requires transitive dev.coffer.model;

  exports dev.coffer.config;
  exports dev.coffer.config.seccomp;
}
