package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Rules for device files as a program of type BPF_PROG_TYPE_CGROUP_DEVICE, which is what cgroup v2
 * has in place of the devices controller. The last rule about a device and an access decides on it;
 * an access that asks for several things needs all of them granted; before the first rule for all,
 * everything is allowed.
 *
 * @param rules those after the last one for all, in their order
 * @param otherwise whether that one allowed
 */
public record DeviceFilter(List<DeviceRule> rules, boolean otherwise) {
  // struct bpf_cgroup_dev_ctx: u32 access_type, u32 major, u32 minor
  private static final int ACCESS_TYPE = 0;
  private static final int MAJOR = 4;
  private static final int MINOR = 8;

  private static final int RESULT_REGISTER = 0;
  private static final int CONTEXT_REGISTER = 1;
  private static final int TYPE_REGISTER = 2;
  private static final int ACCESS_REGISTER = 3;
  private static final int MAJOR_REGISTER = 4;
  private static final int MINOR_REGISTER = 5;

  public DeviceFilter {
    rules = List.copyOf(rules);
  }

  /** From all rules there ever were, in their order. */
  public static DeviceFilter of(List<DeviceRule> all) {
    boolean otherwise = true;
    List<DeviceRule> rules = new ArrayList<>();
    for (DeviceRule rule : all) {
      if (rule.isForAll()) {
        otherwise = rule.allow();
        rules.clear();
      } else {
        rules.add(rule);
      }
    }
    return new DeviceFilter(rules, otherwise);
  }

  /** The program, an array of {@code struct bpf_insn}. */
  public byte[] encode() {
    List<BpfInstruction> program =
        new ArrayList<>(
            List.of(
                BpfInstruction.load(TYPE_REGISTER, CONTEXT_REGISTER, ACCESS_TYPE),
                BpfInstruction.move(ACCESS_REGISTER, TYPE_REGISTER),
                BpfInstruction.and(TYPE_REGISTER, 0xffff),
                BpfInstruction.shiftRight(ACCESS_REGISTER, 16),
                BpfInstruction.load(MAJOR_REGISTER, CONTEXT_REGISTER, MAJOR),
                BpfInstruction.load(MINOR_REGISTER, CONTEXT_REGISTER, MINOR)));
    rules.reversed().forEach(rule -> program.addAll(block(rule)));
    program.addAll(verdict(otherwise));
    ByteBuffer code = ByteBuffer.allocate(program.size() * BpfInstruction.SIZE);
    program.forEach(instruction -> instruction.encode(code));
    return code.array();
  }

  /** Instructions for one rule: past their end where it does not apply or does not decide. */
  private static List<BpfInstruction> block(DeviceRule rule) {
    List<BpfInstruction> decision = rule.allow() ? grant(rule) : refusal(rule);
    List<BpfInstruction> block = new ArrayList<>();
    int left = decision.size();
    if (rule.minor() >= 0) {
      block.addFirst(BpfInstruction.jumpUnless(MINOR_REGISTER, rule.minor(), left++));
    }
    if (rule.major() >= 0) {
      block.addFirst(BpfInstruction.jumpUnless(MAJOR_REGISTER, rule.major(), left++));
    }
    int type = rule.type() == 'b' ? 1 : 2; // BPF_DEVCG_DEV_BLOCK, _CHAR
    block.addFirst(BpfInstruction.jumpUnless(TYPE_REGISTER, type, left));
    block.addAll(decision);
    return block;
  }

  /** Strikes off what is granted, and allows once nothing is left to ask for. */
  private static List<BpfInstruction> grant(DeviceRule rule) {
    List<BpfInstruction> grant = new ArrayList<>();
    grant.add(BpfInstruction.and(ACCESS_REGISTER, ~bits(rule.access())));
    grant.add(BpfInstruction.jumpUnless(ACCESS_REGISTER, 0, 2));
    grant.addAll(verdict(true));
    return grant;
  }

  private static List<BpfInstruction> refusal(DeviceRule rule) {
    List<BpfInstruction> refusal = new ArrayList<>();
    refusal.add(BpfInstruction.jumpIfAny(ACCESS_REGISTER, bits(rule.access()), 1));
    refusal.add(BpfInstruction.jump(2));
    refusal.addAll(verdict(false));
    return refusal;
  }

  private static List<BpfInstruction> verdict(boolean allow) {
    return List.of(BpfInstruction.set(RESULT_REGISTER, allow ? 1 : 0), BpfInstruction.exit());
  }

  /** BPF_DEVCG_ACC_MKNOD, _READ, _WRITE. */
  private static int bits(String access) {
    return (access.contains("m") ? 1 : 0)
        | (access.contains("r") ? 2 : 0)
        | (access.contains("w") ? 4 : 0);
  }
}
