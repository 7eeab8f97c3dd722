/* SPDX-License-Identifier: Apache-2.0 */
/* Ops that make processes, and what a new process may keep. */
#include "execute.h"

#include <sys/socket.h>
#include <sys/wait.h>

/* clone3(2), first version plus cgroup; the kernel takes the size from us. */
struct clone_arguments {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size,
		cgroup;
};

#define CLONE_FLAGS_ALLOWED                                                                                        \
	((uint64_t)(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |    \
		    CLONE_NEWNET | CLONE_NEWTIME))

/* What a cloned child must not have: nothing inside a container may ever speak to the engine. */
static void become_child(struct machine *m, int up, int parents_end)
{
	static const uint8_t closed[] = {R_CHANNEL, R_KEEPER, R_COMMAND};
	for (size_t k = 0; k < sizeof(closed); k++) {
		close_fd(fd_of(m, closed[k]));
		m->reg[closed[k]] = -1;
	}
	close_fd(parents_end);
	close_fd(m->signals);
	int relayed[2], count = console_fds(relayed);
	close_fds(relayed, (size_t)count);
	close_fd(terminal_fd());
	m->signals = -1;
	m->up = up;
	m->clone_pid = 0;
	m->reg[R_SYNC] = up;
}

/*
 * clone3(2) without a new stack: the child goes on in a copy, as after fork(2). Where it is not allowed or
 * not known (ENOSYS: seccomp filters of container managers, emulators) clone(2) does, but for cgroups.
 */
static pid_t clone_process(uint64_t flags, int cgroup, int *pidfd)
{
	struct clone_arguments arguments = {
		.flags = flags | CLONE_PIDFD | (cgroup >= 0 ? CLONE_INTO_CGROUP : 0),
		.pidfd = (uint64_t)(uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = cgroup >= 0 ? (uint64_t)cgroup : 0,
	};
	long pid = syscall(SYS_clone3, &arguments, cgroup >= 0 ? sizeof(arguments) : 64);
	if (pid < 0 && errno == ENOSYS && cgroup < 0 && !(flags & CLONE_NEWTIME))
		pid = syscall(SYS_clone, (unsigned long)flags | CLONE_PIDFD | SIGCHLD, 0L, pidfd, 0L, 0L);
	return pid < 0 ? -errno : (pid_t)pid;
}

static void keep_child(struct machine *m, const struct op *op, pid_t pid, int pidfd)
{
	m->clone_pid = pid;
	if (op->dst != NO_REGISTER) {
		m->reg[op->dst] = pid;
		m->reg[op->dst + 1] = pidfd;
	}
	if (op->flags & CLONE_OP_MAIN) {
		m->reg[R_MAIN_PID] = pid;
		m->reg[R_MAIN_PIDFD] = pidfd;
		m->reg[R_PENDING] = -1;
		m->told = false;
	} else if (op->dst == NO_REGISTER) {
		close_fd(pidfd);
	}
}

int run_clone(struct machine *m, const struct op *op, uint32_t i)
{
	uint64_t flags = (uint64_t)value(m, op, 0);
	int64_t cgroup = value(m, op, 1);
	int sync[2], pidfd = -1;
	if (flags & ~CLONE_FLAGS_ALLOWED || cgroup > INT32_MAX)
		return fail(m, i, EINVAL);
	if (op->flags & CLONE_OP_MAIN && has_main(m))
		return fail(m, i, EBUSY);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sync) < 0)
		return fail(m, i, errno);
	pid_t pid = clone_process(flags, cgroup < 0 ? -1 : (int)cgroup, &pidfd);
	if (pid == 0) {
		become_child(m, sync[1], sync[0]);
		bool failed = run_range(m, (uint32_t)op->arg[2], (uint32_t)op->arg[3]) < 0;
		if (failed)
			tell_failure(m);
		_exit(failed);
	}
	close(sync[1]);
	if (pid < 0) {
		close(sync[0]);
		return fail(m, i, -pid);
	}
	release_sync(m);
	m->reg[R_SYNC] = sync[0];
	keep_child(m, op, pid, pidfd);
	return 0;
}

