/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder accepts what PROTOCOL.md allows and refuses everything else. */
#include "harness.h"

static struct builder b;

static int decode(struct program *program, uint32_t *bad_op)
{
	size_t length;
	void *payload = build_end(&b, &length);
	int result = program_decode(program, payload, length, bad_op);
	free(payload);
	return result;
}

static void accepts(const char *name)
{
	struct program program;
	uint32_t bad_op;
	begin_test(name);
	CHECK_INT(decode(&program, &bad_op), 0);
}

static void refuses(const char *name, uint32_t at)
{
	struct program program;
	uint32_t bad_op = 12345;
	begin_test(name);
	CHECK_INT(decode(&program, &bad_op), -EBADMSG);
	CHECK_INT(bad_op, at);
}

static void fresh(void) { build_begin(&b); }

static void test_headers(void)
{
	size_t length;
	struct program program;
	uint32_t bad_op;
	fresh();
	accepts("an empty program is sound");

	begin_test("every shortened program is refused");
	OP(&b, OP_SET, 16, 0, IMM(1));
	char *payload = build_end(&b, &length);
	for (size_t cut = 0; cut < length; cut++)
		CHECK_INT(program_decode(&program, payload, cut, &bad_op), -EBADMSG);
	begin_test("a program with bytes left over is refused");
	payload = realloc(payload, length + 8);
	REQUIRE(payload);
	CHECK_INT(program_decode(&program, payload, length + 8, &bad_op), -EBADMSG);

	begin_test("headers with wrong values are refused");
	struct program_header good, bad;
	memcpy(&good, payload, sizeof(good));
	struct program_header wrong[] = {good, good, good, good, good, good, good};
	wrong[0].magic++;
	wrong[1].zero = 1;
	wrong[2].ops = UINT32_MAX;
	wrong[3].relocs = UINT32_MAX;
	wrong[4].blob = UINT32_MAX;
	wrong[5].fd_base = 65;
	wrong[6].ops = UINT32_MAX / 64 + 2;
	for (size_t k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
		bad = wrong[k];
		memcpy(payload, &bad, sizeof(bad));
		CHECK_INT(program_decode(&program, payload, length, &bad_op), -EBADMSG);
	}
	free(payload);
}

static void test_arguments(void)
{
	fresh();
	OP(&b, 0, NONE, 0, IMM(0));
	refuses("op code 0 is refused", 0);
	fresh();
	OP(&b, OP_TITLE + 1, NONE, 0, IMM(0));
	refuses("an unknown op code is refused", 0);
	fresh();
	OP(&b, OP_SET, 64, 0, IMM(0));
	refuses("a destination beyond the registers is refused", 0);
	fresh();
	OP(&b, OP_SET, 63, 0, REG(63));
	OP(&b, OP_SET, 63, 0, REG(64));
	refuses("an argument beyond the registers is refused", 1);
	fresh();
	OP(&b, OP_SET, 63, 0, ((struct arg){3, 0}));
	refuses("an unknown kind of argument is refused", 0);
	fresh();
	OP(&b, OP_SET, 63, 0, BLOB(b.blob_length - 1));
	accepts("the blob's last byte has an address");
	OP(&b, OP_SET, 63, 0, BLOB(b.blob_length));
	refuses("an address behind the blob is refused", 1);
	fresh();
	SYS(&b, NONE, 39, IMM(0))->flags = 1;
	refuses("unknown flags are refused", 0);
}

