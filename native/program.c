/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

#include <errno.h>
#include <string.h>

/* Where a checker stands: the ranges it is in, and where earlier jumps land. */
struct checker {
	struct program *program;
	uint32_t ends[PROGRAM_DEPTH + 1]; /* of the range of every clone around, [0] the whole program */
	unsigned depth;
	uint64_t landings[PROGRAM_OPS / 64 + 1];
};

static bool is_immediate(const struct op *op, unsigned k) { return op->kind[k] == KIND_IMMEDIATE; }

/* An immediate span of registers, starting with the one in argument k, counted by the next argument. */
static bool is_register_span(const struct op *op, unsigned k)
{
	return is_immediate(op, k) && is_immediate(op, k + 1) && op->arg[k] < REGISTERS &&
	       op->arg[k + 1] <= REGISTERS - op->arg[k];
}

/*
 * A span of the blob whose offset is in argument k: these arguments are offsets by their meaning, so that
 * an immediate says the same as a blob address. It becomes one.
 */
static bool is_blob_span(const struct checker *c, struct op *op, unsigned k, uint64_t length)
{
	if (op->kind[k] == KIND_REGISTER || op->arg[k] > c->program->blob_length ||
	    length > c->program->blob_length - op->arg[k])
		return false;
	op->kind[k] = KIND_BLOB;
	return true;
}

static bool is_word_size(const struct op *op, unsigned k)
{
	uint64_t size = op->arg[k];
	return is_immediate(op, k) && (size == 1 || size == 2 || size == 4 || size == 8);
}

/* A string at argument k with room for argument 2 bytes, which the op may extend. */
static bool is_buffer(const struct checker *c, struct op *op)
{
	return is_immediate(op, 2) && op->arg[2] > 0 && is_blob_span(c, op, 0, op->arg[2]);
}

static bool is_landing(const struct checker *c, uint32_t i)
{
	return c->landings[i / 64] >> (i % 64) & 1;
}

/* A jump stays in its range: it may pass over a clone's range but never end inside. */
static bool check_jump(struct checker *c, const struct op *op, uint32_t i)
{
	uint64_t target = op->arg[2];
	if (!is_immediate(op, 2) || op->flags > JUMP_NOT_EQUAL || target <= i || target > c->ends[c->depth])
		return false;
	c->landings[target / 64] |= UINT64_C(1) << (target % 64);
	return true;
}

static bool check_clone(struct checker *c, const struct op *op, uint32_t i)
{
	uint64_t from = op->arg[2], end = op->arg[3];
	if (!is_immediate(op, 2) || !is_immediate(op, 3) || from != i + 1u || end < from ||
	    end > c->ends[c->depth] || c->depth == PROGRAM_DEPTH)
		return false;
	if ((op->dst != NO_REGISTER && op->dst > REGISTERS - 2) || op->flags & ~CLONE_OP_MAIN)
		return false;
	if (op->flags & CLONE_OP_MAIN && c->depth > 0)
		return false;
	for (uint32_t inside = (uint32_t)from; inside < end; inside++)
		if (is_landing(c, inside))
			return false;
	c->ends[++c->depth] = (uint32_t)end;
	return true;
}

static bool check_spawn(const struct checker *c, struct op *op)
{
	return is_blob_span(c, op, 0, 1) && is_blob_span(c, op, 1, 8) && is_blob_span(c, op, 2, 8) &&
	       is_blob_span(c, op, 4, 1) && !(op->flags & ~SPAWN_OP_TOLERATE);
}

static bool check_arguments(const struct checker *c, const struct op *op)
{
	if (op->dst != NO_REGISTER && op->dst >= REGISTERS)
		return false;
	for (unsigned k = 0; k < 6; k++) {
		if (op->kind[k] > KIND_BLOB)
			return false;
		if (op->kind[k] == KIND_REGISTER && op->arg[k] >= REGISTERS)
			return false;
		if (op->kind[k] == KIND_BLOB && op->arg[k] >= c->program->blob_length)
			return false;
	}
	return true;
}

