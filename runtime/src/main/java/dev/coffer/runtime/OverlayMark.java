package dev.coffer.runtime;

/** The attributes by which overlayfs hides what lies below; others of its change what is seen. */
final class OverlayMark {
  private OverlayMark() {}

  static boolean isOne(String name, byte[] value) {
    return switch (name) {
      case "trusted.overlay.opaque" -> value.length == 1 && (value[0] == 'y' || value[0] == 'x');
      case "trusted.overlay.whiteout" -> value.length == 0 || value[0] == 'y';
      default -> false;
    };
  }
}
