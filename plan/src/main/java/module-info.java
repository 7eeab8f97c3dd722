/** From what is wanted to what will be done, without touching the system. */
module dev.coffer.plan {
  requires transitive dev.coffer.model;

  exports dev.coffer.plan;
}
