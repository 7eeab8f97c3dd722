package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads device filters into the kernel and attaches them to cgroups of v2, bpf(2). Needs CAP_BPF or
 * CAP_SYS_ADMIN.
 */
public final class DevicePrograms {
  private static final int BPF_PROG_LOAD = 5;
  private static final int BPF_PROG_ATTACH = 8;
  private static final int BPF_PROG_DETACH = 9;
  private static final int BPF_PROG_GET_FD_BY_ID = 13;
  private static final int BPF_PROG_QUERY = 16;
  private static final int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
  private static final int BPF_CGROUP_DEVICE = 6;
  private static final int BPF_F_ALLOW_MULTI = 2;
  private static final int BPF_F_REPLACE = 4;
  private static final int MOST_PROGRAMS = 64; // BPF_CGROUP_MAX_PROGS

  private DevicePrograms() {}

  /** A program that no cgroup uses yet. */
  public static Fd load(DeviceFilter filter) {
    byte[] code = filter.encode();
    try (Call call = new Call()) {
      Attributes load = new Attributes(call, Layouts.BPF_PROG_LOAD);
      load.set("prog_type", BPF_PROG_TYPE_CGROUP_DEVICE);
      load.set("insn_cnt", code.length / BpfInstruction.SIZE);
      load.setAddress("insns", call.bytes(code).address());
      load.setAddress("license", call.text("Apache-2.0"));
      return Fd.of((int) load.check(BPF_PROG_LOAD));
    }
  }

  /** Adds the program to the cgroup's; all of them, and those above, must allow an access. */
  public static void attach(Fd cgroup, Fd program) {
    try (Call call = new Call()) {
      attachment(call, cgroup, program, BPF_F_ALLOW_MULTI).check(BPF_PROG_ATTACH);
    }
  }

  /** Puts a program into another's place, with no moment between. */
  public static void replace(Fd cgroup, Fd before, Fd after) {
    try (Call call = new Call()) {
      Attributes attributes = attachment(call, cgroup, after, BPF_F_ALLOW_MULTI | BPF_F_REPLACE);
      attributes.set("replace_bpf_fd", before.number());
      attributes.check(BPF_PROG_ATTACH);
    }
  }

  public static void detach(Fd cgroup, Fd program) {
    try (Call call = new Call()) {
      attachment(call, cgroup, program, 0).check(BPF_PROG_DETACH);
    }
  }

  /** The programs attached to the cgroup itself. The caller closes them. */
  public static List<Fd> attached(Fd cgroup) {
    try (Call call = new Call()) {
      MemorySegment ids = call.allocate(4L * MOST_PROGRAMS);
      Attributes query = new Attributes(call, Layouts.BPF_PROG_QUERY);
      query.set("target_fd", cgroup.number());
      query.set("attach_type", BPF_CGROUP_DEVICE);
      query.setAddress("prog_ids", ids.address());
      query.set("prog_cnt", MOST_PROGRAMS);
      query.check(BPF_PROG_QUERY);
      List<Fd> programs = new ArrayList<>();
      for (int i = 0; i < query.value("prog_cnt"); i++) {
        programs.add(open(call, ids.getAtIndex(JAVA_INT, i)));
      }
      return programs;
    }
  }

  /** Makes the filter the cgroup's only one. */
  public static void apply(Fd cgroup, DeviceFilter filter) {
    List<Fd> before = attached(cgroup);
    try (Fd program = load(filter)) {
      if (before.isEmpty()) {
        attach(cgroup, program);
      } else {
        replace(cgroup, before.getFirst(), program);
        before.stream().skip(1).forEach(other -> detach(cgroup, other));
      }
    } finally {
      Fds.close(before);
    }
  }

  private static Fd open(Call call, int id) {
    MemorySegment attributes = call.allocate(Layouts.BPF_PROG_QUERY.byteSize());
    attributes.set(JAVA_INT, 0, id);
    return Fd.of(
        (int)
            call.check(
                Sys.BPF, BPF_PROG_GET_FD_BY_ID, attributes.address(), attributes.byteSize()));
  }

  private static Attributes attachment(Call call, Fd cgroup, Fd program, int flags) {
    Attributes attributes = new Attributes(call, Layouts.BPF_PROG_ATTACH);
    attributes.set("target_fd", cgroup.number());
    attributes.set("attach_bpf_fd", program.number());
    attributes.set("attach_type", BPF_CGROUP_DEVICE);
    attributes.set("attach_flags", flags);
    return attributes;
  }

  /** One member of union bpf_attr. */
  private record Attributes(Call call, StructLayout layout, MemorySegment segment) {
    Attributes(Call call, StructLayout layout) {
      this(call, layout, call.allocate(layout));
    }

    void set(String field, int value) {
      segment.set(JAVA_INT, Layouts.offset(layout, field), value);
    }

    void setAddress(String field, long address) {
      segment.set(JAVA_LONG, Layouts.offset(layout, field), address);
    }

    int value(String field) {
      return segment.get(JAVA_INT, Layouts.offset(layout, field));
    }

    long check(int command) {
      return call.check(Sys.BPF, command, segment.address(), segment.byteSize());
    }
  }
}
