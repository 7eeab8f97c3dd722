/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interpreter: one loop over checked ops. It decides nothing; what fails is told with the op's index.
 */
#include "machine.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* What travels over SYNC, a SOCK_SEQPACKET pair, so that one message is one receive. */
enum sync_kind { SYNC_SIGNAL = 1, SYNC_FAILED = 2 };

struct sync_message {
	uint32_t kind;
	uint32_t op;
	int32_t error;
	int32_t status;
};

/* clone3(2), first version plus cgroup; the kernel takes the size from us. */
struct clone_arguments {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size,
		cgroup;
};

#define CLONE_FLAGS_ALLOWED                                                                                        \
	((uint64_t)(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |    \
		    CLONE_NEWNET | CLONE_NEWTIME))

static int run(struct machine *m, uint32_t i, uint32_t end);

static inline int64_t value(const struct machine *m, const struct op *op, unsigned k)
{
	return op->kind[k] == KIND_REGISTER ? m->reg[op->arg[k]] : (int64_t)op->arg[k];
}

/* A blob argument, which the decoder has checked and made absolute. */
static inline char *blob_at(const struct op *op, unsigned k) { return (char *)(uintptr_t)op->arg[k]; }

static inline void put(struct machine *m, const struct op *op, int64_t result)
{
	if (op->dst != NO_REGISTER)
		m->reg[op->dst] = result;
}

static int fail_status(struct machine *m, uint32_t i, int error, int status)
{
	m->failure = (struct failure){.op = i, .error = error, .status = status, .log = -1};
	return -1;
}

static int fail(struct machine *m, uint32_t i, int error) { return fail_status(m, i, error, 0); }

static int run_syscall(struct machine *m, const struct op *op, uint32_t i)
{
	if (op->nr == SYS_execve || op->nr == SYS_execveat)
		unmask_signals();
	int64_t result = syscall(op->nr, (long)value(m, op, 0), (long)value(m, op, 1), (long)value(m, op, 2),
				 (long)value(m, op, 3), (long)value(m, op, 4), (long)value(m, op, 5));
	if (result == -1) {
		int error = errno;
		bool tolerated = error == op->tolerate[0] || error == op->tolerate[1] ||
				 op->tolerate[0] == TOLERATE_ANY || op->tolerate[1] == TOLERATE_ANY;
		if (!tolerated)
			return fail(m, i, error);
		result = -error;
	}
	put(m, op, result);
	return 0;
}

static void run_store(struct machine *m, const struct op *op)
{
	int64_t word = value(m, op, 1);
	memcpy(blob_at(op, 0), &word, (size_t)op->arg[2]);
}

static void run_load(struct machine *m, const struct op *op)
{
	const char *from = blob_at(op, 0);
	int8_t byte;
	int16_t half;
	int32_t word;
	int64_t result;
	switch (op->arg[1]) {
	case 1:
		memcpy(&byte, from, 1);
		result = byte;
		break;
	case 2:
		memcpy(&half, from, 2);
		result = half;
		break;
	case 4:
		memcpy(&word, from, 4);
		result = word;
		break;
	default:
		memcpy(&result, from, 8);
	}
	put(m, op, result);
}

static int append(struct machine *m, const struct op *op, uint32_t i, const char *text, size_t length)
{
	char *to = blob_at(op, 0);
	size_t room = (size_t)op->arg[2];
	size_t used = strnlen(to, room);
	if (used == room || length >= room - used)
		return fail(m, i, ENAMETOOLONG);
	memmove(to + used, text, length);
	to[used + length] = 0;
	return 0;
}

static int run_decimal(struct machine *m, const struct op *op, uint32_t i)
{
	int64_t number = value(m, op, 1);
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char text[24], *at = text + sizeof(text);
	do
		*--at = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		*--at = '-';
	return append(m, op, i, at, (size_t)(text + sizeof(text) - at));
}

