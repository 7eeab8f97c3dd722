/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between programs: one poll(2) over the engine, the main child, the console and the two sockets. An
 * executor whose engine has gone is a keeper: it stays for the sake of its main child, and wakes an engine
 * when there is something to tell.
 */
#include "machine.h"

#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define WAKE_PAUSE_MS 1000
#define WAKE_PAUSE_MOST_MS 32000

enum slot { SLOT_SIGNALS, SLOT_CHANNEL, SLOT_KEEPER, SLOT_COMMAND, SLOT_CONSOLE, SLOTS = SLOT_CONSOLE + CONSOLE_SLOTS };

noreturn void leave(int code)
{
	terminal_restore();
	console_forget_peer();
	_exit(code);
}

/* ---- children and signals ---- */

static void main_ended(struct machine *m, int status)
{
	close_fd(fd_of(m, R_MAIN_PIDFD));
	m->ended_pid = (pid_t)m->reg[R_MAIN_PID];
	m->reg[R_MAIN_PID] = m->reg[R_MAIN_PIDFD] = -1;
	m->reg[R_PENDING] = status;
	m->told = false;
	console_main_ended();
}

static void reap_children(struct machine *m)
{
	int status;
	pid_t ended;
	while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
		if (ended == m->reg[R_MAIN_PID])
			main_ended(m, status);
		else if (ended == m->wake.pid)
			m->wake.pid = 0;
	}
}

static bool ends_programs(int number)
{
	return number == SIGINT || number == SIGTERM || number == SIGQUIT || number == SIGHUP;
}

/* A terminal's signal reaches the whole foreground process group; whoever is in ours has it already. */
static bool has_it_already(const struct machine *m, int code)
{
	return code == SI_KERNEL && getpgid((pid_t)m->reg[R_MAIN_PID]) == getpgrp();
}

static void pass_signal(const struct machine *m, int number, int code)
{
	if (number == SIGURG || number == SIGIO || has_it_already(m, code))
		return;
	int passed = number == SIGHUP ? SIGTERM : number;
	/* It may have ended just now; its status says so soon. */
	syscall(SYS_pidfd_send_signal, fd_of(m, R_MAIN_PIDFD), passed, NULL, 0);
}

bool take_signal(struct machine *m, int *ending)
{
	struct signalfd_siginfo info;
	if (read(m->signals, &info, sizeof(info)) != sizeof(info))
		return false;
	int number = (int)info.ssi_signo;
	if (number == SIGCHLD)
		return true;
	if (number == SIGWINCH)
		terminal_resized();
	else if (number == SIGCONT)
		terminal_continued();
	else if (m->running && !m->kept)
		*ending = ends_programs(number) ? number : 0;
	else if (has_main(m))
		pass_signal(m, number, info.ssi_code);
	else if (ends_programs(number))
		*ending = number;
	return true;
}

/* ---- the engine ---- */

static void lose_channel(struct machine *m)
{
	close_fd(fd_of(m, R_CHANNEL));
	m->reg[R_CHANNEL] = -1;
	m->told = false;
	bool stays = m->reg[R_ON_EXIT] == 0 || m->reg[R_ON_EXIT] == 1;
	if (stays && (has_main(m) || m->reg[R_PENDING] >= 0))
		return;
	kill_main(m);
	leave(1);
}

static bool send_channel(struct machine *m, enum frame_kind kind, const void *payload, size_t length, int log)
{
	if (frame_send(fd_of(m, R_CHANNEL), kind, payload, length, &log, log >= 0) == 0)
		return true;
	lose_channel(m);
	return false;
}

static void tell_exited(struct machine *m)
{
	struct exited_payload exited = {m->ended_pid, (int32_t)m->reg[R_PENDING]};
	m->told = true;
	send_channel(m, FRAME_EXITED, &exited, sizeof(exited), -1);
}

