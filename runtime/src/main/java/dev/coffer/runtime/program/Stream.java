package dev.coffer.runtime.program;

import dev.coffer.linux.Errno;
import dev.coffer.linux.Sys;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import java.util.ArrayList;
import java.util.List;

/** The operations of one process, in order. Forward jumps go to {@link Label}s. */
public final class Stream {
  static final int SYSCALL = 1;
  static final int SET = 2;
  static final int STORE = 3;
  static final int LOAD = 4;
  static final int DECIMAL = 5;
  static final int APPEND = 6;
  static final int JUMP = 7;
  static final int CLONE = 8;
  static final int SIGNAL = 9;
  static final int AWAIT = 10;
  static final int SPAWN = 11;
  static final int REPORT = 12;
  static final int INIT = 13;
  static final int FAIL = 14;
  static final int WAKE = 15;
  static final int RAW = 16;
  static final int CLOSE_OTHERS = 17;
  static final int TITLE = 18;

  private static final int ANY = 65535;
  private static final int ARGUMENTS = 6;

  final List<Operation> operations = new ArrayList<>();
  private int step = -1;

  /** A place in a stream that jumps lead to. */
  public static final class Label {
    int position = -1;
  }

  /** One operation before its encoding. */
  public static final class Operation {
    final int code;
    final int nr;
    final String name;
    final int step;
    int flags;
    int destination = 255;
    int tolerate1;
    int tolerate2;
    Label target;

    /** The kinds of the arguments, a byte each, and their values. */
    long kinds;

    final long[] values = new long[ARGUMENTS];

    private Operation(int code, int nr, String name, int step, Object... args) {
      this.code = code;
      this.nr = nr;
      this.name = name;
      this.step = step;
      for (int i = 0; i < args.length; i++) {
        argument(i, args[i]);
      }
    }

    private void argument(int index, Object argument) {
      switch (argument) {
        case Long number -> values[index] = number;
        case Integer number -> values[index] = number;
        case Arg arg -> {
          kinds |= (long) arg.kind() << (8 * index);
          values[index] = arg.value();
        }
        default -> throw new IllegalArgumentException("not an argument: " + argument);
      }
    }

    /** Where the result goes. */
    public Operation to(Register register) {
      destination = register.number();
      return this;
    }

    /** Errors that are a result and no failure; at most two. */
    public Operation tolerate(Errno... errors) {
      for (Errno error : errors) {
        if (tolerate1 == 0) {
          tolerate1 = error.number();
        } else if (tolerate2 == 0) {
          tolerate2 = error.number();
        } else {
          throw new IllegalStateException("more than two tolerated errors");
        }
      }
      return this;
    }

    public Operation tolerateAny() {
      tolerate1 = ANY;
      return this;
    }

    public Operation tolerateAnyIf(boolean condition) {
      return condition ? tolerateAny() : this;
    }
  }

  /** The step that the following operations belong to, -1 for none. */
  public void step(int index) {
    step = index;
  }

  private Operation add(int code, String name, Object... args) {
    Operation operation = new Operation(code, 0, name, step, args);
    operations.add(operation);
    return operation;
  }

  public Operation sys(Sys call, Object... args) {
    Operation operation = new Operation(SYSCALL, call.number(), call.describe(), step, args);
    operations.add(operation);
    return operation;
  }

  public void set(Register register, Object value) {
    add(SET, "set", value).to(register);
  }

  /** Writes the low {@code size} bytes of a value into the program's data. */
  public void store(Blob place, Object value, int size) {
    add(STORE, "store", place.offset(), value, size);
  }

  public void load(Register register, Blob place, int size) {
    add(LOAD, "load", place.offset(), size).to(register);
  }

  /** Appends a number in decimal to a string with {@code room} bytes. */
  public void decimal(Text text, Object value) {
    add(DECIMAL, "decimal", text.blob().offset(), value, text.room());
  }

  public void append(Text text, Blob string) {
    add(APPEND, "append", text.blob().offset(), string.offset(), text.room());
  }

  public void jump(Label label) {
    add(JUMP, "jump").target = label;
  }

  public void jumpIfNegative(Register register, Label label) {
    jump(1, register, 0, label);
  }

  public void jumpUnlessNegative(Register register, Label label) {
    jump(2, register, 0, label);
  }

  public void jumpIfEqual(Register register, Object other, Label label) {
    jump(3, register, other, label);
  }

  private void jump(int condition, Register register, Object other, Label label) {
    Operation operation = add(JUMP, "jump", register, other);
    operation.flags = condition;
    operation.target = label;
  }

  /** Where jumps to {@code label} arrive: before the next operation. */
  public void place(Label label) {
    label.position = operations.size();
  }

  /** Tells the other side to go on, handing over descriptors from consecutive registers. */
  public void signal(int first, int count) {
    add(SIGNAL, "signal", first, count);
  }

  public void await(int first, int count) {
    add(AWAIT, "await", first, count);
  }

  /** Waits until the other side has executed its command, or says what failed. */
  public void awaitExecution() {
    add(AWAIT, "await", 0, 0).flags = 1;
  }

  /** Runs a command and waits; anything but success fails. Output goes to {@code log}. */
  public Operation spawn(Blob path, Blob argv, Blob envp, Object log) {
    return add(SPAWN, "spawn", path.offset(), argv.offset(), envp.offset(), log, 0);
  }

  public void report(int tag, int first, int count, boolean wait) {
    add(REPORT, "report", tag, first, count).flags = wait ? 1 : 0;
  }

  public void init() {
    add(INIT, "init");
  }

  /** Fails with an error that an earlier {@code call} had. */
  public void fail(Sys call, Object errno) {
    add(FAIL, call.describe(), errno);
  }

  public void wake(Blob argv) {
    add(WAKE, "wake", argv.offset());
  }

  public void raw(Object terminal, Object other) {
    add(RAW, "raw", terminal, other);
  }

  public void closeOthers(boolean all) {
    add(CLOSE_OTHERS, "close_range").flags = all ? 1 : 0;
  }

  public void title(Blob text) {
    add(TITLE, "title", text.offset());
  }

  Operation clone(Object flags, Object cgroup, boolean main, Register pid) {
    Operation operation = add(CLONE, "clone3", flags, cgroup).to(pid);
    operation.flags = main ? 1 : 0;
    return operation;
  }

  int size() {
    return operations.size();
  }

  /** A string in the program's data that grows while the program runs. */
  public record Text(Blob blob, int room) {}
}
