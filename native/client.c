/* SPDX-License-Identifier: Apache-2.0 */
/* The client: hands the command to the engine and plays the part of its process. */
#include "client.h"
#include "frame.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define CHANNEL_FD 3
#define RETRY_MOST_MS 20000
#define TITLE_ROOM 256

#ifndef BUILD_ID
#error "the Makefile defines BUILD_ID, the 16 bytes as an initializer list"
#endif

extern char **environ;

static const uint8_t build_id[16] = {BUILD_ID};

struct client {
	int sock;
	pid_t child; /* of the foreground run, 0: none */
	int signals; /* signalfd(2) while it lives */
	bool heard;  /* anything from this engine */
	int status;
	sigset_t mask; /* as it was before */
};

/* ---- the request ---- */

/*
 * A descriptor that we open must never become a standard stream. open(2) takes the lowest number, so one
 * look at what we got says whether all three are there.
 */
static uint32_t guard_streams(void)
{
	uint32_t open_streams = 0;
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			open_streams |= 1u << fd;
	while (open_streams != 7) {
		int null = open("/dev/null", O_RDWR);
		if (null < 0)
			die("cannot open", "/dev/null", errno);
		if (null > 2) {
			close(null);
			break;
		}
	}
	return open_streams;
}

static char *put_string(char *to, const char *string)
{
	size_t size = strlen(string) + 1;
	memcpy(to, string, size);
	return to + size;
}

static size_t size_of(char **strings, uint32_t *count)
{
	size_t size = 0;
	for (*count = 0; strings[*count]; ++*count)
		size += strlen(strings[*count]) + 1;
	return size;
}

static void send_request(int sock, char **argv, uint32_t streams)
{
	char few[32768], *payload = few;
	struct request_header header = {.descriptors = streams};
	size_t most = sizeof(header) + PATH_MAX + size_of(argv, &header.argc) + size_of(environ, &header.envc);
	if (most > FRAME_MAX)
		die("the arguments and the environment are too long", NULL, 0);
	if (most > sizeof(few))
		payload = mmap(NULL, most, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (payload == MAP_FAILED)
		die("no memory", NULL, errno);
	memcpy(header.build_id, build_id, sizeof(build_id));
	header.umask = umask(077);
	umask((mode_t)header.umask);
	memcpy(payload, &header, sizeof(header));
	char *at = payload + sizeof(header);
	/* A directory that was removed or is out of sight has no name: the engine gets an empty one. */
	if (!getcwd(at, PATH_MAX) || *at != '/')
		*at = 0;
	at += strlen(at) + 1;
	for (char **word = argv; *word; word++)
		at = put_string(at, *word);
	for (char **entry = environ; *entry; entry++)
		at = put_string(at, *entry);

	int fds[3];
	size_t fd_count = 0;
	for (int fd = 0; fd < 3; fd++)
		if (streams & 1u << fd)
			fds[fd_count++] = fd;
	int error = frame_send(sock, FRAME_REQUEST, payload, (size_t)(at - payload), fds, fd_count);
	if (error < 0 && error != -EPIPE)
		die("cannot send the request", NULL, -error);
	if (payload != few)
		munmap(payload, most);
}

/* ---- runs ---- */

static void detach(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || setsid() < 0 || chdir("/") < 0)
		_exit(127);
	for (int fd = 0; fd < 3; fd++)
		if (dup2(null, fd) < 0)
			_exit(127);
}

static noreturn void exec_launcher(int launcher, int channel, bool detached)
{
	const char *environment[PLAIN_ENVIRONMENT];
	char blanks[TITLE_ROOM];
	char name[] = "[coffer]";
	char *argv[] = {name, blanks, NULL};
	memset(blanks, ' ', sizeof(blanks) - 1);
	blanks[sizeof(blanks) - 1] = 0;
	plain_environment(environment);
	if (detached)
		detach();
	/* Both end up above the channel's place, whatever they were, and close themselves. */
	if (launcher == CHANNEL_FD)
		launcher = fcntl(launcher, F_DUPFD_CLOEXEC, CHANNEL_FD + 1);
	if (channel == CHANNEL_FD)
		channel = fcntl(channel, F_DUPFD_CLOEXEC, CHANNEL_FD + 1);
	close_on_exec_from(CHANNEL_FD);
	if (launcher >= 0 && dup2(channel, CHANNEL_FD) == CHANNEL_FD)
		syscall(SYS_execveat, launcher, "", argv, environment, AT_EMPTY_PATH);
	_exit(127);
}

/* vfork(2): the child has its own descriptors, session and directory, and we wait until it executed. */
__attribute__((noinline)) static pid_t start_launcher(int launcher, int channel, bool detached)
{
	pid_t pid = vfork();
	if (pid == 0)
		exec_launcher(launcher, channel, detached);
	if (pid < 0)
		die("cannot start the launcher", NULL, errno);
	return pid;
}

