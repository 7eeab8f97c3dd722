/* SPDX-License-Identifier: Apache-2.0 */
/* Checks, test names that are sentences, and a builder of programs. */
#ifndef COFFER_TEST_HARNESS_H
#define COFFER_TEST_HARNESS_H

#include "../frame.h"
#include "../program.h"
#include "../sys.h"

#include <stdio.h>
#include <sys/socket.h>
#include <stdlib.h>
#include <string.h>

extern int checks_failed, tests_run, tests_skipped;

#define CHECK(condition)                                                                                           \
	do {                                                                                                       \
		if (!(condition)) {                                                                                \
			printf("    %s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                       \
			checks_failed++;                                                                           \
		}                                                                                                  \
	} while (0)

#define CHECK_INT(actual, expected)                                                                                \
	do {                                                                                                       \
		long long got_ = (long long)(actual), want_ = (long long)(expected);                               \
		if (got_ != want_) {                                                                               \
			printf("    %s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #actual, got_, want_);     \
			checks_failed++;                                                                           \
		}                                                                                                  \
	} while (0)

/* What must hold for the test to go on at all. */
#define REQUIRE(condition)                                                                                         \
	do {                                                                                                       \
		if (!(condition)) {                                                                                \
			printf("    %s:%d: cannot go on: %s (%s)\n", __FILE__, __LINE__, #condition,               \
			       strerror(errno));                                                                   \
			fflush(stdout);                                                                            \
			exit(1);                                                                                   \
		}                                                                                                  \
	} while (0)

void begin_test(const char *name);
void skip_test(const char *reason);
int finish_tests(void);
void remove_tree(const char *path);

struct arg {
	uint8_t kind;
	uint64_t value;
};
#define IMM(x) ((struct arg){KIND_IMMEDIATE, (uint64_t)(x)})
#define REG(x) ((struct arg){KIND_REGISTER, (uint64_t)(x)})
#define BLOB(x) ((struct arg){KIND_BLOB, (uint64_t)(x)})
#define NONE NO_REGISTER

struct builder {
	struct op ops[512];
	uint32_t op_count;
	uint32_t relocs[256];
	uint32_t reloc_count;
	char blob[65536];
	uint32_t blob_length;
	uint32_t fd_base;
};

void build_begin(struct builder *b);
uint32_t blob_bytes(struct builder *b, const void *bytes, size_t size);
uint32_t blob_string(struct builder *b, const char *text);
uint32_t blob_room(struct builder *b, size_t size);
/* A vector of strings, NULL-terminated; the words are named as relocations. */
uint32_t blob_vector(struct builder *b, const char *const *words);

struct op *add_op(struct builder *b, unsigned code, unsigned dst, unsigned flags, const struct arg *args, size_t count);
#define OP(b, code, dst, flags, ...)                                                                               \
	add_op(b, code, dst, flags, (struct arg[]){__VA_ARGS__}, sizeof((struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
struct op *add_syscall(struct builder *b, unsigned dst, long nr, const struct arg *args, size_t count);
#define SYS(b, dst, nr, ...)                                                                                       \
	add_syscall(b, dst, nr, (struct arg[]){__VA_ARGS__}, sizeof((struct arg[]){__VA_ARGS__}) / sizeof(struct arg))
/* CLONE whose child's range ends where clone_end() is called. */
struct op *clone_begin(struct builder *b, unsigned dst, unsigned flags, struct arg namespaces);
void clone_end(struct builder *b, struct op *clone);

/* The wire form, aligned, in a buffer of its own; free() it. */
void *build_end(const struct builder *b, size_t *length);

#endif