static void announce_end(struct machine *m)
{
	if (m->reg[R_PENDING] < 0 || m->told || !console_drained(m))
		return;
	int channel = fd_of(m, R_CHANNEL);
	bool nobody_to_come = channel < 0 && fd_of(m, R_KEEPER) < 0;
	if (m->reg[R_ON_EXIT] == 1 || nobody_to_come)
		leave(exit_code_of((int)m->reg[R_PENDING]));
	if (channel >= 0)
		tell_exited(m);
}

static void send_failed(struct machine *m)
{
	const struct failure *failure = &m->failure;
	struct failed_payload failed = {failure->op, failure->error, failure->status, failure->child};
	int log = failure->log >= 0 ? failure->log : fd_of(m, R_HOOK_LOG);
	if (log >= 0 && fcntl(log, F_GETFD) < 0)
		log = -1;
	send_channel(m, FRAME_FAILED, &failed, sizeof(failed), log);
	close_fd(failure->log);
	m->failure.log = -1;
}

/* A main child that was cloned by the failed program has no one who knows what to do with it. */
static void program_failed(struct machine *m)
{
	if (!m->kept && has_main(m)) {
		kill_main(m);
		m->reg[R_PENDING] = -1;
	}
	/* Other children that wait for us see the end of file and give up. */
	close_fd(fd_of(m, R_SYNC));
	m->reg[R_SYNC] = -1;
	if (m->engine_gone) {
		close_fd(m->failure.log);
		lose_channel(m);
	} else {
		send_failed(m);
	}
}

