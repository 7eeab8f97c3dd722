/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the kernel's structs as this machine's C compiler lays them out: `struct.field offset size`, and
 * `struct size` for the whole. The Java side compares its own layouts with it.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <net/if.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>

#define WHOLE(name, type) printf("%s %zu\n", name, sizeof(type))
#define FIELD(name, type, field) NAMED(name, type, field, field)
#define NAMED(name, type, field, as)                                                                               \
	printf("%s.%s %zu %zu\n", name, #as, offsetof(type, field), sizeof(((type *)0)->field))

/* The kernel's own struct of TCGETS, which libc hides behind a larger one (ioctl_tty(2)). */
struct kernel_termios {
	unsigned c_iflag, c_oflag, c_cflag, c_lflag;
	unsigned char c_line, c_cc[19];
};

static void print_process(void)
{
	WHOLE("clone_args", struct clone_args);
	FIELD("clone_args", struct clone_args, flags);
	FIELD("clone_args", struct clone_args, pidfd);
	FIELD("clone_args", struct clone_args, child_tid);
	FIELD("clone_args", struct clone_args, parent_tid);
	FIELD("clone_args", struct clone_args, exit_signal);
	FIELD("clone_args", struct clone_args, stack);
	FIELD("clone_args", struct clone_args, stack_size);
	FIELD("clone_args", struct clone_args, tls);
	FIELD("clone_args", struct clone_args, set_tid);
	FIELD("clone_args", struct clone_args, set_tid_size);
	FIELD("clone_args", struct clone_args, cgroup);
	WHOLE("timespec", struct timespec);
	FIELD("timespec", struct timespec, tv_sec);
	FIELD("timespec", struct timespec, tv_nsec);
	WHOLE("timeval", struct timeval);
	FIELD("timeval", struct timeval, tv_sec);
	FIELD("timeval", struct timeval, tv_usec);
	WHOLE("signalfd_siginfo", struct signalfd_siginfo);
	FIELD("signalfd_siginfo", struct signalfd_siginfo, ssi_signo);
	FIELD("signalfd_siginfo", struct signalfd_siginfo, ssi_code);
	FIELD("signalfd_siginfo", struct signalfd_siginfo, ssi_pid);
	FIELD("signalfd_siginfo", struct signalfd_siginfo, ssi_status);
}

static void print_files(void)
{
	WHOLE("mount_attr", struct mount_attr);
	FIELD("mount_attr", struct mount_attr, attr_set);
	FIELD("mount_attr", struct mount_attr, attr_clr);
	FIELD("mount_attr", struct mount_attr, propagation);
	FIELD("mount_attr", struct mount_attr, userns_fd);
	WHOLE("open_how", struct open_how);
	FIELD("open_how", struct open_how, flags);
	FIELD("open_how", struct open_how, mode);
	FIELD("open_how", struct open_how, resolve);
	WHOLE("stat", struct stat);
	FIELD("stat", struct stat, st_dev);
	FIELD("stat", struct stat, st_ino);
	FIELD("stat", struct stat, st_nlink);
	FIELD("stat", struct stat, st_mode);
	FIELD("stat", struct stat, st_uid);
	FIELD("stat", struct stat, st_gid);
	FIELD("stat", struct stat, st_rdev);
	FIELD("stat", struct stat, st_size);
	FIELD("stat", struct stat, st_blksize);
	FIELD("stat", struct stat, st_blocks);
	FIELD("stat", struct stat, st_atim);
	FIELD("stat", struct stat, st_mtim);
	FIELD("stat", struct stat, st_ctim);
	WHOLE("iovec", struct iovec);
	FIELD("iovec", struct iovec, iov_base);
	FIELD("iovec", struct iovec, iov_len);
	WHOLE("flock", struct flock);
	FIELD("flock", struct flock, l_type);
	FIELD("flock", struct flock, l_whence);
	FIELD("flock", struct flock, l_start);
	FIELD("flock", struct flock, l_len);
	FIELD("flock", struct flock, l_pid);
}

static void print_sockets(void)
{
	WHOLE("msghdr", struct msghdr);
	FIELD("msghdr", struct msghdr, msg_name);
	FIELD("msghdr", struct msghdr, msg_namelen);
	FIELD("msghdr", struct msghdr, msg_iov);
	FIELD("msghdr", struct msghdr, msg_iovlen);
	FIELD("msghdr", struct msghdr, msg_control);
	FIELD("msghdr", struct msghdr, msg_controllen);
	FIELD("msghdr", struct msghdr, msg_flags);
	WHOLE("cmsghdr", struct cmsghdr);
	FIELD("cmsghdr", struct cmsghdr, cmsg_len);
	FIELD("cmsghdr", struct cmsghdr, cmsg_level);
	FIELD("cmsghdr", struct cmsghdr, cmsg_type);
	WHOLE("ucred", struct ucred);
	FIELD("ucred", struct ucred, pid);
	FIELD("ucred", struct ucred, uid);
	FIELD("ucred", struct ucred, gid);
	WHOLE("sockaddr_un", struct sockaddr_un);
	FIELD("sockaddr_un", struct sockaddr_un, sun_family);
	FIELD("sockaddr_un", struct sockaddr_un, sun_path);
	WHOLE("pollfd", struct pollfd);
	FIELD("pollfd", struct pollfd, fd);
	FIELD("pollfd", struct pollfd, events);
	FIELD("pollfd", struct pollfd, revents);
	/* Packed on x86_64 only (epoll_ctl(2)). */
	WHOLE("epoll_event", struct epoll_event);
	FIELD("epoll_event", struct epoll_event, events);
	FIELD("epoll_event", struct epoll_event, data);
	WHOLE("ifreq", struct ifreq);
	FIELD("ifreq", struct ifreq, ifr_name);
	FIELD("ifreq", struct ifreq, ifr_flags);
	FIELD("ifreq", struct ifreq, ifr_ifindex);
	FIELD("ifreq", struct ifreq, ifr_mtu);
	FIELD("ifreq", struct ifreq, ifr_addr);
	FIELD("ifreq", struct ifreq, ifr_hwaddr);
	FIELD("ifreq", struct ifreq, ifr_data);
}

static void print_terminals(void)
{
	WHOLE("winsize", struct winsize);
	FIELD("winsize", struct winsize, ws_row);
	FIELD("winsize", struct winsize, ws_col);
	FIELD("winsize", struct winsize, ws_xpixel);
	FIELD("winsize", struct winsize, ws_ypixel);
	WHOLE("termios", struct kernel_termios);
	FIELD("termios", struct kernel_termios, c_iflag);
	FIELD("termios", struct kernel_termios, c_oflag);
	FIELD("termios", struct kernel_termios, c_cflag);
	FIELD("termios", struct kernel_termios, c_lflag);
	FIELD("termios", struct kernel_termios, c_line);
	FIELD("termios", struct kernel_termios, c_cc);
}

static void print_bpf(void)
{
	WHOLE("bpf_insn", struct bpf_insn);
	FIELD("bpf_insn", struct bpf_insn, code);
	FIELD("bpf_insn", struct bpf_insn, off);
	FIELD("bpf_insn", struct bpf_insn, imm);
	FIELD("bpf_attr", union bpf_attr, prog_type);
	FIELD("bpf_attr", union bpf_attr, insn_cnt);
	FIELD("bpf_attr", union bpf_attr, insns);
	FIELD("bpf_attr", union bpf_attr, license);
	FIELD("bpf_attr", union bpf_attr, log_level);
	FIELD("bpf_attr", union bpf_attr, log_size);
	FIELD("bpf_attr", union bpf_attr, log_buf);
	FIELD("bpf_attr", union bpf_attr, prog_flags);
	FIELD("bpf_attr", union bpf_attr, prog_name);
	FIELD("bpf_attr", union bpf_attr, target_fd);
	FIELD("bpf_attr", union bpf_attr, attach_bpf_fd);
	FIELD("bpf_attr", union bpf_attr, attach_type);
	FIELD("bpf_attr", union bpf_attr, attach_flags);
	FIELD("bpf_attr", union bpf_attr, prog_id);
	NAMED("bpf_attr", union bpf_attr, query.target_fd, query_target_fd);
	NAMED("bpf_attr", union bpf_attr, query.attach_type, query_attach_type);
	NAMED("bpf_attr", union bpf_attr, query.prog_ids, query_prog_ids);
	NAMED("bpf_attr", union bpf_attr, query.prog_cnt, query_prog_cnt);
	WHOLE("bpf_cgroup_dev_ctx", struct bpf_cgroup_dev_ctx);
	FIELD("bpf_cgroup_dev_ctx", struct bpf_cgroup_dev_ctx, access_type);
	FIELD("bpf_cgroup_dev_ctx", struct bpf_cgroup_dev_ctx, major);
	FIELD("bpf_cgroup_dev_ctx", struct bpf_cgroup_dev_ctx, minor);
}

int main(void)
{
	print_process();
	print_files();
	print_sockets();
	print_terminals();
	print_bpf();
	return 0;
}
