/* SPDX-License-Identifier: Apache-2.0 */
/* SYNC: how both sides of a CLONE wait for each other, pass descriptors and tell of failures. */
#include "execute.h"

#include <sys/socket.h>

/* What travels over SYNC, a SOCK_SEQPACKET pair, so that one message is one receive. */
enum sync_kind { SYNC_SIGNAL = 1, SYNC_FAILED = 2 };

struct sync_message {
	uint32_t kind;
	uint32_t op;
	int32_t error;
	int32_t status;
};

/* Copies the descriptors of a span of registers; -EBADF if one of them is none. */
int gather_fds(const struct machine *m, size_t first, size_t count, int fds[FRAME_FDS])
{
	for (size_t k = 0; k < count; k++) {
		int64_t fd = m->reg[first + k];
		if (fd < 0 || fd > INT32_MAX)
			return -EBADF;
		fds[k] = (int)fd;
	}
	return 0;
}

void scatter_fds(struct machine *m, size_t first, const int *fds, size_t count)
{
	for (size_t k = 0; k < count; k++)
		m->reg[first + k] = fds[k];
}

/*
 * Waits until `fd` is readable (negative: until any child changed state) or the program has to be given
 * up: by the engine's word or end, or by a signal from whoever waits for it. A cloned child just waits.
 */
int await_event(struct machine *m, int fd)
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
void release_sync(const struct machine *m)
{
	int sync = fd_of(m, R_SYNC);
	if (sync == m->up)
		return;
	for (size_t k = 0; k < REGISTERS; k++)
		if (k != R_SYNC && m->reg[k] == sync)
			return;
	close_fd(sync);
}

int run_await(struct machine *m, const struct op *op, uint32_t i)
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

int run_signal(struct machine *m, const struct op *op, uint32_t i)
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
void tell_failure(struct machine *m)
{
	const struct failure *failure = &m->failure;
	struct sync_message message = {SYNC_FAILED, failure->op, failure->error, failure->status};
	struct iovec iov = {&message, sizeof(message)};
	int log = failure->log >= 0 ? failure->log : fd_of(m, R_HOOK_LOG);
	/* A log that is no descriptor must not cost the message. */
	if (log < 0 || message_send(m->up, &iov, 1, &log, 1) < 0)
		message_send(m->up, &iov, 1, NULL, 0);
}
