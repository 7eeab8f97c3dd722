/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_engine.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

const char *coffer;
struct builder b;
pid_t executor;
int channel;
char directory[24] = "/tmp/coffer-test-XXXXXX";

char payload[1 << 16];
struct frame frame;


/* ---- the engine's part ---- */

bool hide_new_calls;

/* As container managers with an old filter do: what they do not know does not exist. */
static void hide_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(125);
}

void start(void)
{
	int pair[2];
	struct timeval patience = {.tv_sec = 20};
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	executor = fork();
	REQUIRE(executor >= 0);
	if (executor == 0) {
		char room[256];
		char *argv[] = {(char[]){"[coffer]"}, room, NULL};
		char *envp[] = {(char[]){"PATH=/bin:/usr/bin"}, NULL};
		memset(room, ' ', sizeof(room));
		room[sizeof(room) - 1] = 0;
		if (pair[1] != 3)
			dup2(pair[1], 3);
		else
			fcntl(3, F_SETFD, 0);
		if (hide_new_calls)
			hide_calls();
		execve(coffer, argv, envp);
		_exit(126);
	}
	close(pair[1]);
	channel = pair[0];
	setsockopt(channel, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

void send_program(const int *fds, size_t count)
{
	size_t length;
	void *bytes = build_end(&b, &length);
	CHECK_INT(frame_send(channel, FRAME_PROGRAM, bytes, length, fds, count), 0);
	free(bytes);
}

/* The next frame's payload is in `payload`; its kind is returned, 0 at the end of file. */
unsigned receive(void)
{
	int got = frame_receive(channel, &frame);
	if (got <= 0)
		return 0;
	REQUIRE(frame.length <= sizeof(payload));
	REQUIRE(frame_read(channel, payload, frame.length) == 0);
	return frame.kind;
}

void run_done(const int *fds, size_t count)
{
	send_program(fds, count);
	unsigned kind = receive();
	CHECK_INT(kind, FRAME_DONE);
	if (kind == FRAME_FAILED)
		printf("    failed at op %u: errno %d, status %x\n", FAILURE->op, FAILURE->error,
		       (unsigned)FAILURE->status);
}

void run_failed(uint32_t op, int error, int status, unsigned child)
{
	send_program(NULL, 0);
	CHECK_INT(receive(), FRAME_FAILED);
	CHECK_INT(FAILURE->op, op);
	CHECK_INT(FAILURE->error, error);
	CHECK_INT(FAILURE->status, status);
	CHECK_INT(FAILURE->child, child);
}

void expect_executor_ends(int code)
{
	int status = 0;
	CHECK_INT(waitpid(executor, &status, 0), executor);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), code);
	close(channel);
}

void quit(void)
{
	int32_t code = 5;
	CHECK_INT(frame_send(channel, FRAME_QUIT, &code, sizeof(code), NULL, 0), 0);
	expect_executor_ends(5);
}

bool is_alive(pid_t pid) { return waitpid(pid, NULL, WNOHANG) == 0; }

bool wait_until_readable(int fd, int milliseconds)
{
	struct pollfd slot = {.fd = fd, .events = POLLIN};
	return poll(&slot, 1, milliseconds) == 1;
}

void expect_text(int fd, const char *text)
{
	char got[4096] = {0};
	size_t length = 0;
	while (length < strlen(text) && wait_until_readable(fd, 5000)) {
		ssize_t more = read(fd, got + length, sizeof(got) - 1 - length);
		if (more <= 0)
			break;
		length += (size_t)more;
	}
	CHECK(strcmp(got, text) == 0);
	if (strcmp(got, text) != 0)
		printf("    \"%s\" instead of \"%s\"\n", got, text);
}

int listen_at(const char *name, struct sockaddr_un *address)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s", directory, name);
	unlink(address->sun_path);
	REQUIRE(bind(sock, (struct sockaddr *)address, sizeof(*address)) == 0 && listen(sock, 8) == 0);
	chmod(address->sun_path, 0777);
	return sock;
}

int connect_to(const struct sockaddr_un *address)
{
	struct timeval patience = {.tv_sec = 20};
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	REQUIRE(connect(sock, (const struct sockaddr *)address, sizeof(*address)) == 0);
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return sock;
}

/* ---- pieces of programs ---- */

void add_exec(const char *path, const char *const *words)
{
	const char *const environment[] = {"PATH=/bin:/usr/bin", NULL};
	SYS(&b, NONE, SYS_execve, BLOB(blob_string(&b, path)), BLOB(blob_vector(&b, words)),
	    BLOB(blob_vector(&b, environment)));
}

void add_shell(const char *script)
{
	const char *const words[] = {"sh", "-c", script, NULL};
	add_exec("/bin/sh", words);
}

/* A main child that executes a shell; the program goes on when it has. */
void add_main(uint64_t namespaces, bool with_init, const char *script)
{
	struct op *clone = clone_begin(&b, NONE, CLONE_OP_MAIN, IMM(namespaces));
	SYS(&b, NONE, SYS_prctl, IMM(PR_SET_PDEATHSIG), IMM(SIGKILL));
	OP(&b, OP_AWAIT, NONE, 0, IMM(0), IMM(0));
	if (with_init)
		OP(&b, OP_INIT, NONE, 0, IMM(0));
	add_shell(script);
	clone_end(&b, clone);
	OP(&b, OP_SIGNAL, NONE, 0, IMM(0), IMM(0));
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
}

void add_close(unsigned r) { SYS(&b, NONE, SYS_close, REG(r)); }

/* ---- tests ---- */

long cpu_ticks(pid_t pid)
{
	char path[64], line[512];
	long user = 0, system_time = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	REQUIRE(file && fgets(line, sizeof(line), file));
	fclose(file);
	sscanf(strrchr(line, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system_time);
	return user + system_time;
}
