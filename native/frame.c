/* SPDX-License-Identifier: Apache-2.0 */
#include "frame.h"
#include "sys.h"

#include <string.h>
#include <sys/socket.h>

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int) * FRAME_FDS)];
};

void close_fds(const int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		close_fd(fds[i]);
}

ssize_t message_send(int sock, struct iovec *iov, size_t iov_count, const int *fds, size_t fd_count)
{
	union control control;
	struct msghdr message = {.msg_iov = iov};
	message.msg_iovlen = (__typeof__(message.msg_iovlen))iov_count;
	if (fd_count > FRAME_FDS)
		return -EINVAL;
	if (fd_count > 0) {
		size_t size = sizeof(int) * fd_count;
		memset(&control, 0, sizeof(control));
		message.msg_control = &control;
		message.msg_controllen = (__typeof__(message.msg_controllen))CMSG_SPACE(size);
		struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
		rights->cmsg_level = SOL_SOCKET;
		rights->cmsg_type = SCM_RIGHTS;
		rights->cmsg_len = (__typeof__(rights->cmsg_len))CMSG_LEN(size);
		memcpy(CMSG_DATA(rights), fds, size);
	}
	for (;;) {
		ssize_t sent = sendmsg(sock, &message, MSG_NOSIGNAL);
		if (sent >= 0 || errno != EINTR)
			return sent < 0 ? -errno : sent;
	}
}

/* The kernel puts all descriptors of one message into one SCM_RIGHTS (unix(7)); we ask for nothing else. */
static size_t collect_fds(struct msghdr *message, int fds[FRAME_FDS])
{
	struct cmsghdr *rights = CMSG_FIRSTHDR(message);
	if (!rights || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS)
		return 0;
	size_t size = (size_t)rights->cmsg_len - CMSG_LEN(0);
	memcpy(fds, CMSG_DATA(rights), size);
	return size / sizeof(int);
}

ssize_t message_receive(int sock, void *to, size_t length, int fds[FRAME_FDS], size_t *fd_count)
{
	union control control;
	struct iovec iov = {to, length};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t got;
	do {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		got = recvmsg(sock, &message, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	*fd_count = 0;
	if (got < 0)
		return -errno;
	*fd_count = collect_fds(&message, fds);
	if (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) {
		close_fds(fds, *fd_count);
		*fd_count = 0;
		return -EMSGSIZE;
	}
	return got;
}

int send_all(int sock, struct iovec *iov, size_t iov_count, const int *fds, size_t fd_count)
{
	while (iov_count > 0) {
		ssize_t sent = message_send(sock, iov, iov_count, fds, fd_count);
		if (sent < 0)
			return (int)sent;
		fd_count = 0;
		size_t rest = (size_t)sent;
		while (iov_count > 0 && rest >= iov->iov_len) {
			rest -= iov->iov_len;
			iov++;
			iov_count--;
		}
		if (iov_count > 0) {
			iov->iov_base = (char *)iov->iov_base + rest;
			iov->iov_len -= rest;
		}
	}
	return 0;
}

int frame_send(int sock, uint32_t kind, const void *payload, size_t length, const int *fds, size_t fd_count)
{
	if (length > FRAME_MAX)
		return -EMSGSIZE;
	struct frame_header header = {kind, (uint32_t)length};
	struct iovec iov[] = {{&header, sizeof(header)}, {(void *)(uintptr_t)payload, length}};
	return send_all(sock, iov, length > 0 ? 2 : 1, fds, fd_count);
}

int frame_receive(int sock, struct frame *frame)
{
	struct frame_header header;
	ssize_t got = message_receive(sock, &header, sizeof(header), frame->fds, &frame->fd_count);
	if (got <= 0)
		return (int)got;
	/* Descriptors on later bytes are refused by plain reads, which make the kernel drop them. */
	int error = 0;
	if ((size_t)got < sizeof(header))
		error = frame_read(sock, (char *)&header + got, sizeof(header) - (size_t)got);
	if (!error && header.length > FRAME_MAX)
		error = -EMSGSIZE;
	if (error) {
		close_fds(frame->fds, frame->fd_count);
		return error;
	}
	frame->kind = header.kind;
	frame->length = header.length;
	return 1;
}

int frame_read(int sock, void *to, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t got = read(sock, (char *)to + done, length - done);
		if (got == 0)
			return -EPIPE;
		if (got > 0)
			done += (size_t)got;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}
