package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Carries classic BPF out as seccomp(2) does: loads of struct seccomp_data, jumps, a mask. */
final class FilterMachine {
  private FilterMachine() {}

  /** What the filter answers; arguments that are not given are zero. */
  static int run(byte[] program, int arch, int number, long... arguments) {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(number).putInt(arch).putLong(0);
    for (long argument : arguments) {
      data.putLong(argument);
    }
    ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    int accumulator = 0;
    for (int at = 0; ; at++) {
      int operation = code.getShort(at * 8) & 0xffff;
      int yes = code.get(at * 8 + 2) & 0xff;
      int no = code.get(at * 8 + 3) & 0xff;
      int k = code.getInt(at * 8 + 4);
      int order = Integer.compareUnsigned(accumulator, k);
      switch (operation) {
        case 0x20 -> accumulator = data.getInt(k); // BPF_LD | BPF_W | BPF_ABS
        case 0x54 -> accumulator &= k; // BPF_ALU | BPF_AND | BPF_K
        case 0x05 -> at += k; // BPF_JMP | BPF_JA
        case 0x15 -> at += order == 0 ? yes : no; // BPF_JEQ
        case 0x25 -> at += order > 0 ? yes : no; // BPF_JGT
        case 0x35 -> at += order >= 0 ? yes : no; // BPF_JGE
        case 0x06 -> {
          return k; // BPF_RET | BPF_K
        }
        default -> throw new IllegalStateException("instruction " + Integer.toHexString(operation));
      }
    }
  }
}
