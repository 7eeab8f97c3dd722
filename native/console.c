/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal relay: what the console prints goes to the log and to the peer, what the peer types goes to
 * the console. No read or write here ever waits.
 */
#include "machine.h"

#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define PATIENCE_MS 1000     /* a keeper's peer that takes nothing for so long misses what comes */
#define DRAIN_MOST (1 << 18) /* after the main child's end: more than any terminal buffers */
#define HUNG_MS 1000         /* before a console that hung up is looked at again */

static struct {
	int master;    /* the CONSOLE that is prepared for polling; -1: none */
	int slave;     /* held open so that a console nobody has open does not hang up; 0: none */
	bool ended;    /* no more will come */
	bool idle;     /* the last read found nothing */
	int64_t again; /* not to be polled before */
	size_t drained;

	int peer;	/* the PEER_OUT that `out` belongs to; -1: none */
	int out;	/* to the peer without waiting; may be `peer` itself */
	int peer_flags; /* of a peer that had to be made non-blocking, -1: nothing to restore */
	bool dropping;
	int64_t stalled; /* since when the peer takes nothing, 0: it does */
	size_t out_at, out_end;

	bool fed; /* there was a PEER_IN */
	bool escaped;
	size_t in_at, in_end;
} relay = {.master = -1, .peer = -1, .out = -1, .peer_flags = -1};

/* Apart, so that a keeper that relays nothing never touches them. */
static char in_text[256];
static char out_text[4096];

/* ---- the peer ---- */

void console_forget_peer(void)
{
	if (relay.peer_flags >= 0)
		fcntl(relay.peer, F_SETFL, relay.peer_flags);
	if (relay.out != relay.peer)
		close_fd(relay.out);
	relay.peer = relay.out = relay.peer_flags = -1;
	relay.dropping = false;
	relay.stalled = 0;
	relay.out_at = relay.out_end = 0;
}

int console_fds(int fds[2])
{
	int count = 0;
	if (relay.slave > 0)
		fds[count++] = relay.slave;
	if (relay.out > 2 && relay.out != relay.peer)
		fds[count++] = relay.out;
	return count;
}

/*
 * O_NONBLOCK belongs to the open file, which the caller's shell shares. So a terminal or pipe is opened
 * once more; where its permissions have changed since (su) the shared one is switched until the end.
 */
static void open_peer(int peer)
{
	struct stat node;
	char path[32] = "/proc/self/fd/", *at = path + 14;
	relay.peer = relay.out = peer;
	if (fstat(peer, &node) < 0 || !(S_ISCHR(node.st_mode) || S_ISFIFO(node.st_mode)))
		return; /* a file takes everything; a socket is asked not to wait */
	int digits = 1;
	for (int rest = peer; rest >= 10; rest /= 10)
		digits++;
	at[digits] = 0;
	for (int rest = peer; digits > 0; rest /= 10)
		at[--digits] = (char)('0' + rest % 10);
	int own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own >= 0) {
		relay.out = own;
		return;
	}
	int flags = fcntl(peer, F_GETFL);
	if (flags >= 0 && !(flags & O_NONBLOCK) && fcntl(peer, F_SETFL, flags | O_NONBLOCK) == 0)
		relay.peer_flags = flags;
}

static bool is_container(const struct machine *m) { return has_main(m) || m->reg[R_PENDING] >= 0; }

/* A relay for the sake of its peer waits for it; a container does not wait for whoever watches it. */
static bool is_patient(const struct machine *m) { return !is_container(m) || m->reg[R_ON_EXIT] == 1; }

static void prepare_peer(const struct machine *m)
{
	int out = fd_of(m, R_PEER_OUT);
	if (out == relay.peer)
		return;
	console_forget_peer();
	if (out >= 0)
		open_peer(out);
}

static void drop_input(struct machine *m)
{
	int in = fd_of(m, R_PEER_IN);
	m->reg[R_PEER_IN] = -1;
	if (in > 2 && in != fd_of(m, R_PEER_OUT))
		close(in);
	relay.escaped = false;
	terminal_restore(); /* raw for the sake of what is typed */
}

static void drop_peer(struct machine *m)
{
	int out = fd_of(m, R_PEER_OUT);
	drop_input(m);
	console_forget_peer();
	m->reg[R_PEER_OUT] = -1;
	if (out > 2)
		close(out);
	if (!is_container(m))
		leave(0); /* a relay to nobody */
}

