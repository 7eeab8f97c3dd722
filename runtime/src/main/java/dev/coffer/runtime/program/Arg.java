package dev.coffer.runtime.program;

/**
 * An argument of an operation that is no plain number (those are kind 0), as the launcher knows
 * them.
 */
public sealed interface Arg {
  int kind();

  long value();

  /** What a register holds when the operation is carried out. */
  record Register(int number) implements Arg {
    public Register {
      if (number < 0 || number >= 64) {
        throw new IllegalArgumentException("register " + number);
      }
    }

    @Override
    public int kind() {
      return 1;
    }

    @Override
    public long value() {
      return number;
    }
  }

  /** The address of bytes that come with the program. */
  record Blob(int offset) implements Arg {
    @Override
    public int kind() {
      return 2;
    }

    @Override
    public long value() {
      return offset;
    }

    public Blob plus(int bytes) {
      return new Blob(offset + bytes);
    }
  }
}
