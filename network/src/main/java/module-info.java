/** Interfaces, bridges, addresses, names and firewall: the host's side of a container's network. */
module dev.coffer.network {
  requires transitive dev.coffer.linux;

  exports dev.coffer.network;
}