static void test_spans(void)
{
	fresh();
	OP(&b, OP_STORE, NONE, 0, BLOB(0), IMM(1), IMM(8));
	accepts("a store of a whole word at the end is inside");
	fresh();
	OP(&b, OP_STORE, NONE, 0, BLOB(1), IMM(1), IMM(8));
	refuses("a store over the end is refused", 0);
	fresh();
	OP(&b, OP_STORE, NONE, 0, BLOB(0), IMM(1), IMM(3));
	refuses("a store of three bytes is refused", 0);
	fresh();
	OP(&b, OP_STORE, NONE, 0, IMM(0), IMM(1), IMM(8));
	accepts("an offset may be immediate");
	fresh();
	OP(&b, OP_STORE, NONE, 0, IMM(1), IMM(1), IMM(8));
	refuses("a store to an immediate offset over the end is refused", 0);
	fresh();
	OP(&b, OP_STORE, NONE, 0, REG(16), IMM(1), IMM(8));
	refuses("a store to a register's address is refused", 0);
	fresh();
	OP(&b, OP_STORE, NONE, 0, BLOB(0), IMM(1), REG(16));
	refuses("a store whose size is in a register is refused", 0);
	fresh();
	OP(&b, OP_LOAD, 16, 0, BLOB(5), IMM(4));
	refuses("a load over the end is refused", 0);
	fresh();
	OP(&b, OP_DECIMAL, NONE, 0, BLOB(0), IMM(1), IMM(9));
	refuses("room for a number behind the blob is refused", 0);
	fresh();
	OP(&b, OP_DECIMAL, NONE, 0, BLOB(0), IMM(1), IMM(UINT64_MAX));
	refuses("room that overflows is refused", 0);
	fresh();
	OP(&b, OP_APPEND, NONE, 0, BLOB(0), IMM(8), IMM(8));
	refuses("appending what is not in the blob is refused", 0);
	fresh();
	OP(&b, OP_SIGNAL, NONE, 0, IMM(60), IMM(4));
	OP(&b, OP_SIGNAL, NONE, 0, IMM(60), IMM(5));
	refuses("a span of registers beyond the last is refused", 1);
	fresh();
	OP(&b, OP_AWAIT, NONE, 0, IMM(1), IMM(UINT64_MAX));
	refuses("a span of registers that overflows is refused", 0);
	fresh();
	OP(&b, OP_REPORT, NONE, 0, IMM(0), REG(1), IMM(1));
	refuses("a span of registers that is not immediate is refused", 0);
	fresh();
	blob_room(&b, 16);
	OP(&b, OP_WAKE, NONE, 0, BLOB(4));
	refuses("a vector that is not aligned is refused", 0);
}

static void test_relocations(void)
{
	const char *words[] = {"a", "b", NULL};
	fresh();
	blob_vector(&b, words);
	accepts("words that hold offsets become addresses");
	fresh();
	blob_room(&b, 8);
	b.relocs[b.reloc_count++] = 4;
	refuses("a relocation that is not aligned is refused", PROGRAM_NO_OP);
	fresh();
	b.relocs[b.reloc_count++] = 8;
	refuses("a relocation behind the blob is refused", PROGRAM_NO_OP);
	fresh();
	uint64_t outside = 16;
	b.relocs[b.reloc_count++] = blob_bytes(&b, &outside, 8);
	refuses("a relocated offset behind the blob is refused", PROGRAM_NO_OP);
	fresh();
	b.relocs[0] = b.relocs[1] = 0;
	b.reloc_count = 2;
	refuses("a word that is relocated twice is refused", PROGRAM_NO_OP);
}

static struct op *jump(uint64_t to) { return OP(&b, OP_JUMP, NONE, JUMP_ALWAYS, IMM(0), IMM(0), IMM(to)); }
static void nothing(void) { OP(&b, OP_SET, NONE, 0, IMM(0)); }

static void test_jumps(void)
{
	fresh();
	jump(1);
	accepts("a jump may go to the end of the program");
	fresh();
	jump(2);
	refuses("a jump beyond the end is refused", 0);
	fresh();
	nothing();
	jump(1);
	refuses("a jump to itself is refused", 1);
	fresh();
	nothing();
	jump(0);
	refuses("a jump backward is refused", 1);
	fresh();
	jump(1)->flags = 5;
	refuses("a jump on an unknown condition is refused", 0);

	fresh();
	jump(4); /* over 1: clone [2, 4) */
	struct op *clone = clone_begin(&b, 16, 0, IMM(0));
	nothing();
	nothing();
	clone_end(&b, clone);
	nothing();
	accepts("a jump may pass over a child's range");
	b.ops[0].arg[2] = 3;
	refuses("a jump into a child's range is refused", 1);
	b.ops[0].arg[2] = 2;
	refuses("a jump to the start of a child's range is refused", 1);
	b.ops[0].arg[2] = 1;
	accepts("a jump to a clone is sound");

	fresh();
	clone = clone_begin(&b, 16, 0, IMM(0));
	jump(3);
	nothing();
	clone_end(&b, clone);
	nothing();
	accepts("a child may jump to the end of its range");
	b.ops[1].arg[2] = 4;
	refuses("a child that jumps out of its range is refused", 1);
}