static int run_append(struct machine *m, const struct op *op, uint32_t i)
{
	const char *text = blob_at(op, 1);
	size_t most = (size_t)(m->program.blob + m->program.blob_length - text);
	return append(m, op, i, text, strnlen(text, most));
}

static bool jumps(const struct machine *m, const struct op *op)
{
	switch (op->flags) {
	case JUMP_NEGATIVE:
		return value(m, op, 0) < 0;
	case JUMP_NOT_NEGATIVE:
		return value(m, op, 0) >= 0;
	case JUMP_EQUAL:
		return value(m, op, 0) == value(m, op, 1);
	case JUMP_NOT_EQUAL:
		return value(m, op, 0) != value(m, op, 1);
	default:
		return true;
	}
}

/* Copies the descriptors of a span of registers; -EBADF if one of them is none. */
static int gather_fds(const struct machine *m, size_t first, size_t count, int fds[FRAME_FDS])
{
	for (size_t k = 0; k < count; k++) {
		int64_t fd = m->reg[first + k];
		if (fd < 0 || fd > INT32_MAX)
			return -EBADF;
		fds[k] = (int)fd;
	}
	return 0;
}

static void scatter_fds(struct machine *m, size_t first, const int *fds, size_t count)
{
	for (size_t k = 0; k < count; k++)
		m->reg[first + k] = fds[k];
}

/*
 * Whether the engine wants the running program to end. A frame that the engine sent ahead stays where it
 * is, and *listen becomes false, for it would make every poll return at once.
 */
static int check_channel(struct machine *m, bool *listen)
{
	struct frame_header header;
	ssize_t got = recv(fd_of(m, R_CHANNEL), &header, sizeof(header), MSG_PEEK | MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0) {
		m->engine_gone = true;
		return -EPIPE;
	}
	if ((size_t)got < sizeof(header))
		return 0;
	*listen = false;
	if (header.kind != FRAME_ABORT || header.length != 0)
		return 0;
	frame_read(fd_of(m, R_CHANNEL), &header, sizeof(header));
	return -ECANCELED;
}

/*
 * Waits until `fd` is readable (negative: until any child changed state) or the program has to be given
 * up: by the engine's word or end, or by a signal from whoever waits for it. A cloned child just waits.
 */
static int await_event(struct machine *m, int fd)
{
	bool listen = true;
	while (m->up < 0) {
		int channel = fd_of(m, R_CHANNEL), ending = 0;
		struct pollfd slots[] = {
			{.fd = fd, .events = POLLIN},
			{.fd = m->signals, .events = POLLIN},
			{.fd = channel, .events = listen ? POLLIN : 0},
		};
		if (poll(slots, 3, -1) < 0)
			continue;
		if (slots[1].revents && take_signal(m, &ending)) {
			if (ending)
				return -EINTR;
			if (fd < 0)
				return 0;
		}
		if (slots[0].revents)
			return 0;
		if (slots[2].revents & POLLIN) {
			int verdict = check_channel(m, &listen);
			if (verdict < 0)
				return verdict;
		} else if (slots[2].revents) {
			m->engine_gone = true;
			return -EPIPE;
		}
	}
	return 0;
}

/* The other side is gone without a word: if it was our child, its wait status tells more than EPIPE. */
static int fail_silent(struct machine *m, uint32_t i)
{
	int status = 0;
	bool ours = m->clone_pid > 0;
	if (ours && m->clone_pid != m->reg[R_MAIN_PID]) {
		kill(m->clone_pid, SIGKILL);
		wait_for(m->clone_pid, &status);
	} else if (ours) {
		kill_main(m);
		status = (int)m->reg[R_PENDING];
		m->reg[R_PENDING] = -1;
	}
	if (ours)
		m->clone_pid = 0;
	fail_status(m, i, EPIPE, status);
	m->failure.child = ours;
	return -1;
}

