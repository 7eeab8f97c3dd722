/** The command-line faces and the engine's main program. */
module dev.coffer.tools {
  requires dev.coffer;
}
