/** Throw-away containers for JUnit tests. */
module dev.coffer.junit {
  requires transitive dev.coffer;
  requires transitive org.junit.jupiter.api;

  exports dev.coffer.junit;
}