static int fail_as_told(struct machine *m, const struct sync_message *message, const int *fds, size_t fd_count)
{
	m->failure = (struct failure){
		.op = message->op,
		.error = message->error,
		.status = message->status,
		.child = true,
		.log = fd_count > 0 ? fds[0] : -1,
	};
	if (fd_count > 1)
		close_fds(fds + 1, fd_count - 1);
	return -1;
}

/*
 * The other side's end is first told as ECONNRESET if it left something unread (unix(7)); what it had sent
 * before comes behind that.
 */
static ssize_t sync_receive(int sync, struct sync_message *message, int fds[FRAME_FDS], size_t *fd_count)
{
	ssize_t got = message_receive(sync, message, sizeof(*message), fds, fd_count);
	return got != -ECONNRESET ? got : message_receive(sync, message, sizeof(*message), fds, fd_count);
}

/* Closes a SYNC that is no longer needed, unless the program saved it in another register. */
static void release_sync(const struct machine *m)
{
	int sync = fd_of(m, R_SYNC);
	if (sync == m->up)
		return;
	for (size_t k = 0; k < REGISTERS; k++)
		if (k != R_SYNC && m->reg[k] == sync)
			return;
	close_fd(sync);
}

static int run_await(struct machine *m, const struct op *op, uint32_t i)
{
	struct sync_message message;
	int fds[FRAME_FDS];
	size_t fd_count;
	int sync = fd_of(m, R_SYNC);
	int error = sync < 0 ? -ENOTCONN : await_event(m, sync);
	if (error < 0)
		return fail(m, i, -error);
	ssize_t got = sync_receive(sync, &message, fds, &fd_count);
	if (got == 0 && op->flags & AWAIT_OP_EXECUTED && op->arg[1] == 0) {
		release_sync(m);
		m->reg[R_SYNC] = -1;
		return 0;
	}
	if (got == 0)
		return fail_silent(m, i);
	if (got < 0)
		return fail(m, i, (int)-got);
	if (got == sizeof(message) && message.kind == SYNC_FAILED)
		return fail_as_told(m, &message, fds, fd_count);
	bool expected = got == sizeof(message) && message.kind == SYNC_SIGNAL && fd_count == op->arg[1] &&
			!(op->flags & AWAIT_OP_EXECUTED);
	if (!expected) {
		close_fds(fds, fd_count);
		return fail(m, i, EBADMSG);
	}
	scatter_fds(m, (size_t)op->arg[0], fds, fd_count);
	return 0;
}

static int run_signal(struct machine *m, const struct op *op, uint32_t i)
{
	int fds[FRAME_FDS];
	struct sync_message message = {.kind = SYNC_SIGNAL};
	struct iovec iov = {&message, sizeof(message)};
	int sync = fd_of(m, R_SYNC);
	size_t count = (size_t)op->arg[1];
	ssize_t sent = gather_fds(m, (size_t)op->arg[0], count, fds);
	if (sent == 0)
		sent = sync < 0 ? -ENOTCONN : message_send(sync, &iov, 1, fds, count);
	if (sent != -EPIPE && sent != -ECONNRESET)
		return sent < 0 ? fail(m, i, (int)-sent) : 0;
	/* The other side has ended; its last words are the reason. */
	size_t fd_count;
	while ((sent = sync_receive(sync, &message, fds, &fd_count)) > 0) {
		if (sent == sizeof(message) && message.kind == SYNC_FAILED)
			return fail_as_told(m, &message, fds, fd_count);
		close_fds(fds, fd_count);
	}
	return fail_silent(m, i);
}

/* The child's last words. The log is of use even if the parent has none. */
static void tell_failure(struct machine *m)
{
	const struct failure *failure = &m->failure;
	struct sync_message message = {SYNC_FAILED, failure->op, failure->error, failure->status};
	struct iovec iov = {&message, sizeof(message)};
	int log = failure->log >= 0 ? failure->log : fd_of(m, R_HOOK_LOG);
	/* A log that is no descriptor must not cost the message. */
	if (log < 0 || message_send(m->up, &iov, 1, &log, 1) < 0)
		message_send(m->up, &iov, 1, NULL, 0);
}

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
	int internal[3], count = console_internal_fds(internal);
	close_fds(internal, (size_t)count);
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

