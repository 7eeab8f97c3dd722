package dev.coffer.runtime.program;

/** An argument of an operation, as the launcher knows them. */
public sealed interface Arg {
  int kind();

  long value();

  /** A number. */
  record Immediate(long value) implements Arg {
    @Override
    public int kind() {
      return 0;
    }
  }

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

  static Arg of(Object value) {
    return switch (value) {
      case Arg arg -> arg;
      case Integer number -> new Immediate(number);
      case Long number -> new Immediate(number);
      default -> throw new IllegalArgumentException("not an argument: " + value);
    };
  }
}