static bool check_op(struct checker *c, struct op *op, uint32_t i)
{
	switch (op->code) {
	case OP_SYSCALL:
		return op->flags == 0;
	case OP_SET:
	case OP_FAIL:
	case OP_RAW:
	case OP_INIT:
		return op->flags == 0;
	case OP_STORE:
		return op->flags == 0 && is_word_size(op, 2) && is_blob_span(c, op, 0, op->arg[2]);
	case OP_LOAD:
		return op->flags == 0 && is_word_size(op, 1) && is_blob_span(c, op, 0, op->arg[1]);
	case OP_DECIMAL:
		return op->flags == 0 && is_buffer(c, op);
	case OP_APPEND:
		return op->flags == 0 && is_buffer(c, op) && is_blob_span(c, op, 1, 1);
	case OP_JUMP:
		return check_jump(c, op, i);
	case OP_CLONE:
		return check_clone(c, op, i);
	case OP_SIGNAL:
		return op->flags == 0 && is_register_span(op, 0);
	case OP_AWAIT:
		return !(op->flags & ~AWAIT_OP_EXECUTED) && is_register_span(op, 0);
	case OP_SPAWN:
		c->program->spawns = true;
		return check_spawn(c, op);
	case OP_REPORT:
		return !(op->flags & ~REPORT_OP_WAIT) && is_register_span(op, 1);
	case OP_WAKE:
		return op->flags == 0 && is_blob_span(c, op, 0, 8) && op->arg[0] % 8 == 0;
	case OP_CLOSE_OTHERS:
		return !(op->flags & ~CLOSE_OTHERS_OP_ALL);
	case OP_TITLE:
		return op->flags == 0 && is_blob_span(c, op, 0, 1);
	default:
		return false;
	}
}

/* Offsets in the blob become addresses; "no directory" of SPAWN stays 0. */
static void relocate(const struct program *program, struct op *op)
{
	for (unsigned k = 0; k < 6; k++) {
		if (op->kind[k] != KIND_BLOB)
			continue;
		bool none = op->code == OP_SPAWN && k == 4 && op->arg[k] == 0;
		op->arg[k] = none ? 0 : (uint64_t)(uintptr_t)(program->blob + op->arg[k]);
		op->kind[k] = KIND_IMMEDIATE;
	}
}

static bool relocate_words(const struct program *program, const uint32_t *relocs, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t offset, at = relocs[i];
		if (at % 8 != 0 || program->blob_length < 8 || at > program->blob_length - 8)
			return false;
		memcpy(&offset, program->blob + at, 8);
		/* A word that is named twice is an address by now and fails here. */
		if (offset >= program->blob_length)
			return false;
		offset += (uint64_t)(uintptr_t)program->blob;
		memcpy(program->blob + at, &offset, 8);
	}
	return true;
}

static int check_ops(struct program *program, uint32_t *bad_op)
{
	struct checker checker = {.program = program, .ends = {program->op_count}};
	for (uint32_t i = 0; i < program->op_count; i++) {
		while (checker.depth > 0 && i == checker.ends[checker.depth])
			checker.depth--;
		struct op *op = &program->ops[i];
		if (!check_arguments(&checker, op) || !check_op(&checker, op, i)) {
			*bad_op = i;
			return -EBADMSG;
		}
		relocate(program, op);
	}
	return 0;
}

int program_decode(struct program *program, void *payload, size_t length, uint32_t *bad_op)
{
	struct program_header header;
	*bad_op = PROGRAM_NO_OP;
	if (length < sizeof(header) || length > FRAME_MAX)
		return -EBADMSG;
	memcpy(&header, payload, sizeof(header));
	if (header.magic != PROGRAM_MAGIC || header.zero != 0 || header.ops > PROGRAM_OPS ||
	    header.relocs > FRAME_MAX / 4 || header.fd_base > REGISTERS)
		return -EBADMSG;
	size_t ops_size = (size_t)header.ops * sizeof(struct op);
	size_t relocs_size = ((size_t)header.relocs * sizeof(uint32_t) + 7) & ~(size_t)7;
	if (sizeof(header) + ops_size + relocs_size + header.blob != length)
		return -EBADMSG;

	char *at = (char *)payload + sizeof(header);
	*program = (struct program){
		.ops = (struct op *)(void *)at,
		.op_count = header.ops,
		.fd_base = header.fd_base,
		.blob = at + ops_size + relocs_size,
		.blob_length = header.blob,
	};
	/* Ops first: a blob is only changed for a program whose ops are sound. */
	int error = check_ops(program, bad_op);
	if (!error && !relocate_words(program, (uint32_t *)(void *)(at + ops_size), header.relocs))
		error = -EBADMSG;
	return error;
}
