/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoder on any bytes at all. What it accepts must satisfy everything that program.h promises, which
 * is checked here once more and in another way; the frame parser gets the same bytes from a socket.
 */
#include "../frame.h"
#include "../program.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_inside(const struct program *p, uint64_t address, uint64_t length)
{
	uint64_t blob = (uint64_t)(uintptr_t)p->blob;
	require(address >= blob && address - blob <= p->blob_length && length <= p->blob_length - (address - blob));
}

/* Every op that a process can reach from `from` lies below `end`, whatever the jumps do. */
static void check_range(const struct program *p, uint32_t from, uint32_t end, unsigned depth)
{
	static uint8_t reachable[PROGRAM_DEPTH + 2][PROGRAM_OPS + 1];
	uint8_t *here = reachable[depth];
	require(depth <= PROGRAM_DEPTH && from <= end && end <= p->op_count);
	memset(here + from, 0, end - from + 1);
	here[from] = 1;
	for (uint32_t i = from; i < end; i++) {
		const struct op *op = &p->ops[i];
		if (!here[i])
			continue;
		if (op->code == OP_CLONE) {
			require(op->arg[2] == i + 1 && op->arg[3] >= op->arg[2] && op->arg[3] <= end);
			check_range(p, (uint32_t)op->arg[2], (uint32_t)op->arg[3], depth + 1);
			for (uint32_t k = i + 1; k < op->arg[3]; k++)
				require(!here[k]); /* the parent's jumps do not land there */
			here[op->arg[3]] = 1;
			continue;
		}
		if (op->code == OP_JUMP) {
			require(op->arg[2] > i && op->arg[2] <= end);
			here[op->arg[2]] = 1;
			if (op->flags == JUMP_ALWAYS)
				continue;
		}
		here[i + 1] = 1;
	}
}

static void check_op(const struct program *p, const struct op *op)
{
	require(op->dst == NO_REGISTER || op->dst < REGISTERS);
	for (unsigned k = 0; k < 6; k++) {
		require(op->kind[k] <= KIND_REGISTER);
		require(op->kind[k] == KIND_IMMEDIATE || op->arg[k] < REGISTERS);
	}
	switch (op->code) {
	case OP_STORE:
		check_inside(p, op->arg[0], op->arg[2]);
		break;
	case OP_LOAD:
		check_inside(p, op->arg[0], op->arg[1]);
		break;
	case OP_APPEND:
		check_inside(p, op->arg[1], 1);
		check_inside(p, op->arg[0], op->arg[2]);
		break;
	case OP_DECIMAL:
		check_inside(p, op->arg[0], op->arg[2]);
		break;
	case OP_SIGNAL:
	case OP_AWAIT:
		require(op->arg[0] + op->arg[1] <= REGISTERS && op->arg[1] <= REGISTERS);
		break;
	case OP_REPORT:
		require(op->arg[1] + op->arg[2] <= REGISTERS && op->arg[2] <= REGISTERS);
		break;
	case OP_CLONE:
		require(op->dst == NO_REGISTER || op->dst < REGISTERS - 1);
		break;
	case OP_SPAWN:
		check_inside(p, op->arg[0], 1);
		check_inside(p, op->arg[1], 8);
		check_inside(p, op->arg[2], 8);
		if (op->arg[4])
			check_inside(p, op->arg[4], 1);
		break;
	case OP_WAKE:
		check_inside(p, op->arg[0], 8);
		require(op->arg[0] % 8 == 0);
		break;
	case OP_TITLE:
		check_inside(p, op->arg[0], 1);
		break;
	default:
		break;
	}
}

static void fuzz_decoder(const uint8_t *data, size_t size)
{
	struct program program;
	uint32_t bad_op;
	void *payload = malloc(size);
	require(size == 0 || payload != NULL);
	memcpy(payload, data, size);
	if (program_decode(&program, payload, size, &bad_op) == 0) {
		require(program.fd_base <= REGISTERS);
		for (uint32_t i = 0; i < program.op_count; i++)
			check_op(&program, &program.ops[i]);
		check_range(&program, 0, program.op_count, 0);
	}
	free(payload);
}

static void fuzz_frames(const uint8_t *data, size_t size)
{
	int pair[2];
	struct frame frame;
	char skipped[4096];
	if (size > 4096 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return;
	require(write(pair[0], data, size) == (ssize_t)size);
	close(pair[0]);
	while (frame_receive(pair[1], &frame) == 1) {
		require(frame.length <= FRAME_MAX && frame.fd_count == 0);
		if (frame.length > sizeof(skipped) || frame_read(pair[1], skipped, frame.length) < 0)
			break;
	}
	close(pair[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The first byte chooses, for the decoder is where the work is. */
	if (size > 0 && data[0] == 0xff)
		fuzz_frames(data + 1, size - 1);
	else
		fuzz_decoder(data, size);
	return 0;
}

/*
 * Random bytes hardly ever make a header whose sizes add up. The mutator repairs what a fuzzer cannot guess:
 * magic, sizes and small op codes; everything behind them stays as wild as it comes.
 */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

static void tame_op(struct op *op, unsigned dice, uint32_t ops, uint32_t blob)
{
	op->code = (uint8_t)(op->code % (OP_TITLE + 1));
	if (dice & 1)
		op->dst = (uint8_t)(op->dst & 63);
	if (dice & 2)
		op->flags &= 1;
	for (unsigned k = 0; k < 6; k++) {
		op->kind[k] = (uint8_t)(op->kind[k] % (dice & 4 ? 1 : 3));
		if (op->kind[k] == KIND_BLOB && blob && !(dice & 8))
			op->arg[k] %= blob;
		if (op->kind[k] == KIND_REGISTER)
			op->arg[k] %= REGISTERS;
		if (k == 2 && op->code == OP_JUMP && dice & 16)
			op->arg[k] %= ops + 1;
		if ((k == 2 || k == 3) && op->code == OP_CLONE && dice & 16)
			op->arg[k] %= ops + 1;
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
	size = LLVMFuzzerMutate(data, size, most);
	struct program_header header = {.magic = PROGRAM_MAGIC};
	if (seed % 16 == 0 || size < sizeof(header))
		return size;
	uint32_t room = (uint32_t)(size - sizeof(header));
	struct program_header wild;
	memcpy(&wild, data, sizeof(wild));
	header.ops = room / sizeof(struct op) ? wild.ops % (uint32_t)(room / sizeof(struct op) + 1) : 0;
	room -= header.ops * (uint32_t)sizeof(struct op);
	header.relocs = wild.relocs % (room / 32 + 1) * 2;
	header.blob = room - header.relocs * 4;
	header.fd_base = wild.fd_base % (REGISTERS + 2);
	memcpy(data, &header, sizeof(header));
	for (uint32_t i = 0; i < header.ops; i++) {
		struct op op;
		uint8_t *at = data + sizeof(header) + i * sizeof(op);
		memcpy(&op, at, sizeof(op));
		seed = seed * 1103515245u + 12345u;
		if (op.code == OP_CLONE && seed & 0x300000)
			op.arg[2] = i + 1;
		tame_op(&op, seed >> 16, header.ops, header.blob);
		memcpy(at, &op, sizeof(op));
	}
	for (uint32_t i = 0; i < header.relocs && header.blob >= 8; i++) {
		uint32_t word;
		uint8_t *at = data + sizeof(header) + header.ops * sizeof(struct op) + i * 4;
		memcpy(&word, at, 4);
		if (word & 1)
			continue;
		word = word % (header.blob - 7) & ~7u;
		memcpy(at, &word, 4);
	}
	return size;
}
