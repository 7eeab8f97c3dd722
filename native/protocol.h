/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The constants and wire layouts of PROTOCOL.md, and nothing else.
 *
 *   client                                engine
 *     REQUEST  argv cwd env, fds 0 1 2  ->
 *                                       <-  RUN      fds: launcher memfd, channel
 *     ENDED    wait status              ->
 *                                       <-  EXIT     code
 *
 *   engine                                executor
 *     PROGRAM  ops, data, fds           ->
 *                                       <-  REPORT
 *     CONTINUE fds                      ->
 *                                       <-  DONE | FAILED
 *                                       <-  EXITED
 *     QUIT     code                     ->
 */
#ifndef COFFER_PROTOCOL_H
#define COFFER_PROTOCOL_H

#include <assert.h>
#include <stdint.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the protocol is little-endian");

#define FRAME_MAX (16u << 20)
#define FRAME_FDS 64

enum frame_kind {
	FRAME_REQUEST = 1,
	FRAME_ENDED = 2,

	FRAME_RUN = 16,
	FRAME_EXIT = 17,
	FRAME_RETRY = 18,

	FRAME_PROGRAM = 32,
	FRAME_QUIT = 33,
	FRAME_CONTINUE = 34,
	FRAME_ABORT = 35,

	FRAME_DONE = 48,
	FRAME_FAILED = 49,
	FRAME_EXITED = 50,
	FRAME_REPORT = 51,
};

enum run_mode { RUN_DETACHED = 0, RUN_FOREGROUND = 1 };

struct frame_header {
	uint32_t kind;
	uint32_t length;
};

struct request_header {
	uint8_t build_id[16];
	uint32_t descriptors; /* bit n: descriptor n is passed */
	uint32_t umask;
	uint32_t argc;
	uint32_t envc;
};

struct failed_payload {
	uint32_t op;
	int32_t error;
	int32_t status;
	uint32_t child;
};

struct exited_payload {
	int32_t pid;
	int32_t status;
};

#define REGISTERS 64

enum register_name {
	R_CHANNEL = 0,
	R_SYNC = 1,
	R_MAIN_PID = 2,
	R_MAIN_PIDFD = 3,
	R_CONSOLE = 4,
	R_PEER_IN = 5,
	R_PEER_OUT = 6,
	R_CONSOLE_LOG = 7,
	R_COMMAND = 8,
	R_KEEPER = 9,
	R_ON_EXIT = 10,
	R_HOOK_LOG = 11,
	R_SELF = 12,
	R_ESCAPE = 13,
	R_PENDING = 14,
	R_LOG_OLDER = 59,
	R_LOG_MOST = 60,
	R_RING = 61,
	R_RING_OLDER = 62,
	R_RING_MOST = 63,
};

struct report_payload {
	uint32_t op;
	uint32_t tag;
	int64_t reg[REGISTERS];
};

#define PROGRAM_MAGIC 0x31504643u
#define PROGRAM_OPS 8192u /* bounds the checker's work and its bitmap */
#define PROGRAM_DEPTH 8u  /* clones inside clones */

struct program_header {
	uint32_t magic;
	uint32_t ops;
	uint32_t relocs;
	uint32_t blob;
	uint32_t fd_base;
	uint32_t zero;
};

enum op_code {
	OP_SYSCALL = 1,
	OP_SET,
	OP_STORE,
	OP_LOAD,
	OP_DECIMAL,
	OP_APPEND,
	OP_JUMP,
	OP_CLONE,
	OP_SIGNAL,
	OP_AWAIT,
	OP_SPAWN,
	OP_REPORT,
	OP_INIT,
	OP_FAIL,
	OP_WAKE,
	OP_RAW,
	OP_CLOSE_OTHERS,
	OP_TITLE,
};

enum argument_kind { KIND_IMMEDIATE = 0, KIND_REGISTER = 1, KIND_BLOB = 2 };

enum jump_when { JUMP_ALWAYS, JUMP_NEGATIVE, JUMP_NOT_NEGATIVE, JUMP_EQUAL, JUMP_NOT_EQUAL };

#define NO_REGISTER 255
#define TOLERATE_ANY 65535

#define CLONE_OP_MAIN 1u        /* CLONE: this is the main child */
#define AWAIT_OP_EXECUTED 1u    /* AWAIT: the end of file is success */
#define SPAWN_OP_TOLERATE 1u    /* SPAWN: any status will do */
#define REPORT_OP_WAIT 1u       /* REPORT: wait for CONTINUE */
#define CLOSE_OTHERS_OP_ALL 1u  /* CLOSE_OTHERS: registers protect nothing */

struct op {
	uint8_t code;
	uint8_t dst;
	uint8_t kind[6];
	uint16_t nr;
	uint16_t flags;
	uint16_t tolerate[2];
	uint64_t arg[6];
};

static_assert(sizeof(struct op) == 64, "an op is 64 bytes on the wire");
static_assert(sizeof(struct program_header) == 24, "the blob must end up on a multiple of 8");
static_assert(sizeof(struct request_header) == 32, "as in PROTOCOL.md");
static_assert(sizeof(struct failed_payload) == 16, "as in PROTOCOL.md");

#endif
