/** The only native access: system calls, sockets, cgroup trees, namespaces seen from Java. */
module dev.coffer.linux {
  requires transitive dev.coffer.model;

  exports dev.coffer.linux;
}
