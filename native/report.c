/* SPDX-License-Identifier: Apache-2.0 */
/* What passes between a running program and the engine: REPORT, CONTINUE, ABORT. */
#include "execute.h"

#include <string.h>
#include <sys/socket.h>

/*
 * Whether the engine wants the running program to end. A frame that the engine sent ahead stays where it
 * is, and *listen becomes false, for it would make every poll return at once.
 */
int check_channel(struct machine *m, bool *listen)
{
	struct frame_header header;
	ssize_t got = recv(fd_of(m, R_CHANNEL), &header, sizeof(header), MSG_PEEK | MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0) {
		m->engine_gone = true;
		return -EPIPE;
	}
	if ((size_t)got < sizeof(header))
		return 0;
	*listen = false;
	if (header.kind != FRAME_ABORT || header.length != 0)
		return 0;
	frame_read(fd_of(m, R_CHANNEL), &header, sizeof(header));
	return -ECANCELED;
}

/* Takes the CONTINUE that answers a REPORT. */
static int take_continue(struct machine *m)
{
	struct frame frame;
	uint32_t to;
	int channel = fd_of(m, R_CHANNEL);
	int got = await_event(m, channel);
	if (got < 0)
		return got;
	got = frame_receive(channel, &frame);
	if (got <= 0) {
		m->engine_gone = true;
		return -EPIPE;
	}
	int error = 0;
	if (frame.kind == FRAME_ABORT && frame.length == 0 && frame.fd_count == 0)
		return -ECANCELED;
	if (frame.kind != FRAME_CONTINUE || frame.length != sizeof(to))
		error = -EPROTO;
	else
		error = frame_read(channel, &to, sizeof(to));
	if (!error && (to >= REGISTERS || frame.fd_count > REGISTERS - to))
		error = -EPROTO;
	if (error) {
		/* A stream that is out of step cannot be trusted again. */
		close_fds(frame.fds, frame.fd_count);
		m->engine_gone = true;
		return error;
	}
	scatter_fds(m, to, frame.fds, frame.fd_count);
	return 0;
}

int run_report(struct machine *m, const struct op *op, uint32_t i)
{
	int fds[FRAME_FDS];
	struct report_payload report = {.op = i, .tag = (uint32_t)value(m, op, 0)};
	int channel = fd_of(m, R_CHANNEL);
	size_t count = (size_t)op->arg[2];
	if (channel < 0)
		return fail(m, i, ENOTCONN);
	int error = gather_fds(m, (size_t)op->arg[1], count, fds);
	if (error == 0) {
		memcpy(report.reg, m->reg, sizeof(report.reg));
		error = frame_send(channel, FRAME_REPORT, &report, sizeof(report), fds, count);
		if (error == -EPIPE || error == -ECONNRESET)
			m->engine_gone = true;
	}
	if (error == 0 && op->flags & REPORT_OP_WAIT)
		error = take_continue(m);
	return error < 0 ? fail(m, i, -error) : 0;
}
