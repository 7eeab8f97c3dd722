package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Operation;
import dev.coffer.runtime.program.Stream.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds one program: the operations of the executor, those of the one child it may clone, and the
 * data both use. Not for sharing between threads.
 */
public final class ProgramBuilder {
  private static final int MAGIC = 0x31504643;
  private static final int HEADER = 24;
  private static final int OPERATION = 64;

  private final Stream main = new Stream();
  private final Stream child = new Stream();
  private final Map<String, Blob> texts = new HashMap<>();
  private byte[] blob = new byte[4096];
  private int blobSize;
  private int[] relocations = new int[64];
  private int relocationCount;
  private int clonePosition = -1;
  private int scratch = Registers.FIRST_SCRATCH;
  private final int firstFd;

  /** Descriptors sent with the program are loaded into registers from {@code firstFd} on. */
  public ProgramBuilder(int firstFd) {
    this.firstFd = firstFd;
  }

  /** What the executor does. */
  public Stream main() {
    return main;
  }

  /** What the cloned child does. */
  public Stream child() {
    return child;
  }

  public boolean hasChild() {
    return clonePosition >= 0;
  }

  /** The next of the registers that are free for a moment; they come round again after seven. */
  public Register scratch() {
    Register register = new Register(scratch);
    scratch = scratch == Registers.LAST_SCRATCH ? Registers.FIRST_SCRATCH : scratch + 1;
    return register;
  }

  /** Space in the data, aligned to eight bytes and zero. */
  public Blob space(int size) {
    int offset = blobSize;
    blobSize += (size + 7) & ~7;
    if (blobSize > blob.length) {
      blob = Arrays.copyOf(blob, Math.max(blobSize, blob.length * 2));
    }
    return new Blob(offset);
  }

  public Blob bytes(byte[] bytes) {
    Blob place = space(bytes.length);
    System.arraycopy(bytes, 0, blob, place.offset(), bytes.length);
    return place;
  }

  /** A NUL-terminated string; equal ones share their place, so it must not be changed. */
  public Blob text(String text) {
    return texts.computeIfAbsent(text, key -> bytes(terminated(key)));
  }

  /** A string that can grow to {@code room} bytes, its NUL included. */
  public Text growing(String start, int room) {
    Blob place = space(room);
    byte[] bytes = terminated(start);
    System.arraycopy(bytes, 0, blob, place.offset(), bytes.length);
    return new Text(place, room);
  }

  private static byte[] terminated(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  /** Eight-byte words. */
  public Blob words(long... words) {
    Blob place = space(words.length * 8);
    ByteBuffer buffer = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < words.length; i++) {
      buffer.putLong(place.offset() + 8 * i, words[i]);
    }
    return place;
  }

  /** Makes the word at {@code place} the address of {@code target}. */
  public void relocate(Blob place, Blob target) {
    ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN).putLong(place.offset(), target.offset());
    if (relocationCount == relocations.length) {
      relocations = Arrays.copyOf(relocations, relocationCount * 2);
    }
    relocations[relocationCount++] = place.offset();
  }

  /** A NULL-terminated array of string addresses. */
  public Blob vector(List<Blob> strings) {
    Blob place = space((strings.size() + 1) * 8);
    for (int i = 0; i < strings.size(); i++) {
      relocate(place.plus(8 * i), strings.get(i));
    }
    return place;
  }

  public Blob vectorOf(List<String> strings) {
    return vector(strings.stream().map(this::text).toList());
  }

  /** The child's birth; its operations are those of {@link #child}. */
  public void cloneChild(Object flags, Object cgroup, boolean isMain, Register pid) {
    if (hasChild()) {
      throw new IllegalStateException("one child a program");
    }
    clonePosition = main.size();
    main.clone(flags, cgroup, isMain, pid);
  }

  /** Encodes what was built. */
  public Program build() {
    int before = hasChild() ? clonePosition + 1 : main.size();
    int childSize = child.size();
    int count = main.size() + childSize;
    int relocationBytes = (relocationCount * 4 + 7) & ~7;
    ByteBuffer out =
        ByteBuffer.allocate(HEADER + count * OPERATION + relocationBytes + blobSize)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(MAGIC)
        .putInt(count)
        .putInt(relocationCount)
        .putInt(blobSize)
        .putInt(firstFd)
        .putInt(0);
    int[] steps = new int[count];
    String[] calls = new String[count];
    if (hasChild()) {
      Operation clone = main.operations.get(clonePosition);
      clone.values[2] = before;
      clone.values[3] = before + childSize;
    }
    int index = 0;
    for (int i = 0; i < count; i++) {
      boolean ofChild = i >= before && i < before + childSize;
      int position = ofChild ? i - before : i < before ? i : i - childSize;
      Operation operation = (ofChild ? child : main).operations.get(position);
      if (operation.target != null) {
        operation.values[2] = target(operation, ofChild, before, childSize);
      }
      encode(out, operation);
      steps[index] = operation.step;
      calls[index++] = operation.name;
    }
    for (int i = 0; i < relocationCount; i++) {
      out.putInt(relocations[i]);
    }
    out.position(HEADER + count * OPERATION + relocationBytes);
    out.put(blob, 0, blobSize);
    return new Program(out.array(), steps, calls);
  }

  private static int target(Operation operation, boolean ofChild, int before, int childSize) {
    int position = operation.target.position;
    if (position < 0) {
      throw new IllegalStateException("jump to a label that was never placed");
    }
    if (ofChild) {
      return before + position;
    }
    return position < before ? position : position + childSize;
  }

  /** By whole words: this is the hot part of a start. */
  private static void encode(ByteBuffer out, Operation operation) {
    out.putLong(operation.code | (long) operation.destination << 8 | operation.kinds << 16);
    out.putLong(
        (operation.nr & 0xffffL)
            | (operation.flags & 0xffffL) << 16
            | (operation.tolerate1 & 0xffffL) << 32
            | (operation.tolerate2 & 0xffffL) << 48);
    for (long value : operation.values) {
      out.putLong(value);
    }
  }

  /** A close-on-exec open below a directory, without following links anywhere. */
  Blob openHow(long flags, long resolve) {
    return words(flags, 0, resolve);
  }

  /** Writes a text into a file below a directory descriptor and closes it. */
  public void writeFile(Stream stream, Object directory, Blob path, Blob text, int length) {
    Register file = scratch();
    stream.sys(Sys.OPENAT, directory, path, Flags.O_WRONLY | Flags.O_CLOEXEC, 0).to(file);
    stream.sys(Sys.WRITE, file, text, length);
    stream.sys(Sys.CLOSE, file);
  }
}