static ssize_t write_peer(const char *text, size_t length)
{
	ssize_t sent = send(relay.out, text, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0 && errno == ENOTSOCK)
		sent = write(relay.out, text, length);
	return sent < 0 ? -errno : sent;
}

static void flush_output(struct machine *m)
{
	while (relay.out_at < relay.out_end) {
		ssize_t sent = write_peer(out_text + relay.out_at, relay.out_end - relay.out_at);
		if (sent == -EINTR)
			continue;
		if (sent == -EAGAIN || sent == 0) {
			if (!relay.stalled)
				relay.stalled = now_ms();
			return;
		}
		if (sent < 0) {
			drop_peer(m);
			return;
		}
		relay.out_at += (size_t)sent;
		relay.stalled = 0;
	}
	relay.out_at = relay.out_end = 0;
}

/* ---- the console ---- */

static void prepare_master(const struct machine *m)
{
	int master = fd_of(m, R_CONSOLE);
	if (master == relay.master)
		return;
	int flags = fcntl(master, F_GETFL);
	if (flags >= 0 && !(flags & O_NONBLOCK))
		fcntl(master, F_SETFL, flags | O_NONBLOCK);
	close_fd(relay.slave > 0 ? relay.slave : -1);
	relay.slave = 0;
	relay.master = master;
	relay.ended = relay.idle = false;
	relay.again = 0;
}

/*
 * A master says EIO and POLLHUP, for ever, while no slave is open. For a relay that is the end; a
 * container opens its console again, so we hold a slave open ourselves from now on. vhangup(2) can take
 * that one away too, which is why another hang-up makes a new one, but not at once.
 */
static void hung_up(struct machine *m)
{
	relay.idle = true;
	if (!has_main(m)) {
		relay.ended = true;
		return;
	}
	if (relay.slave > 0)
		relay.again = now_ms() + HUNG_MS;
	close_fd(relay.slave > 0 ? relay.slave : -1);
	relay.slave = ioctl(relay.master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (relay.slave < 0) {
		relay.slave = 0;
		relay.again = now_ms() + HUNG_MS;
	}
}

/* A log that is full goes to the older one and begins anew, each under its name. */
static void write_log(const struct machine *m, enum register_name log, const char *text, size_t length)
{
	int fd = fd_of(m, log), older = fd_of(m, log == R_RING ? R_RING_OLDER : R_LOG_OLDER);
	int64_t most = m->reg[log == R_RING ? R_RING_MOST : R_LOG_MOST];
	struct stat now;
	off_t from = 0;
	if (fd < 0)
		return;
	/* A full disk must not stop the container. */
	ssize_t ignored = write(fd, text, length);
	if (most <= 0 || fstat(fd, &now) < 0 || now.st_size < most)
		return;
	if (older >= 0 && ftruncate(older, 0) == 0 && lseek(older, 0, SEEK_SET) == 0)
		while (sendfile(older, fd, &from, (size_t)now.st_size) > 0)
			;
	ignored = ftruncate(fd, 0);
	(void)ignored;
}

static void read_console(struct machine *m)
{
	ssize_t got = read(relay.master, out_text, sizeof(out_text));
	if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
		relay.idle = true;
		return;
	}
	if (got <= 0) {
		hung_up(m);
		return;
	}
	relay.idle = false;
	relay.drained += (size_t)got;
	write_log(m, R_CONSOLE_LOG, out_text, (size_t)got);
	write_log(m, R_RING, out_text, (size_t)got);
	if (relay.out >= 0 && !relay.dropping) {
		relay.out_end = (size_t)got;
		flush_output(m);
	}
}

static void flush_input(void)
{
	while (relay.in_at < relay.in_end) {
		ssize_t sent = write(relay.master, in_text + relay.in_at, relay.in_end - relay.in_at);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN)
			return;
		if (sent <= 0)
			break; /* the console is gone, and with it what was typed */
		relay.in_at += (size_t)sent;
	}
	relay.in_at = relay.in_end = 0;
}

/* As LXC does it: the escape character announces, `q` behind it leaves, any other loses the announcement. */
static bool filter_escape(const struct machine *m)
{
	int64_t escape = m->reg[R_ESCAPE];
	size_t kept = 0;
	if (escape <= 0)
		return false;
	for (size_t k = 0; k < relay.in_end; k++) {
		char c = in_text[k];
		if (relay.escaped && c == 'q')
			return true;
		bool announces = !relay.escaped && (unsigned char)c == escape;
		relay.escaped = announces;
		if (!announces)
			in_text[kept++] = c;
	}
	relay.in_end = kept;
	return false;
}

