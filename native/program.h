/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decoding and checking of programs. It touches nothing but the given buffer, so that it can be tested
 * and fuzzed apart from execution. After a successful decode the interpreter may trust: op codes, kinds
 * and register numbers, blob addresses (already absolute), spans inside the blob, ranges and jumps.
 */
#ifndef COFFER_PROGRAM_H
#define COFFER_PROGRAM_H

#include "protocol.h"

#include <stdbool.h>
#include <stddef.h>

struct program {
	struct op *ops;
	uint32_t op_count;
	uint32_t fd_base;
	char *blob;
	uint32_t blob_length;
	bool spawns; /* contains SPAWN */
};

#define PROGRAM_NO_OP UINT32_MAX

/*
 * Decodes the payload in place; it must be aligned to 8. Returns 0 or -EBADMSG, with *bad_op the op that
 * is at fault or PROGRAM_NO_OP.
 */
int program_decode(struct program *program, void *payload, size_t length, uint32_t *bad_op);

#endif
