/* SPDX-License-Identifier: Apache-2.0 */
#include "harness.h"

#include <ftw.h>

int checks_failed, tests_run, tests_skipped;

void begin_test(const char *name)
{
	tests_run++;
	printf("  %s\n", name);
	fflush(stdout);
}

void skip_test(const char *reason)
{
	tests_run--;
	tests_skipped++;
	printf("    skipped: %s\n", reason);
}

int finish_tests(void)
{
	printf("%d tests, %d skipped, %d checks failed\n", tests_run, tests_skipped, checks_failed);
	fflush(stdout);
	return checks_failed ? 1 : 0;
}

static int remove_one(const char *path, const struct stat *node, int kind, struct FTW *at)
{
	(void)node, (void)kind, (void)at;
	return remove(path);
}

void remove_tree(const char *path) { nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS); }

void build_begin(struct builder *b)
{
	memset(b, 0, sizeof(*b));
	b->fd_base = 16;
	blob_room(b, 8); /* offset 0 means "none" to some ops */
}

uint32_t blob_bytes(struct builder *b, const void *bytes, size_t size)
{
	uint32_t at = b->blob_length;
	REQUIRE(at + size <= sizeof(b->blob));
	if (bytes)
		memcpy(b->blob + at, bytes, size);
	b->blob_length += (uint32_t)(size + 7) & ~7u;
	return at;
}

uint32_t blob_string(struct builder *b, const char *text) { return blob_bytes(b, text, strlen(text) + 1); }

uint32_t blob_room(struct builder *b, size_t size) { return blob_bytes(b, NULL, size); }

uint32_t blob_vector(struct builder *b, const char *const *words)
{
	uint64_t offsets[32] = {0};
	size_t count = 0;
	for (; words[count]; count++)
		offsets[count] = blob_string(b, words[count]);
	uint32_t at = blob_bytes(b, offsets, (count + 1) * 8);
	for (size_t k = 0; k < count; k++)
		b->relocs[b->reloc_count++] = at + (uint32_t)k * 8;
	return at;
}

struct op *add_op(struct builder *b, unsigned code, unsigned dst, unsigned flags, const struct arg *args, size_t count)
{
	struct op *op = &b->ops[b->op_count++];
	op->code = (uint8_t)code;
	op->dst = (uint8_t)dst;
	op->flags = (uint16_t)flags;
	for (size_t k = 0; k < count; k++) {
		op->kind[k] = args[k].kind;
		op->arg[k] = args[k].value;
	}
	return op;
}

struct op *add_syscall(struct builder *b, unsigned dst, long nr, const struct arg *args, size_t count)
{
	struct op *op = add_op(b, OP_SYSCALL, dst, 0, args, count);
	op->nr = (uint16_t)nr;
	return op;
}

struct op *clone_begin(struct builder *b, unsigned dst, unsigned flags, struct arg namespaces)
{
	return OP(b, OP_CLONE, dst, flags, namespaces, IMM(-1), IMM(b->op_count + 1), IMM(0));
}

void clone_end(struct builder *b, struct op *clone) { clone->arg[3] = b->op_count; }

void *build_end(const struct builder *b, size_t *length)
{
	size_t ops = b->op_count * sizeof(struct op), relocs = (b->reloc_count * 4 + 7) & ~(size_t)7;
	struct program_header header = {PROGRAM_MAGIC, b->op_count, b->reloc_count, b->blob_length, b->fd_base, 0};
	*length = sizeof(header) + ops + relocs + b->blob_length;
	char *payload = calloc(1, *length), *at = payload;
	REQUIRE(payload);
	memcpy(at, &header, sizeof(header));
	memcpy(at += sizeof(header), b->ops, ops);
	memcpy(at += ops, b->relocs, b->reloc_count * 4);
	memcpy(at + relocs, b->blob, b->blob_length);
	return payload;
}