static void read_peer(struct machine *m)
{
	ssize_t got = read(fd_of(m, R_PEER_IN), in_text, sizeof(in_text));
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		/* A pipe that ended leaves a container's output alone; both ways of a socket end together. */
		if (m->reg[R_PEER_IN] == m->reg[R_PEER_OUT] || !is_container(m))
			drop_peer(m);
		else
			drop_input(m);
		return;
	}
	relay.in_at = 0;
	relay.in_end = (size_t)got;
	if (filter_escape(m)) {
		drop_peer(m);
		return;
	}
	flush_input();
}

/* ---- what the watch loop asks for ---- */

void console_changed(void)
{
	console_forget_peer();
	relay.master = -1;
}

void console_main_ended(void)
{
	relay.drained = 0;
	relay.idle = false;
}

bool console_drained(struct machine *m)
{
	if (fd_of(m, R_CONSOLE) < 0)
		return true;
	prepare_peer(m);
	prepare_master(m);
	/* Asking is the only way: poll(2) never fires for a console that is quiet but still open somewhere. */
	while (relay.out_at == relay.out_end && !relay.idle && !relay.ended && relay.drained < DRAIN_MOST)
		read_console(m);
	return relay.out_at == relay.out_end;
}

static void poll_for(struct pollfd *slot, int fd, short events)
{
	slot->fd = events ? fd : -1;
	slot->events = events;
	slot->revents = 0;
}

static int until(int64_t when)
{
	int64_t left = when - now_ms();
	return left < 0 ? 0 : (int)left;
}

int console_prepare(struct machine *m, struct pollfd slots[CONSOLE_SLOTS])
{
	int out = fd_of(m, R_PEER_OUT), timeout = -1;
	bool typed = relay.in_at < relay.in_end, unread;
	for (int k = 0; k < CONSOLE_SLOTS; k++)
		poll_for(&slots[k], -1, 0);
	prepare_peer(m);
	if (relay.fed && fd_of(m, R_PEER_IN) < 0)
		terminal_restore(); /* a program has taken the peer away */
	relay.fed = fd_of(m, R_PEER_IN) >= 0;
	if (fd_of(m, R_CONSOLE) < 0)
		return -1;
	prepare_master(m);
	if (relay.ended) {
		if (out >= 0 && !is_container(m) && relay.out_at == relay.out_end)
			leave(0); /* the end of a relay */
		typed = false;
		relay.in_at = relay.in_end = 0;
	}
	if (relay.stalled && !relay.dropping && !is_patient(m)) {
		timeout = until(relay.stalled + PATIENCE_MS);
		if (timeout == 0) {
			relay.dropping = true;
			relay.out_at = relay.out_end = 0;
			timeout = -1;
		}
	}
	unread = relay.out_at == relay.out_end && !relay.ended;
	if (unread && relay.again) {
		int left = until(relay.again);
		unread = left == 0;
		if (unread)
			relay.again = 0;
		else if (timeout < 0 || left < timeout)
			timeout = left;
	}
	short events = (short)((unread ? POLLIN : 0) | (typed && unread ? POLLOUT : 0));
	poll_for(&slots[CONSOLE_MASTER], relay.master, events);
	poll_for(&slots[CONSOLE_IN], fd_of(m, R_PEER_IN), typed ? 0 : POLLIN);
	bool blocked = relay.dropping || relay.out_at < relay.out_end;
	/* Without an event too: poll(2) tells of a hang-up in any case. */
	slots[CONSOLE_OUT] = (struct pollfd){.fd = relay.out, .events = blocked ? POLLOUT : 0};
	return timeout;
}

void console_serve(struct machine *m, const struct pollfd slots[CONSOLE_SLOTS])
{
	if (slots[CONSOLE_OUT].revents & (POLLHUP | POLLERR | POLLNVAL)) {
		drop_peer(m);
	} else if (slots[CONSOLE_OUT].revents) {
		relay.dropping = false;
		relay.stalled = 0;
		flush_output(m);
	}
	if (slots[CONSOLE_MASTER].revents & POLLNVAL)
		m->reg[R_CONSOLE] = -1;
	if (slots[CONSOLE_MASTER].revents & POLLOUT)
		flush_input();
	if (slots[CONSOLE_MASTER].revents & (POLLIN | POLLHUP | POLLERR))
		read_console(m);
	if (slots[CONSOLE_IN].revents && relay.in_at == relay.in_end && m->reg[R_PEER_IN] >= 0)
		read_peer(m);
}