static int run_clone(struct machine *m, const struct op *op, uint32_t i)
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
		bool failed = run(m, (uint32_t)op->arg[2], (uint32_t)op->arg[3]) < 0;
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

static int run_spawn(struct machine *m, const struct op *op, uint32_t i)
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

/* Takes the CONTINUE that answers a REPORT. */
static int take_continue(struct machine *m)
{
	struct frame frame;
	uint32_t to;
	int channel = fd_of(m, R_CHANNEL);
	int got = await_event(m, channel);
	if (got < 0)
		return got;
	got = frame_receive(channel, &frame);
	if (got <= 0) {
		m->engine_gone = true;
		return -EPIPE;
	}
	int error = 0;
	if (frame.kind == FRAME_ABORT && frame.length == 0 && frame.fd_count == 0)
		return -ECANCELED;
	if (frame.kind != FRAME_CONTINUE || frame.length != sizeof(to))
		error = -EPROTO;
	else
		error = frame_read(channel, &to, sizeof(to));
	if (!error && (to >= REGISTERS || frame.fd_count > REGISTERS - to))
		error = -EPROTO;
	if (error) {
		/* A stream that is out of step cannot be trusted again. */
		close_fds(frame.fds, frame.fd_count);
		m->engine_gone = true;
		return error;
	}
	scatter_fds(m, to, frame.fds, frame.fd_count);
	return 0;
}

static int run_report(struct machine *m, const struct op *op, uint32_t i)
{
	int fds[FRAME_FDS];
	struct report_payload report = {.op = i, .tag = (uint32_t)value(m, op, 0)};
	int channel = fd_of(m, R_CHANNEL);
	size_t count = (size_t)op->arg[2];
	if (channel < 0)
		return fail(m, i, ENOTCONN);
	int error = gather_fds(m, (size_t)op->arg[1], count, fds);
	if (error == 0) {
		memcpy(report.reg, m->reg, sizeof(report.reg));
		error = frame_send(channel, FRAME_REPORT, &report, sizeof(report), fds, count);
		if (error == -EPIPE || error == -ECONNRESET)
			m->engine_gone = true;
	}
	if (error == 0 && op->flags & REPORT_OP_WAIT)
		error = take_continue(m);
	return error < 0 ? fail(m, i, -error) : 0;
}

static int run_init(struct machine *m, uint32_t i)
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

