/** Carries plans out: launcher programs, life cycle, journal, the keepers' other end. */
module dev.coffer.runtime {
  requires jdk.jfr;
  requires transitive dev.coffer.plan;
  requires transitive dev.coffer.linux;
  requires transitive dev.coffer.network;

  exports dev.coffer.runtime;
  exports dev.coffer.runtime.command;
  exports dev.coffer.runtime.monitor;
}
