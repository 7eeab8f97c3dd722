package dev.coffer.tools.engine;

/** Kinds of frames between client and engine, native/PROTOCOL.md. */
final class ClientFrames {
  static final int REQUEST = 1;
  static final int ENDED = 2;
  static final int RUN = 16;
  static final int EXIT = 17;
  static final int RETRY = 18;

  static final int RUN_DETACHED = 0;
  static final int RUN_FOREGROUND = 1;

  private ClientFrames() {}
}