static void watch_signals(struct client *client)
{
	static const uint8_t watched[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD};
	sigset_t set;
	sigemptyset(&set);
	for (size_t k = 0; k < sizeof(watched); k++)
		sigaddset(&set, watched[k]);
	sigprocmask(SIG_BLOCK, &set, &client->mask);
	client->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (client->signals < 0)
		die("signalfd", NULL, errno);
}

static void run_program(struct client *client, const struct frame *frame)
{
	uint32_t mode;
	if (frame->fd_count != 2 || frame->length != sizeof(mode) || frame_read(client->sock, &mode, sizeof(mode)) < 0 ||
	    mode > RUN_FOREGROUND || (mode == RUN_FOREGROUND && client->child > 0))
		die("the engine sent something that is not understood", NULL, EPROTO);
	if (mode == RUN_FOREGROUND)
		watch_signals(client);
	pid_t pid = start_launcher(frame->fds[0], frame->fds[1], mode == RUN_DETACHED);
	if (mode == RUN_FOREGROUND)
		client->child = pid;
	close_fds(frame->fds, frame->fd_count);
}

/* Without a child a signal is ours again, as if nothing had been blocked. */
static void child_ended(struct client *client)
{
	client->child = 0;
	close(client->signals);
	client->signals = -1;
	sigprocmask(SIG_SETMASK, &client->mask, NULL);
}

static void take_signals(struct client *client)
{
	struct signalfd_siginfo info;
	while (client->child > 0 && read(client->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGCHLD) {
			/* What the terminal sends goes to the child's process group too. */
			if (info.ssi_code != SI_KERNEL)
				kill(client->child, (int)info.ssi_signo);
			continue;
		}
		if (waitpid(client->child, &client->status, WNOHANG) != client->child)
			continue;
		child_ended(client);
		int32_t status = client->status;
		if (client->sock >= 0)
			frame_send(client->sock, FRAME_ENDED, &status, sizeof(status), NULL, 0);
	}
}

/* ---- the conversation ---- */

static noreturn void lose_engine(struct client *client)
{
	if (client->child == 0)
		die("the engine ended unexpectedly; running containers go on, try the command again", NULL, 0);
	close(client->sock);
	client->sock = -1;
	while (client->child > 0) {
		struct pollfd slot = {.fd = client->signals, .events = POLLIN};
		poll(&slot, 1, -1);
		take_signals(client);
	}
	_exit(exit_code_of(client->status));
}

static noreturn void take_exit(struct client *client, const struct frame *frame)
{
	int32_t code;
	if (frame->length != sizeof(code) || frame_read(client->sock, &code, sizeof(code)) < 0)
		die("the engine sent something that is not understood", NULL, EPROTO);
	_exit(code);
}

/* Serves one frame; false: the engine is leaving and the command is to be sent again. */
static bool take_frame(struct client *client)
{
	struct frame frame;
	int got = frame_receive(client->sock, &frame);
	/* The kernel resets a connection whose other end has not read all: this engine died before it took the command. */
	if (got == -ECONNRESET && !client->heard)
		return false;
	if (got <= 0)
		lose_engine(client);
	client->heard = true;
	if (frame.kind == FRAME_RUN) {
		run_program(client, &frame);
		return true;
	}
	close_fds(frame.fds, frame.fd_count);
	if (frame.kind == FRAME_EXIT)
		take_exit(client, &frame);
	if (frame.kind != FRAME_RETRY || frame.length != 0 || client->child > 0)
		die("the engine sent something that is not understood", NULL, EPROTO);
	return false;
}

static void converse(struct client *client)
{
	for (;;) {
		struct pollfd slots[] = {{.fd = client->sock, .events = POLLIN},
					 {.fd = client->signals, .events = POLLIN}};
		/* Nothing to watch beside the engine: reading waits by itself. */
		if (client->child > 0 && poll(slots, 2, -1) < 0)
			continue;
		if (client->child > 0 && slots[1].revents)
			take_signals(client);
		else if (!take_frame(client))
			return;
	}
}

noreturn void client_main(int argc, char **argv)
{
	struct client client = {.signals = -1};
	struct engine_place place;
	uint32_t streams = guard_streams();
	if (argc > 1 && strcmp(argv[1], "--in-process") == 0) {
		argv[1] = argv[0];
		client.sock = engine_open_private();
		send_request(client.sock, argv + 1, streams);
		converse(&client);
		die("the engine sent something that is not understood", NULL, EPROTO);
	}
	engine_find(&place);
	/* An engine that is leaving has given its socket up before it says so: what comes there is the next one's. */
	for (int64_t end = now_ms() + RETRY_MOST_MS; now_ms() < end; poll(NULL, 0, 10)) {
		client.sock = engine_open(&place);
		client.heard = false;
		send_request(client.sock, argv, streams);
		converse(&client);
		close(client.sock);
	}
	die("an engine of another version does not leave", place.address.sun_path, 0);
}
