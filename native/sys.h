/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What libc does not wrap or an older header does not know, and the few helpers every role needs.
 * Functions return 0 or a value on success and a negative errno on failure.
 */
#ifndef COFFER_SYS_H
#define COFFER_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* The same numbers on every architecture: all are from the common table (since 5.0). */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_execveat
#error "execveat(2) has no number here"
#endif

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4u
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ull
#endif
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif
#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif
#ifndef SI_KERNEL
#define SI_KERNEL 0x80
#endif

/* The result of a libc call that returned `result`: itself or a negative errno. */
static inline int checked(int result) { return result < 0 ? -errno : result; }

/* Closes what is open; what is negative was never opened. */
void close_fd(int fd);

/* Closes the descriptors from `first` to `last` with both included. */
void close_span(unsigned first, unsigned last);

/* Marks every descriptor from `first` on close-on-exec. */
void close_on_exec_from(unsigned first);

/* Milliseconds of the monotonic clock. */
int64_t now_ms(void);

/* Every disposition to default, also those that were inherited as ignored. */
void default_signals(void);

/* What a new program image must begin with: SIGPIPE, the one signal the executor ignores, and no mask. */
void unmask_signals(void);

/* The exit code that tells of a wait status: the code itself or 128 + signal. */
int exit_code_of(int status);

/* waitpid(2) that goes on after a signal. */
int wait_for(pid_t pid, int *status);

/* "coffer: what: subject: error" on standard error; subject may be NULL, error 0. */
void complain(const char *what, const char *subject, int error);

/* complain() and exit 1. */
noreturn void die(const char *what, const char *subject, int error);

#endif
