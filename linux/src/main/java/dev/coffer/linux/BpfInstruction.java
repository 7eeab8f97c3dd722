package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One {@code struct bpf_insn}, of those {@link DeviceFilter} needs. Registers and jumps are as in
 * bpf(2).
 */
record BpfInstruction(int code, int target, int source, int offset, int value) {
  static final int SIZE = 8;

  /** A 32-bit word of memory into a register. */
  static BpfInstruction load(int target, int source, int offset) {
    return new BpfInstruction(0x61, target, source, offset, 0); // BPF_LDX | BPF_W | BPF_MEM
  }

  static BpfInstruction move(int target, int source) {
    return new BpfInstruction(0xbc, target, source, 0, 0); // BPF_ALU | BPF_MOV | BPF_X
  }

  static BpfInstruction set(int target, int value) {
    return new BpfInstruction(0xb4, target, 0, 0, value); // BPF_ALU | BPF_MOV | BPF_K
  }

  static BpfInstruction and(int target, int value) {
    return new BpfInstruction(0x54, target, 0, 0, value); // BPF_ALU | BPF_AND | BPF_K
  }

  static BpfInstruction shiftRight(int target, int bits) {
    return new BpfInstruction(0x74, target, 0, 0, bits); // BPF_ALU | BPF_RSH | BPF_K
  }

  static BpfInstruction jump(int over) {
    return new BpfInstruction(0x05, 0, 0, over, 0); // BPF_JMP | BPF_JA
  }

  static BpfInstruction jumpUnless(int register, int value, int over) {
    return new BpfInstruction(0x55, register, 0, over, value); // BPF_JMP | BPF_JNE | BPF_K
  }

  static BpfInstruction jumpIfAny(int register, int bits, int over) {
    return new BpfInstruction(0x45, register, 0, over, bits); // BPF_JMP | BPF_JSET | BPF_K
  }

  static BpfInstruction exit() {
    return new BpfInstruction(0x95, 0, 0, 0, 0); // BPF_JMP | BPF_EXIT
  }

  void encode(ByteBuffer into) {
    into.order(ByteOrder.LITTLE_ENDIAN);
    into.put((byte) code).put((byte) (source << 4 | target)).putShort((short) offset).putInt(value);
  }
}
