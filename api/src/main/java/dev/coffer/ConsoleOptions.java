package dev.coffer;

/**
 * How to use a terminal of a container, lxc-console(1).
 *
 * @param tty its number, 0 for the console, {@link #ANY} for the first that is free
 * @param escape the control character that with {@code q} behind it ends the use; 0 for none
 * @param connected gets the number of the terminal before it is used
 */
public record ConsoleOptions(int tty, int escape, java.util.function.IntConsumer connected) {
  public static final int ANY = -1;

  public ConsoleOptions {
    if (tty < ANY || escape < 0 || escape > 255) {
      throw new IllegalArgumentException("tty " + tty + ", escape " + escape);
    }
  }
}