static int run_raw(struct machine *m, const struct op *op, uint32_t i)
{
	int64_t terminal = value(m, op, 0), size_to = value(m, op, 1);
	if (m->up >= 0 || terminal < 0 || terminal > INT32_MAX || size_to > INT32_MAX)
		return fail(m, i, EINVAL);
	int error = terminal_raw((int)terminal, size_to < 0 ? -1 : (int)size_to);
	return error < 0 ? fail(m, i, -error) : 0;
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

static int run_close_others(struct machine *m, const struct op *op, uint32_t i)
{
	unsigned kept[REGISTERS + 6];
	int internal[3];
	size_t count = 0;
	bool all = op->flags & CLOSE_OTHERS_OP_ALL;
	if (all && m->up < 0)
		return fail(m, i, EINVAL);
	/* SYNC stays in any case: it tells of a failing execve, which closes it otherwise. */
	if (m->up >= 0)
		kept[count++] = (unsigned)m->up;
	if (!all) {
		for (size_t k = 0; k < REGISTERS; k++)
			if (m->reg[k] > 2 && m->reg[k] <= INT32_MAX)
				kept[count++] = (unsigned)m->reg[k];
		if (m->signals >= 0)
			kept[count++] = (unsigned)m->signals;
		if (m->null >= 0)
			kept[count++] = (unsigned)m->null;
		int more = m->up >= 0 ? 0 : console_internal_fds(internal);
		for (int k = 0; k < more; k++)
			kept[count++] = (unsigned)internal[k];
	} else {
		m->null = -1;
	}
	close_all_but(kept, count);
	return 0;
}

static int run_wake(struct machine *m, const struct op *op, uint32_t i)
{
	int error = wake_remember(m, (char *const *)(void *)blob_at(op, 0));
	return error < 0 ? fail(m, i, -error) : 0;
}

static int run_title(struct machine *m, const struct op *op)
{
	/* The map ends with zero bytes, so every string in the blob has an end. */
	(void)m;
	title_set(blob_at(op, 0));
	return 0;
}

static int run_fail(struct machine *m, const struct op *op, uint32_t i)
{
	int64_t error = value(m, op, 0);
	if (error < 0)
		error = -error;
	return fail(m, i, error > 0 && error < 4096 ? (int)error : EINVAL);
}

static int run(struct machine *m, uint32_t i, uint32_t end)
{
	while (i < end) {
		const struct op *op = &m->program.ops[i];
		int error = 0;
		switch (op->code) {
		case OP_SYSCALL:
			error = run_syscall(m, op, i);
			break;
		case OP_SET:
			put(m, op, value(m, op, 0));
			break;
		case OP_STORE:
			run_store(m, op);
			break;
		case OP_LOAD:
			run_load(m, op);
			break;
		case OP_DECIMAL:
			error = run_decimal(m, op, i);
			break;
		case OP_APPEND:
			error = run_append(m, op, i);
			break;
		case OP_JUMP:
			if (jumps(m, op)) {
				i = (uint32_t)op->arg[2];
				continue;
			}
			break;
		case OP_CLONE:
			error = run_clone(m, op, i);
			if (error == 0) {
				i = (uint32_t)op->arg[3];
				continue;
			}
			break;
		case OP_SIGNAL:
			error = run_signal(m, op, i);
			break;
		case OP_AWAIT:
			error = run_await(m, op, i);
			break;
		case OP_SPAWN:
			error = run_spawn(m, op, i);
			break;
		case OP_REPORT:
			error = run_report(m, op, i);
			break;
		case OP_INIT:
			error = run_init(m, i);
			break;
		case OP_FAIL:
			error = run_fail(m, op, i);
			break;
		case OP_WAKE:
			error = run_wake(m, op, i);
			break;
		case OP_RAW:
			error = run_raw(m, op, i);
			break;
		case OP_CLOSE_OTHERS:
			error = run_close_others(m, op, i);
			break;
		case OP_TITLE:
			error = run_title(m, op);
			break;
		default: /* the decoder has refused everything else */
			error = fail(m, i, ENOSYS);
		}
		if (error < 0)
			return -1;
		i++;
	}
	return 0;
}

void kill_main(struct machine *m)
{
	int status = 0;
	if (!has_main(m))
		return;
	syscall(SYS_pidfd_send_signal, fd_of(m, R_MAIN_PIDFD), SIGKILL, NULL, 0);
	wait_for((pid_t)m->reg[R_MAIN_PID], &status);
	close_fd(fd_of(m, R_MAIN_PIDFD));
	m->reg[R_MAIN_PID] = m->reg[R_MAIN_PIDFD] = -1;
	m->reg[R_PENDING] = status;
}

void munmap_program(struct machine *m)
{
	munmap(m->map, m->map_size);
	m->map = NULL;
}

int execute_program(struct machine *m)
{
	m->clone_pid = 0;
	if (m->program.spawns) {
		/* Opened on the host, once: a container's own /dev/null could be anything. */
		int null = open_null();
		if (null < 0)
			return fail(m, 0, -null);
		m->null = null;
	}
	int error = run(m, 0, m->program.op_count);
	close_fd(m->null);
	m->null = -1;
	return error;
}
