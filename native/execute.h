/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the interpreter share. An op's function gets the machine, the op and its index; it
 * returns 0, or -1 with m->failure. The ops are checked (program.h) and their blob arguments absolute.
 */
#ifndef COFFER_EXECUTE_H
#define COFFER_EXECUTE_H

#include "machine.h"

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

static inline int fail_status(struct machine *m, uint32_t i, int error, int status)
{
	m->failure = (struct failure){.op = i, .error = error, .status = status, .log = -1};
	return -1;
}

static inline int fail(struct machine *m, uint32_t i, int error) { return fail_status(m, i, error, 0); }

/* execute.c: the ops from i to end, in this process. */
int run_range(struct machine *m, uint32_t i, uint32_t end);

/* sync.c: the two sides of a CLONE. */
int run_signal(struct machine *m, const struct op *op, uint32_t i);
int run_await(struct machine *m, const struct op *op, uint32_t i);
void release_sync(const struct machine *m);
void tell_failure(struct machine *m);
int gather_fds(const struct machine *m, size_t first, size_t count, int fds[FRAME_FDS]);
void scatter_fds(struct machine *m, size_t first, const int *fds, size_t count);
int await_event(struct machine *m, int fd);

/* report.c: a word with the engine in between. */
int run_report(struct machine *m, const struct op *op, uint32_t i);
int check_channel(struct machine *m, bool *listen);

/* process.c: ops that make processes or change what this one holds. */
int run_clone(struct machine *m, const struct op *op, uint32_t i);
int run_spawn(struct machine *m, const struct op *op, uint32_t i);
int run_init(struct machine *m, uint32_t i);
int run_close_others(struct machine *m, const struct op *op, uint32_t i);

#endif