/* The map is longer than the payload by a few zero bytes: every string and vector in the blob ends. */
static int map_program(struct machine *m, size_t length)
{
	m->map_size = length + 16;
	m->map = mmap(NULL, m->map_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	return m->map == MAP_FAILED ? -errno : 0;
}

static int load_program(struct machine *m, const struct frame *frame)
{
	m->failure = (struct failure){.op = PROGRAM_NO_OP, .error = EBADMSG, .log = -1};
	if (program_decode(&m->program, m->map, frame->length, &m->failure.op) < 0 ||
	    frame->fd_count > REGISTERS - m->program.fd_base) {
		close_fds(frame->fds, frame->fd_count);
		return -EBADMSG;
	}
	for (size_t k = 0; k < frame->fd_count; k++)
		m->reg[m->program.fd_base + k] = frame->fds[k];
	return 0;
}

static void take_program(struct machine *m, const struct frame *frame)
{
	int error = map_program(m, frame->length);
	if (error == 0)
		error = frame_read(fd_of(m, R_CHANNEL), m->map, frame->length);
	if (error < 0) {
		close_fds(frame->fds, frame->fd_count);
		lose_channel(m);
		return;
	}
	m->kept = has_main(m);
	m->engine_gone = false;
	m->running = true;
	error = load_program(m, frame);
	if (error == 0)
		error = execute_program(m);
	m->running = false;
	munmap_program(m);
	console_changed();
	if (error < 0)
		program_failed(m);
	else
		send_channel(m, FRAME_DONE, m->reg, sizeof(m->reg), -1);
	/* A wait inside the program may have taken the SIGCHLD of another child. */
	reap_children(m);
}

static void take_quit(struct machine *m)
{
	int32_t code;
	if (frame_read(fd_of(m, R_CHANNEL), &code, sizeof(code)) == 0)
		leave(code);
	lose_channel(m);
}

static void take_frame(struct machine *m)
{
	struct frame frame;
	if (frame_receive(fd_of(m, R_CHANNEL), &frame) <= 0) {
		lose_channel(m);
		return;
	}
	if (frame.kind == FRAME_PROGRAM) {
		take_program(m, &frame);
		return;
	}
	close_fds(frame.fds, frame.fd_count);
	if (frame.kind == FRAME_QUIT && frame.length == sizeof(int32_t))
		take_quit(m);
	else if (frame.kind != FRAME_ABORT || frame.length != 0) /* an ABORT that came too late is no error */
		lose_channel(m);
}

static void accept_engine(struct machine *m)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int channel = accept4(fd_of(m, R_KEEPER), NULL, NULL, SOCK_CLOEXEC);
	if (channel < 0) {
		/* What does not listen would make every poll return at once. */
		if (errno == EBADF || errno == EINVAL || errno == ENOTSOCK || errno == EOPNOTSUPP)
			m->reg[R_KEEPER] = -1;
		return;
	}
	if (getsockopt(channel, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || size != sizeof(peer) ||
	    (peer.uid != 0 && peer.uid != m->user)) {
		close(channel);
		return;
	}
	close_fd(fd_of(m, R_CHANNEL));
	m->reg[R_CHANNEL] = channel;
	m->told = false;
	m->command_waits = false;
	m->wake.pause_ms = 0;
}

/* ---- waking ---- */

static bool wants_engine(const struct machine *m)
{
	return fd_of(m, R_CHANNEL) < 0 && m->wake.argv[0] && (m->reg[R_PENDING] >= 0 || m->command_waits);
}

static bool is_readable(int fd)
{
	struct pollfd slot = {.fd = fd, .events = POLLIN};
	return poll(&slot, 1, 0) == 1;
}

/* Wakes if it is time; returns the milliseconds until the next try, -1: none is due. */
static int wake_if_due(struct machine *m)
{
	if (!wants_engine(m))
		return -1;
	int64_t now = now_ms();
	bool due = now >= m->wake.next_ms && m->wake.pid == 0;
	if (due && m->command_waits)
		m->command_waits = is_readable(fd_of(m, R_COMMAND));
	if (!wants_engine(m))
		return -1;
	if (due) {
		wake_engine(m);
		m->wake.pause_ms = m->wake.pause_ms == 0 ? WAKE_PAUSE_MS : m->wake.pause_ms * 2;
		if (m->wake.pause_ms > WAKE_PAUSE_MOST_MS)
			m->wake.pause_ms = WAKE_PAUSE_MOST_MS;
		m->wake.next_ms = now + m->wake.pause_ms;
	}
	int64_t left = m->wake.next_ms - now;
	return left > 0 ? (int)left : WAKE_PAUSE_MS;
}

/* ---- the loop ---- */

static void listen_to(struct pollfd *slot, int fd)
{
	*slot = (struct pollfd){.fd = fd, .events = POLLIN};
}

static int sooner(int a, int b) { return a < 0 ? b : b < 0 || a < b ? a : b; }

static int prepare_slots(struct machine *m, struct pollfd slots[SLOTS])
{
	int channel = fd_of(m, R_CHANNEL);
	listen_to(&slots[SLOT_SIGNALS], m->signals);
	listen_to(&slots[SLOT_CHANNEL], channel);
	listen_to(&slots[SLOT_KEEPER], fd_of(m, R_KEEPER));
	listen_to(&slots[SLOT_COMMAND], channel < 0 && !m->command_waits ? fd_of(m, R_COMMAND) : -1);
	int timeout = console_prepare(m, &slots[SLOT_CONSOLE]);
	return sooner(timeout, wake_if_due(m));
}

static void serve_signals(struct machine *m)
{
	int ending = 0;
	if (!take_signal(m, &ending))
		return;
	if (ending)
		leave(128 + ending);
	reap_children(m);
}

noreturn void watch(struct machine *m)
{
	struct pollfd slots[SLOTS];
	for (;;) {
		announce_end(m);
		if (poll(slots, SLOTS, prepare_slots(m, slots)) < 0) {
			if (errno != EINTR)
				leave(1);
			continue;
		}
		if (slots[SLOT_SIGNALS].revents)
			serve_signals(m);
		console_serve(m, &slots[SLOT_CONSOLE]);
		if (slots[SLOT_COMMAND].revents & POLLNVAL)
			m->reg[R_COMMAND] = -1;
		else if (slots[SLOT_COMMAND].revents)
			m->command_waits = true;
		if (slots[SLOT_KEEPER].revents)
			accept_engine(m);
		else if (slots[SLOT_CHANNEL].revents)
			take_frame(m);
	}
}