static void test_clones(void)
{
	fresh();
	struct op *clone = clone_begin(&b, 62, 0, IMM(0));
	clone_end(&b, clone);
	accepts("a clone needs two registers, 62 and 63 will do");
	clone->dst = 63;
	refuses("a clone into the last register is refused", 0);
	clone->dst = NONE;
	clone->arg[3] = 2;
	refuses("a child's range beyond the end is refused", 0);
	clone->arg[3] = 0;
	refuses("a child's range that ends before it begins is refused", 0);
	clone->arg[2] = 0;
	clone->arg[3] = 1;
	refuses("a child's range that does not follow the clone is refused", 0);
	clone->arg[2] = 1;
	clone->flags = 2;
	refuses("unknown flags of a clone are refused", 0);

	fresh();
	clone = clone_begin(&b, 16, 0, IMM(0));
	struct op *inner = clone_begin(&b, 18, 0, IMM(0));
	nothing();
	clone_end(&b, inner);
	clone_end(&b, clone);
	nothing();
	accepts("a child may clone");
	inner->arg[3] = 4;
	refuses("a grandchild's range beyond its parent's is refused", 1);
	inner->arg[3] = 3;
	inner->flags = CLONE_OP_MAIN;
	refuses("a grandchild cannot be the main child", 1);

	fresh();
	for (unsigned k = 0; k < PROGRAM_DEPTH + 1; k++)
		clone_begin(&b, NONE, 0, IMM(0))->arg[3] = PROGRAM_DEPTH + 1;
	refuses("clones nested too deep are refused", PROGRAM_DEPTH);
}

static void test_frames(void)
{
	int pair[2];
	struct frame frame;
	char byte;
	begin_test("a frame that is longer than allowed is refused");
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	struct frame_header header = {FRAME_PROGRAM, FRAME_MAX + 1};
	REQUIRE(write(pair[0], &header, sizeof(header)) == sizeof(header));
	CHECK_INT(frame_receive(pair[1], &frame), -EMSGSIZE);

	begin_test("a frame arrives whole in pieces, with its descriptors");
	int fd = 1;
	header.length = 1;
	struct iovec first = {&header, 3};
	CHECK_INT(message_send(pair[0], &first, 1, &fd, 1), 3);
	REQUIRE(write(pair[0], (char *)&header + 3, 5) == 5);
	CHECK_INT(frame_receive(pair[1], &frame), 1);
	CHECK_INT(frame.kind, FRAME_PROGRAM);
	CHECK_INT(frame.length, 1);
	CHECK_INT(frame.fd_count, 1);
	CHECK_INT(fcntl(frame.fds[0], F_GETFD), FD_CLOEXEC);
	close_fds(frame.fds, frame.fd_count);

	begin_test("an end of file inside a frame is an error, between frames it is the end");
	close(pair[0]);
	CHECK_INT(frame_read(pair[1], &byte, 1), -EPIPE);
	CHECK_INT(frame_receive(pair[1], &frame), 0);
	close(pair[1]);
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	REQUIRE(write(pair[0], &header, 5) == 5);
	close(pair[0]);
	CHECK_INT(frame_receive(pair[1], &frame), -EPIPE);
	close(pair[1]);
}

int main(void)
{
	printf("decoder and frames\n");
	test_headers();
	test_arguments();
	test_spans();
	test_relocations();
	test_jumps();
	test_clones();
	test_frames();
	return finish_tests();
}
