package dev.coffer.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * Every structure that crosses the border, each once. A test compares them with what the C compiler
 * says. Pointers are {@code JAVA_LONG}, as they travel as words.
 */
final class Layouts {
  private static final ValueLayout.OfLong UNALIGNED_LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  static final StructLayout SOCKADDR_UN =
      struct(
          "sockaddr_un",
          JAVA_SHORT.withName("sun_family"),
          MemoryLayout.sequenceLayout(108, JAVA_BYTE).withName("sun_path"));
  static final StructLayout IOVEC =
      struct("iovec", JAVA_LONG.withName("iov_base"), JAVA_LONG.withName("iov_len"));
  static final StructLayout MSGHDR =
      struct(
          "msghdr",
          JAVA_LONG.withName("msg_name"),
          JAVA_INT.withName("msg_namelen"),
          MemoryLayout.paddingLayout(4),
          JAVA_LONG.withName("msg_iov"),
          JAVA_LONG.withName("msg_iovlen"),
          JAVA_LONG.withName("msg_control"),
          JAVA_LONG.withName("msg_controllen"),
          JAVA_INT.withName("msg_flags"),
          MemoryLayout.paddingLayout(4));
  static final StructLayout CMSGHDR =
      struct(
          "cmsghdr",
          JAVA_LONG.withName("cmsg_len"),
          JAVA_INT.withName("cmsg_level"),
          JAVA_INT.withName("cmsg_type"));
  static final StructLayout UCRED =
      struct("ucred", JAVA_INT.withName("pid"), JAVA_INT.withName("uid"), JAVA_INT.withName("gid"));
  static final StructLayout POLLFD =
      struct(
          "pollfd",
          JAVA_INT.withName("fd"),
          JAVA_SHORT.withName("events"),
          JAVA_SHORT.withName("revents"));
  static final StructLayout TIMESPEC =
      struct("timespec", JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"));
  static final StructLayout WINSIZE =
      struct(
          "winsize",
          JAVA_SHORT.withName("ws_row"),
          JAVA_SHORT.withName("ws_col"),
          JAVA_SHORT.withName("ws_xpixel"),
          JAVA_SHORT.withName("ws_ypixel"));
  static final StructLayout FLOCK =
      struct(
          "flock",
          JAVA_SHORT.withName("l_type"),
          JAVA_SHORT.withName("l_whence"),
          MemoryLayout.paddingLayout(4),
          JAVA_LONG.withName("l_start"),
          JAVA_LONG.withName("l_len"),
          JAVA_INT.withName("l_pid"),
          MemoryLayout.paddingLayout(4));

  /** Its beginning; the kernel writes 256 bytes. */
  static final StructLayout STATX =
      struct(
          "statx",
          JAVA_INT.withName("stx_mask"),
          JAVA_INT.withName("stx_blksize"),
          JAVA_LONG.withName("stx_attributes"),
          JAVA_INT.withName("stx_nlink"),
          JAVA_INT.withName("stx_uid"),
          JAVA_INT.withName("stx_gid"),
          JAVA_SHORT.withName("stx_mode"),
          MemoryLayout.paddingLayout(2),
          JAVA_LONG.withName("stx_ino"),
          JAVA_LONG.withName("stx_size"),
          JAVA_LONG.withName("stx_blocks"),
          JAVA_LONG.withName("stx_attributes_mask"),
          MemoryLayout.paddingLayout(32),
          JAVA_LONG.withName("stx_ctime.tv_sec"),
          JAVA_INT.withName("stx_ctime.tv_nsec"),
          MemoryLayout.paddingLayout(4),
          JAVA_LONG.withName("stx_mtime.tv_sec"),
          JAVA_INT.withName("stx_mtime.tv_nsec"),
          MemoryLayout.paddingLayout(4),
          JAVA_INT.withName("stx_rdev_major"),
          JAVA_INT.withName("stx_rdev_minor"),
          JAVA_INT.withName("stx_dev_major"),
          JAVA_INT.withName("stx_dev_minor"));

  static final StructLayout OPEN_HOW =
      struct(
          "open_how",
          JAVA_LONG.withName("flags"),
          JAVA_LONG.withName("mode"),
          JAVA_LONG.withName("resolve"));
  static final StructLayout NLMSGHDR =
      struct(
          "nlmsghdr",
          JAVA_INT.withName("nlmsg_len"),
          JAVA_SHORT.withName("nlmsg_type"),
          JAVA_SHORT.withName("nlmsg_flags"),
          JAVA_INT.withName("nlmsg_seq"),
          JAVA_INT.withName("nlmsg_pid"));
  static final StructLayout IFINFOMSG =
      struct(
          "ifinfomsg",
          JAVA_BYTE.withName("ifi_family"),
          MemoryLayout.paddingLayout(1),
          JAVA_SHORT.withName("ifi_type"),
          JAVA_INT.withName("ifi_index"),
          JAVA_INT.withName("ifi_flags"),
          JAVA_INT.withName("ifi_change"));
  static final StructLayout IFADDRMSG =
      struct(
          "ifaddrmsg",
          JAVA_BYTE.withName("ifa_family"),
          JAVA_BYTE.withName("ifa_prefixlen"),
          JAVA_BYTE.withName("ifa_flags"),
          JAVA_BYTE.withName("ifa_scope"),
          JAVA_INT.withName("ifa_index"));

  static final StructLayout SCMP_ARG_CMP =
      struct(
          "scmp_arg_cmp",
          JAVA_INT.withName("arg"),
          JAVA_INT.withName("op"),
          JAVA_LONG.withName("datum_a"),
          JAVA_LONG.withName("datum_b"));

  /**
   * The first fields of the anonymous structures in union bpf_attr; the kernel takes any shorter
   * size.
   */
  static final StructLayout BPF_PROG_LOAD =
      struct(
          "bpf_attr",
          JAVA_INT.withName("prog_type"),
          JAVA_INT.withName("insn_cnt"),
          JAVA_LONG.withName("insns"),
          JAVA_LONG.withName("license"),
          JAVA_INT.withName("log_level"),
          JAVA_INT.withName("log_size"),
          JAVA_LONG.withName("log_buf"),
          JAVA_INT.withName("kern_version"),
          JAVA_INT.withName("prog_flags"));

  static final StructLayout BPF_PROG_ATTACH =
      struct(
          "bpf_attr",
          JAVA_INT.withName("target_fd"),
          JAVA_INT.withName("attach_bpf_fd"),
          JAVA_INT.withName("attach_type"),
          JAVA_INT.withName("attach_flags"),
          JAVA_INT.withName("replace_bpf_fd"));
  static final StructLayout BPF_PROG_QUERY =
      struct(
          "bpf_attr",
          JAVA_INT.withName("target_fd"),
          JAVA_INT.withName("attach_type"),
          JAVA_INT.withName("query_flags"),
          JAVA_INT.withName("attach_flags"),
          JAVA_LONG.withName("prog_ids"),
          JAVA_INT.withName("prog_cnt"));

  /** Packed on x86_64 only, so that 32-bit programs see the same, epoll_ctl(2). */
  static final StructLayout EPOLL_EVENT = epollEvent(Architecture.CURRENT);

  private Layouts() {}

  static StructLayout epollEvent(Architecture architecture) {
    return architecture == Architecture.X86_64
        ? struct("epoll_event", JAVA_INT.withName("events"), UNALIGNED_LONG.withName("data"))
        : struct(
            "epoll_event",
            JAVA_INT.withName("events"),
            MemoryLayout.paddingLayout(4),
            JAVA_LONG.withName("data"));
  }

  /** Counted by hand: the JDK's own way through a path costs milliseconds when a program starts. */
  static long offset(StructLayout struct, String field) {
    long offset = 0;
    for (MemoryLayout member : struct.memberLayouts()) {
      if (member.name().orElse("").equals(field)) {
        return offset;
      }
      offset += member.byteSize();
    }
    throw new IllegalArgumentException("no field " + field + " in " + struct);
  }

  private static StructLayout struct(String name, MemoryLayout... fields) {
    return MemoryLayout.structLayout(fields).withName(name);
  }
}
