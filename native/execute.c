/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interpreter: one loop over checked ops. It decides nothing; what fails is told with the op's index.
 */
#include "execute.h"

#include <string.h>
#include <sys/mman.h>

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

static int run_raw(struct machine *m, const struct op *op, uint32_t i)
{
	int64_t terminal = value(m, op, 0), size_to = value(m, op, 1);
	if (m->up >= 0 || terminal < 0 || terminal > INT32_MAX || size_to > INT32_MAX)
		return fail(m, i, EINVAL);
	int error = terminal_raw((int)terminal, size_to < 0 ? -1 : (int)size_to);
	return error < 0 ? fail(m, i, -error) : 0;
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

int run_range(struct machine *m, uint32_t i, uint32_t end)
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
	int error = run_range(m, 0, m->program.op_count);
	close_fd(m->null);
	m->null = -1;
	return error;
}