static int await_child(struct machine *m, pid_t pid, int *status)
{
	if (m->up >= 0)
		return wait_for(pid, status);
	for (;;) {
		pid_t ended = waitpid(pid, status, WNOHANG);
		if (ended != 0)
			return checked(ended);
		int error = await_event(m, -1);
		if (error < 0) {
			kill(pid, SIGKILL);
			wait_for(pid, status);
			return error;
		}
	}
}

int run_spawn(struct machine *m, const struct op *op, uint32_t i)
{
	int64_t out = value(m, op, 3);
	int null = m->null, status = 0;
	bool as_they_are = out == -2;
	if (out > INT32_MAX)
		return fail(m, i, EBADF);
	if (null < 0 && !as_they_are && (null = open_null()) < 0)
		return fail(m, i, -null);
	struct spawn spawn = {
		.path = blob_at(op, 0),
		.argv = (char *const *)(void *)blob_at(op, 1),
		.envp = (char *const *)(void *)blob_at(op, 2),
		.cwd = op->arg[4] ? blob_at(op, 4) : "/",
		.in = as_they_are ? -1 : null,
		.out = as_they_are ? -1 : out >= 0 ? (int)out : null,
	};
	pid_t pid = spawn_process(&spawn);
	if (null != m->null)
		close_fd(null);
	if (pid < 0)
		return fail(m, i, -pid);
	int error = await_child(m, pid, &status);
	if (error < 0)
		return fail(m, i, -error);
	put(m, op, status);
	return status != 0 && !(op->flags & SPAWN_OP_TOLERATE) ? fail_status(m, i, 0, status) : 0;
}

int run_init(struct machine *m, uint32_t i)
{
	if (m->up < 0)
		return fail(m, i, EINVAL);
	pid_t pid = (pid_t)syscall(SYS_clone, (unsigned long)SIGCHLD, 0L, 0L, 0L, 0L);
	if (pid < 0)
		return fail(m, i, errno);
	if (pid > 0) {
		/* An address space of its own by now: nothing of the program is needed here. */
		munmap_program(m);
		init_main(pid);
	}
	return 0;
}

static void keep_fd(unsigned *kept, size_t *count, int64_t fd)
{
	if (fd > 2 && fd <= INT32_MAX)
		kept[(*count)++] = (unsigned)fd;
}

/* Closes what lies between the kept descriptors, which are put in order first. */
static void close_all_but(unsigned *kept, size_t count)
{
	for (size_t k = 1; k < count; k++)
		for (size_t at = k; at > 0 && kept[at] < kept[at - 1]; at--) {
			unsigned swap = kept[at];
			kept[at] = kept[at - 1];
			kept[at - 1] = swap;
		}
	unsigned next = 3;
	for (size_t k = 0; k < count; k++) {
		if (kept[k] > next)
			close_span(next, kept[k] - 1);
		if (kept[k] >= next)
			next = kept[k] + 1;
	}
	close_span(next, ~0u);
}

int run_close_others(struct machine *m, const struct op *op, uint32_t i)
{
	unsigned kept[REGISTERS + 6];
	size_t count = 0;
	bool all = op->flags & CLOSE_OTHERS_OP_ALL;
	if (all && m->up < 0)
		return fail(m, i, EINVAL);
	/* SYNC stays in any case: it tells of a failing execve, which closes it otherwise. */
	keep_fd(kept, &count, m->up);
	if (all) {
		m->null = -1;
	} else {
		int relayed[2], more = m->up >= 0 ? 0 : console_fds(relayed);
		for (int k = 0; k < more; k++)
			keep_fd(kept, &count, relayed[k]);
		for (size_t k = 0; k < REGISTERS; k++)
			keep_fd(kept, &count, m->reg[k]);
		keep_fd(kept, &count, m->signals);
		keep_fd(kept, &count, m->null);
		keep_fd(kept, &count, m->up >= 0 ? -1 : terminal_fd());
	}
	close_all_but(kept, count);
	return 0;
}
