/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames on a stream socket and descriptors that ride on messages. Every function returns a negative
 * errno on failure; no descriptor is left behind by a failed call.
 */
#ifndef COFFER_FRAME_H
#define COFFER_FRAME_H

#include "protocol.h"

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

struct frame {
	uint32_t kind;
	uint32_t length;
	size_t fd_count;
	int fds[FRAME_FDS];
};

/* One message with its descriptors; returns the bytes sent, or received (0: end of file). */
ssize_t message_send(int sock, struct iovec *iov, size_t iov_count, const int *fds, size_t fd_count);
ssize_t message_receive(int sock, void *to, size_t length, int fds[FRAME_FDS], size_t *fd_count);

/* Sends all of iov, the descriptors with the first byte. The iovecs are used up. */
int send_all(int sock, struct iovec *iov, size_t iov_count, const int *fds, size_t fd_count);

int frame_send(int sock, uint32_t kind, const void *payload, size_t length, const int *fds, size_t fd_count);

/* Receives header and descriptors: 1, or 0 at the end of file. The payload is still to be read. */
int frame_receive(int sock, struct frame *frame);

/* Reads exactly `length` bytes; an early end of file is -EPIPE. */
int frame_read(int sock, void *to, size_t length);

void close_fds(const int *fds, size_t count);

#endif
