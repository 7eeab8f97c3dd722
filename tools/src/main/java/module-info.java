/**
 * The command-line faces and the engine's main program. Tools read options, call the API and print;
 * they decide nothing about containers.
 */
module dev.coffer.tools {
  requires transitive dev.coffer;

  exports dev.coffer.tools;
}
