/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the engine to a real executor: executor_test PATH-OF-COFFER */
#include "harness.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>

static const char *coffer;
static struct builder b;
static pid_t executor;
static int channel;
static char directory[] = "/tmp/coffer-test-XXXXXX";

static char payload[1 << 16];
static struct frame frame;

#define DONE_REGISTER(n) (((int64_t *)(void *)payload)[n])
#define REPORTED ((struct report_payload *)(void *)payload)
#define FAILURE ((struct failed_payload *)(void *)payload)
#define ENDED ((struct exited_payload *)(void *)payload)

/* ---- the engine's part ---- */

static bool hide_new_calls;

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

static void start(void)
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

static void send_program(const int *fds, size_t count)
{
	size_t length;
	void *bytes = build_end(&b, &length);
	CHECK_INT(frame_send(channel, FRAME_PROGRAM, bytes, length, fds, count), 0);
	free(bytes);
}

/* The next frame's payload is in `payload`; its kind is returned, 0 at the end of file. */
static unsigned receive(void)
{
	int got = frame_receive(channel, &frame);
	if (got <= 0)
		return 0;
	REQUIRE(frame.length <= sizeof(payload));
	REQUIRE(frame_read(channel, payload, frame.length) == 0);
	return frame.kind;
}

static void run_done(const int *fds, size_t count)
{
	send_program(fds, count);
	unsigned kind = receive();
	CHECK_INT(kind, FRAME_DONE);
	if (kind == FRAME_FAILED)
		printf("    failed at op %u: errno %d, status %x\n", FAILURE->op, FAILURE->error,
		       (unsigned)FAILURE->status);
}

static void run_failed(uint32_t op, int error, int status, unsigned child)
{
	send_program(NULL, 0);
	CHECK_INT(receive(), FRAME_FAILED);
	CHECK_INT(FAILURE->op, op);
	CHECK_INT(FAILURE->error, error);
	CHECK_INT(FAILURE->status, status);
	CHECK_INT(FAILURE->child, child);
}

static void expect_executor_ends(int code)
{
	int status = 0;
	CHECK_INT(waitpid(executor, &status, 0), executor);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), code);
	close(channel);
}

static void quit(void)
{
	int32_t code = 5;
	CHECK_INT(frame_send(channel, FRAME_QUIT, &code, sizeof(code), NULL, 0), 0);
	expect_executor_ends(5);
}

static bool is_alive(pid_t pid) { return waitpid(pid, NULL, WNOHANG) == 0; }

static bool wait_until_readable(int fd, int milliseconds)
{
	struct pollfd slot = {.fd = fd, .events = POLLIN};
	return poll(&slot, 1, milliseconds) == 1;
}

static void expect_text(int fd, const char *text)
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

static int listen_at(const char *name, struct sockaddr_un *address)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof(address->sun_path), "%s/%s", directory, name);
	unlink(address->sun_path);
	REQUIRE(bind(sock, (struct sockaddr *)address, sizeof(*address)) == 0 && listen(sock, 8) == 0);
	chmod(address->sun_path, 0777);
	return sock;
}

static int connect_to(const struct sockaddr_un *address)
{
	struct timeval patience = {.tv_sec = 20};
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	REQUIRE(connect(sock, (const struct sockaddr *)address, sizeof(*address)) == 0);
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return sock;
}

/* ---- pieces of programs ---- */

static void add_exec(const char *path, const char *const *words)
{
	const char *const environment[] = {"PATH=/bin:/usr/bin", NULL};
	SYS(&b, NONE, SYS_execve, BLOB(blob_string(&b, path)), BLOB(blob_vector(&b, words)),
	    BLOB(blob_vector(&b, environment)));
}

static void add_shell(const char *script)
{
	const char *const words[] = {"sh", "-c", script, NULL};
	add_exec("/bin/sh", words);
}

/* A main child that executes a shell; the program goes on when it has. */
static void add_main(uint64_t namespaces, bool with_init, const char *script)
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

static void add_close(unsigned r) { SYS(&b, NONE, SYS_close, REG(r)); }

/* ---- tests ---- */

static void test_values(void)
{
	begin_test("system calls, stores, loads, text and jumps do what they say");
	int pipe_fds[2];
	REQUIRE(pipe2(pipe_fds, O_CLOEXEC) == 0);
	start();
	build_begin(&b);
	uint32_t word = blob_room(&b, 8), text = blob_room(&b, 32), more = blob_string(&b, "/x");
	SYS(&b, 20, SYS_getpid, IMM(0));
	OP(&b, OP_STORE, NONE, 0, BLOB(word), IMM(-2), IMM(4));
	OP(&b, OP_LOAD, 21, 0, BLOB(word), IMM(4));
	OP(&b, OP_LOAD, 22, 0, BLOB(word), IMM(8));
	OP(&b, OP_LOAD, 23, 0, BLOB(word), IMM(1));
	OP(&b, OP_LOAD, 24, 0, BLOB(word), IMM(2));
	OP(&b, OP_DECIMAL, NONE, 0, BLOB(text), IMM(1234567890), IMM(32));
	OP(&b, OP_APPEND, NONE, 0, BLOB(text), BLOB(more), IMM(32));
	OP(&b, OP_DECIMAL, NONE, 0, BLOB(text), REG(21), IMM(32));
	SYS(&b, 25, SYS_write, REG(16), BLOB(text), IMM(14));
	OP(&b, OP_SET, 26, 0, IMM(1));
	OP(&b, OP_JUMP, NONE, JUMP_EQUAL, REG(21), IMM(-2), IMM(b.op_count + 2));
	OP(&b, OP_FAIL, NONE, 0, IMM(EDOM));
	OP(&b, OP_JUMP, NONE, JUMP_NOT_EQUAL, REG(21), IMM(-2), IMM(b.op_count + 2));
	OP(&b, OP_JUMP, NONE, JUMP_NEGATIVE, REG(21), IMM(0), IMM(b.op_count + 2));
	OP(&b, OP_FAIL, NONE, 0, IMM(EDOM));
	OP(&b, OP_JUMP, NONE, JUMP_NOT_NEGATIVE, REG(21), IMM(0), IMM(b.op_count + 2));
	OP(&b, OP_SET, 26, 0, IMM(2));
	run_done(&pipe_fds[1], 1);
	CHECK_INT(DONE_REGISTER(R_SELF), executor);
	CHECK_INT(DONE_REGISTER(20), executor);
	CHECK_INT(DONE_REGISTER(21), -2);
	CHECK_INT(DONE_REGISTER(22), 0xfffffffell);
	CHECK_INT(DONE_REGISTER(23), -2);
	CHECK_INT(DONE_REGISTER(24), -2);
	CHECK_INT(DONE_REGISTER(25), 14);
	CHECK_INT(DONE_REGISTER(26), 2);
	CHECK_INT(DONE_REGISTER(63), -1);
	expect_text(pipe_fds[0], "1234567890/x-2");

	begin_test("registers outlast a program");
	build_begin(&b);
	SYS(&b, NONE, SYS_close, REG(16));
	run_done(NULL, 0);
	CHECK_INT(DONE_REGISTER(26), 2);

	begin_test("text that does not fit fails");
	build_begin(&b);
	OP(&b, OP_DECIMAL, NONE, 0, BLOB(0), IMM(123456), IMM(7));
	OP(&b, OP_DECIMAL, NONE, 0, BLOB(0), IMM(1), IMM(7));
	run_failed(1, ENAMETOOLONG, 0, 0);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	quit();
}

static void test_failures(void)
{
	begin_test("a failed system call names its op and errno");
	start();
	build_begin(&b);
	OP(&b, OP_SET, 16, 0, IMM(1));
	SYS(&b, 17, SYS_chdir, BLOB(blob_string(&b, "/no such directory")));
	run_failed(1, ENOENT, 0, 0);

	begin_test("a tolerated errno becomes the result");
	build_begin(&b);
	uint32_t path = blob_string(&b, "/no such directory");
	SYS(&b, 17, SYS_chdir, BLOB(path))->tolerate[1] = ENOENT;
	SYS(&b, 18, SYS_close, IMM(999))->tolerate[0] = TOLERATE_ANY;
	run_done(NULL, 0);
	CHECK_INT(DONE_REGISTER(17), -ENOENT);
	CHECK_INT(DONE_REGISTER(18), -EBADF);

	begin_test("FAIL fails with the given errno");
	build_begin(&b);
	OP(&b, OP_FAIL, NONE, 0, IMM(ELOOP));
	run_failed(0, ELOOP, 0, 0);

	begin_test("a program that is not sound is refused as a whole");
	build_begin(&b);
	OP(&b, OP_SET, 40, 0, IMM(1));
	OP(&b, 99, NONE, 0, IMM(1));
	run_failed(1, EBADMSG, 0, 0);
	build_begin(&b);
	run_done(NULL, 0);
	CHECK_INT(DONE_REGISTER(40), -1);
	quit();

	begin_test("an unknown frame ends the executor");
	start();
	CHECK_INT(frame_send(channel, 4711, NULL, 0, NULL, 0), 0);
	expect_executor_ends(1);

	begin_test("an executor without work ends with its engine");
	start();
	shutdown(channel, SHUT_RDWR);
	expect_executor_ends(1);
}

static void test_clone(void)
{
	begin_test("both sides of a clone pass descriptors and wait for each other");
	int to_child[2], from_child[2];
	REQUIRE(pipe2(to_child, O_CLOEXEC) == 0 && pipe2(from_child, O_CLOEXEC) == 0);
	start();
	build_begin(&b);
	uint32_t buffer = blob_room(&b, 8);
	struct op *clone = clone_begin(&b, 30, 0, IMM(0));
	OP(&b, OP_AWAIT, NONE, 0, IMM(40), IMM(2));
	SYS(&b, 50, SYS_read, REG(40), BLOB(buffer), IMM(5));
	SYS(&b, NONE, SYS_write, REG(41), BLOB(buffer), REG(50));
	SYS(&b, 42, SYS_memfd_create, BLOB(blob_string(&b, "x")), IMM(MFD_CLOEXEC));
	OP(&b, OP_SIGNAL, NONE, 0, IMM(42), IMM(1));
	clone_end(&b, clone);
	OP(&b, OP_SIGNAL, NONE, 0, IMM(16), IMM(2));
	OP(&b, OP_AWAIT, NONE, 0, IMM(43), IMM(1));
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	uint32_t status = blob_room(&b, 8);
	SYS(&b, 44, SYS_wait4, REG(30), BLOB(status), IMM(0), IMM(0));
	OP(&b, OP_LOAD, 45, 0, BLOB(status), IMM(4));
	SYS(&b, 46, SYS_write, REG(43), BLOB(status), IMM(1));
	REQUIRE(write(to_child[1], "hello", 5) == 5);
	run_done((int[]){to_child[0], from_child[1]}, 2);
	expect_text(from_child[0], "hello");
	CHECK_INT(DONE_REGISTER(44), DONE_REGISTER(30));
	CHECK_INT(DONE_REGISTER(45), 0);
	CHECK_INT(DONE_REGISTER(46), 1);
	CHECK(DONE_REGISTER(31) > 2);
	CHECK_INT(DONE_REGISTER(R_SYNC), -1);

	begin_test("an op that fails in the child is told with its own index");
	build_begin(&b);
	clone = clone_begin(&b, NONE, CLONE_OP_MAIN, IMM(0));
	OP(&b, OP_AWAIT, NONE, 0, IMM(0), IMM(0));
	SYS(&b, NONE, SYS_chdir, BLOB(blob_string(&b, "/no such directory")));
	clone_end(&b, clone);
	OP(&b, OP_SIGNAL, NONE, 0, IMM(0), IMM(0));
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	run_failed(2, ENOENT, 0, 1);

	begin_test("an execve that fails is told, and by then the child is gone");
	build_begin(&b);
	clone = clone_begin(&b, NONE, CLONE_OP_MAIN, IMM(0));
	OP(&b, OP_CLOSE_OTHERS, NONE, CLOSE_OTHERS_OP_ALL, IMM(0));
	const char *const words[] = {"nothing", NULL};
	add_exec("/no such program", words);
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	run_failed(2, ENOENT, 0, 1);
	build_begin(&b);
	run_done(NULL, 0);
	CHECK_INT(DONE_REGISTER(R_MAIN_PID), -1);
	CHECK_INT(DONE_REGISTER(R_MAIN_PIDFD), -1);
	CHECK_INT(DONE_REGISTER(R_PENDING), -1);

	begin_test("a child that is killed before it says anything is told with its wait status");
	build_begin(&b);
	clone = clone_begin(&b, NONE, CLONE_OP_MAIN, IMM(0));
	SYS(&b, 20, SYS_getpid, IMM(0));
	SYS(&b, NONE, SYS_kill, REG(20), IMM(SIGKILL));
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, 0, IMM(0), IMM(0));
	run_failed(3, EPIPE, SIGKILL, 1);

	begin_test("a failure comes through although the parent signalled in between");
	build_begin(&b);
	clone = clone_begin(&b, NONE, 0, IMM(0));
	OP(&b, OP_FAIL, NONE, 0, IMM(EXDEV));
	clone_end(&b, clone);
	uint32_t pause = blob_bytes(&b, (int64_t[]){0, 100000000}, 16);
	SYS(&b, NONE, SYS_nanosleep, BLOB(pause), IMM(0));
	OP(&b, OP_SIGNAL, NONE, 0, IMM(0), IMM(0));
	run_failed(1, EXDEV, 0, 1);

	begin_test("a grandchild's failure comes through its parent");
	build_begin(&b);
	clone = clone_begin(&b, NONE, 0, IMM(0));
	struct op *inner = clone_begin(&b, NONE, 0, IMM(0));
	OP(&b, OP_FAIL, NONE, 0, IMM(EXDEV));
	clone_end(&b, inner);
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	run_failed(2, EXDEV, 0, 1);

	begin_test("clone flags beyond namespaces are refused");
	build_begin(&b);
	clone = clone_begin(&b, NONE, 0, IMM(0x100));
	clone_end(&b, clone);
	run_failed(0, EINVAL, 0, 0);
	close_fds(to_child, 2);
	close_fds(from_child, 2);
	quit();
}

static void test_child_descriptors(void)
{
	begin_test("a child has neither the channel nor any other descriptor of the executor");
	int out[2];
	struct sockaddr_un address;
	REQUIRE(pipe2(out, O_CLOEXEC) == 0);
	int listening = listen_at("keeper", &address);
	start();
	build_begin(&b);
	OP(&b, OP_SET, R_KEEPER, 0, REG(17));
	struct op *clone = clone_begin(&b, NONE, CLONE_OP_MAIN, IMM(0));
	SYS(&b, NONE, SYS_dup3, REG(16), IMM(1), IMM(0));
	OP(&b, OP_JUMP, NONE, JUMP_EQUAL, REG(R_CHANNEL), IMM(-1), IMM(b.op_count + 2));
	OP(&b, OP_FAIL, NONE, 0, IMM(EDOM));
	const char *const words[] = {"ls", "/proc/self/fd", NULL};
	SYS(&b, 50, SYS_fcntl, IMM(3), IMM(F_GETFD))->tolerate[0] = EBADF;
	OP(&b, OP_JUMP, NONE, JUMP_EQUAL, REG(50), IMM(-EBADF), IMM(b.op_count + 2));
	OP(&b, OP_FAIL, NONE, 0, IMM(EDOM));
	OP(&b, OP_CLOSE_OTHERS, NONE, 0, IMM(0));
	add_exec("/bin/ls", words);
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	run_done((int[]){out[1], listening}, 2);
	expect_text(out[0], "0\n1\n2\n3\n");
	CHECK_INT(receive(), FRAME_EXITED);
	CHECK_INT(ENDED->status, 0);
	close_fds(out, 2);
	close(listening);
	quit();
}

static void test_close_others(void)
{
	begin_test("what no register holds is closed, and the executor goes on");
	start();
	build_begin(&b);
	uint32_t name = blob_string(&b, "x");
	SYS(&b, 20, SYS_memfd_create, BLOB(name), IMM(0));
	SYS(&b, 21, SYS_memfd_create, BLOB(name), IMM(0));
	SYS(&b, 22, SYS_memfd_create, BLOB(name), IMM(0));
	OP(&b, OP_SET, 30, 0, REG(21));
	OP(&b, OP_SET, 21, 0, IMM(-1));
	OP(&b, OP_CLOSE_OTHERS, NONE, 0, IMM(0));
	SYS(&b, 31, SYS_fcntl, REG(20), IMM(F_GETFD));
	SYS(&b, 32, SYS_fcntl, REG(22), IMM(F_GETFD));
	OP(&b, OP_SET, 33, 0, REG(30));
	OP(&b, OP_SET, 30, 0, IMM(-1));
	OP(&b, OP_STORE, NONE, 0, BLOB(0), REG(33), IMM(8));
	OP(&b, OP_SET, 33, 0, IMM(-1));
	OP(&b, OP_CLOSE_OTHERS, NONE, 0, IMM(0));
	OP(&b, OP_LOAD, 33, 0, BLOB(0), IMM(8));
	SYS(&b, 34, SYS_fcntl, REG(33), IMM(F_GETFD))->tolerate[0] = EBADF;
	run_done(NULL, 0);
	CHECK_INT(DONE_REGISTER(31), 0);
	CHECK_INT(DONE_REGISTER(32), 0);
	CHECK_INT(DONE_REGISTER(34), -EBADF);
	build_begin(&b);
	run_done(NULL, 0);
	kill(executor, SIGTERM); /* which it takes from a descriptor that no register holds */
	expect_executor_ends(128 + SIGTERM);
}

static long cpu_ticks(pid_t pid)
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

static void test_dead_registers(void)
{
	begin_test("registers that name nothing usable cost nothing");
	start();
	build_begin(&b);
	uint32_t name = blob_string(&b, "x");
	OP(&b, OP_SET, R_ON_EXIT, 0, IMM(0));
	add_main(0, false, "sleep 60");
	SYS(&b, R_KEEPER, SYS_memfd_create, BLOB(name), IMM(MFD_CLOEXEC));
	OP(&b, OP_SET, R_COMMAND, 0, IMM(999));
	OP(&b, OP_SET, R_CONSOLE, 0, IMM(998));
	OP(&b, OP_SET, R_PEER_IN, 0, IMM(997));
	OP(&b, OP_SET, R_PEER_OUT, 0, IMM(996));
	OP(&b, OP_SET, R_CONSOLE_LOG, 0, IMM(995));
	OP(&b, OP_SET, R_HOOK_LOG, 0, IMM(994));
	run_done(NULL, 0);
	pid_t child = (pid_t)DONE_REGISTER(R_MAIN_PID);
	long before = cpu_ticks(executor);
	usleep(300000);
	close(channel); /* and with it whoever could take over */
	usleep(300000);
	CHECK(cpu_ticks(executor) - before <= 1);
	CHECK(is_alive(executor));
	kill(child, SIGKILL);
	expect_executor_ends(128 + SIGKILL);
}

static void test_wrong_words(void)
{
	begin_test("a signal with another number of descriptors than awaited fails, and leaks none");
	start();
	build_begin(&b);
	struct op *clone = clone_begin(&b, NONE, 0, IMM(0));
	OP(&b, OP_SIGNAL, NONE, 0, IMM(R_SYNC), IMM(1));
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, 0, IMM(20), IMM(2));
	run_failed(2, EBADMSG, 0, 0);

	begin_test("a register that holds no descriptor cannot be passed");
	build_begin(&b);
	OP(&b, OP_REPORT, NONE, 0, IMM(0), IMM(20), IMM(1));
	run_failed(0, EBADF, 0, 0);

	begin_test("what belongs to a child alone, or to the executor alone, is refused elsewhere");
	build_begin(&b);
	OP(&b, OP_INIT, NONE, 0, IMM(0));
	run_failed(0, EINVAL, 0, 0);
	build_begin(&b);
	OP(&b, OP_CLOSE_OTHERS, NONE, CLOSE_OTHERS_OP_ALL, IMM(0));
	run_failed(0, EINVAL, 0, 0);
	build_begin(&b);
	clone = clone_begin(&b, NONE, 0, IMM(0));
	OP(&b, OP_REPORT, NONE, 0, IMM(0), IMM(0), IMM(0));
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	run_failed(1, ENOTCONN, 0, 1);

	begin_test("an answer that is none ends the executor");
	build_begin(&b);
	OP(&b, OP_REPORT, NONE, REPORT_OP_WAIT, IMM(0), IMM(0), IMM(0));
	send_program(NULL, 0);
	CHECK_INT(receive(), FRAME_REPORT);
	uint32_t to = 64;
	CHECK_INT(frame_send(channel, FRAME_CONTINUE, &to, sizeof(to), NULL, 0), 0);
	expect_executor_ends(1);
}

static void test_spawn(void)
{
	const char *const failing[] = {"sh", "-c", "echo said; pwd; readlink /proc/self/fd/0; exit 3", NULL};
	const char *const environment[] = {NULL};
	char text[256] = {0};
	begin_test("a hook that fails is told with its status and its output");
	int log = memfd_create("log", MFD_CLOEXEC);
	start();
	build_begin(&b);
	b.fd_base = R_HOOK_LOG;
	uint32_t shell = blob_string(&b, "/bin/sh"), argv = blob_vector(&b, failing),
		 envp = blob_vector(&b, environment), cwd = blob_string(&b, "/proc");
	OP(&b, OP_SPAWN, 20, SPAWN_OP_TOLERATE, BLOB(shell), BLOB(argv), BLOB(envp), IMM(-1), IMM(0));
	OP(&b, OP_SPAWN, 21, 0, BLOB(shell), BLOB(argv), BLOB(envp), REG(R_HOOK_LOG), BLOB(cwd));
	send_program(&log, 1);
	CHECK_INT(receive(), FRAME_FAILED);
	CHECK_INT(FAILURE->op, 1);
	CHECK_INT(FAILURE->error, 0);
	CHECK_INT(FAILURE->status, 3 << 8);
	CHECK_INT(frame.fd_count, 1);
	CHECK(pread(frame.fds[0], text, sizeof(text) - 1, 0) > 0);
	CHECK(strcmp(text, "said\n/proc\n/dev/null\n") == 0);
	close_fds(frame.fds, frame.fd_count);
	build_begin(&b);
	run_done(NULL, 0);
	CHECK_INT(DONE_REGISTER(20), 3 << 8);

	begin_test("a hook that cannot be executed fails with the errno");
	build_begin(&b);
	shell = blob_string(&b, "/no such hook");
	argv = blob_vector(&b, failing);
	envp = blob_vector(&b, environment);
	OP(&b, OP_SPAWN, 20, SPAWN_OP_TOLERATE, BLOB(shell), BLOB(argv), BLOB(envp), IMM(-1), IMM(0));
	run_failed(0, ENOENT, 0, 0);

	begin_test("a hook that fails in the child is told with the child's log");
	build_begin(&b);
	struct op *clone = clone_begin(&b, NONE, CLONE_OP_MAIN, IMM(CLONE_NEWNS));
	shell = blob_string(&b, "/bin/sh");
	argv = blob_vector(&b, failing);
	envp = blob_vector(&b, environment);
	OP(&b, OP_SPAWN, NONE, 0, BLOB(shell), BLOB(argv), BLOB(envp), REG(R_HOOK_LOG), IMM(0));
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	if (geteuid() == 0) {
		run_failed(1, 0, 3 << 8, 1);
		CHECK_INT(frame.fd_count, 1);
		close_fds(frame.fds, frame.fd_count);
	} else {
		skip_test("needs root");
	}

	begin_test("an abort kills the hook that is running");
	const char *const sleeping[] = {"sh", "-c", "echo started; exec sleep 60", NULL};
	int out[2];
	REQUIRE(pipe2(out, O_CLOEXEC) == 0);
	build_begin(&b);
	OP(&b, OP_SPAWN, NONE, 0, BLOB(blob_string(&b, "/bin/sh")), BLOB(blob_vector(&b, sleeping)),
	   BLOB(blob_vector(&b, environment)), REG(16), IMM(0));
	send_program(&out[1], 1);
	close(out[1]);
	expect_text(out[0], "started\n");
	CHECK_INT(frame_send(channel, FRAME_ABORT, NULL, 0, NULL, 0), 0);
	CHECK_INT(receive(), FRAME_FAILED);
	CHECK_INT(FAILURE->op, 0);
	CHECK_INT(FAILURE->error, ECANCELED);
	close_fds(frame.fds, frame.fd_count);

	begin_test("an abort that comes too late changes nothing");
	CHECK_INT(frame_send(channel, FRAME_ABORT, NULL, 0, NULL, 0), 0);
	build_begin(&b);
	run_done(NULL, 0);
	close(out[0]);
	close(log);
	quit();
}

static void test_report(void)
{
	begin_test("a report passes descriptors and waits for the answer's");
	start();
	int pipe_fds[2];
	REQUIRE(pipe2(pipe_fds, O_CLOEXEC) == 0);
	build_begin(&b);
	uint32_t name = blob_string(&b, "reported");
	SYS(&b, 20, SYS_memfd_create, BLOB(name), IMM(MFD_CLOEXEC));
	OP(&b, OP_REPORT, NONE, 0, IMM(7), IMM(20), IMM(1));
	OP(&b, OP_REPORT, NONE, REPORT_OP_WAIT, IMM(8), IMM(0), IMM(0));
	SYS(&b, NONE, SYS_write, REG(30), BLOB(name), IMM(8));
	send_program(NULL, 0);
	CHECK_INT(receive(), FRAME_REPORT);
	CHECK_INT(REPORTED->op, 1);
	CHECK_INT(REPORTED->tag, 7);
	CHECK_INT(REPORTED->reg[R_SELF], executor);
	CHECK_INT(frame.fd_count, 1);
	close_fds(frame.fds, frame.fd_count);
	CHECK_INT(receive(), FRAME_REPORT);
	CHECK_INT(REPORTED->tag, 8);
	uint32_t to = 30;
	CHECK_INT(frame_send(channel, FRAME_CONTINUE, &to, sizeof(to), &pipe_fds[1], 1), 0);
	CHECK_INT(receive(), FRAME_DONE);
	expect_text(pipe_fds[0], "reported");

	begin_test("an abort instead of an answer fails the report");
	send_program(NULL, 0);
	CHECK_INT(receive(), FRAME_REPORT);
	close_fds(frame.fds, frame.fd_count);
	CHECK_INT(receive(), FRAME_REPORT);
	CHECK_INT(frame_send(channel, FRAME_ABORT, NULL, 0, NULL, 0), 0);
	CHECK_INT(receive(), FRAME_FAILED);
	CHECK_INT(FAILURE->op, 2);
	CHECK_INT(FAILURE->error, ECANCELED);

	begin_test("a program that was sent ahead waits its turn");
	build_begin(&b);
	struct op *clone = clone_begin(&b, NONE, 0, IMM(0));
	uint32_t pause = blob_bytes(&b, (int64_t[]){0, 50000000}, 16);
	SYS(&b, NONE, SYS_nanosleep, BLOB(pause), IMM(0));
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	OP(&b, OP_SET, 50, 0, IMM(1));
	send_program(NULL, 0);
	build_begin(&b);
	OP(&b, OP_SET, 50, 0, IMM(2));
	send_program(NULL, 0);
	CHECK_INT(receive(), FRAME_DONE);
	CHECK_INT(DONE_REGISTER(50), 1);
	CHECK_INT(receive(), FRAME_DONE);
	CHECK_INT(DONE_REGISTER(50), 2);
	close_fds(pipe_fds, 2);
	quit();
}

static void test_main_child(void)
{
	begin_test("the end of the main child is told");
	start();
	build_begin(&b);
	add_main(0, false, "exit 9");
	run_done(NULL, 0);
	int64_t pid = DONE_REGISTER(R_MAIN_PID);
	CHECK_INT(receive(), FRAME_EXITED);
	CHECK_INT(ENDED->pid, pid);
	CHECK_INT(ENDED->status, 9 << 8);

	begin_test("a keeper can start its container again");
	build_begin(&b);
	add_main(0, false, "trap 'exit 4' TERM; trap 'exit 5' USR1; while :; do sleep 0.02; done");
	run_done(NULL, 0);

	begin_test("a second main child is refused, and that does not harm the first");
	build_begin(&b);
	add_main(0, false, "exit 0");
	run_failed(0, EBUSY, 0, 0);
	build_begin(&b);
	run_done(NULL, 0);
	CHECK(DONE_REGISTER(R_MAIN_PID) > 0);

	begin_test("HUP becomes TERM for the main child");
	usleep(100000);
	kill(executor, SIGHUP);
	CHECK_INT(receive(), FRAME_EXITED);
	CHECK_INT(ENDED->status, 4 << 8);
	quit();

	begin_test("with ON_EXIT 1 the executor ends like its main child");
	start();
	build_begin(&b);
	OP(&b, OP_SET, R_ON_EXIT, 0, IMM(1));
	add_main(0, false, "kill -KILL $$");
	run_done(NULL, 0);
	expect_executor_ends(128 + SIGKILL);

	begin_test("an engine that dies in the middle of a start takes the main child along");
	start();
	build_begin(&b);
	OP(&b, OP_SET, R_ON_EXIT, 0, IMM(0));
	add_main(0, false, "sleep 60");
	OP(&b, OP_REPORT, NONE, REPORT_OP_WAIT, IMM(1), IMM(0), IMM(0));
	send_program(NULL, 0);
	CHECK_INT(receive(), FRAME_REPORT);
	pid_t child = (pid_t)REPORTED->reg[R_MAIN_PID];
	CHECK_INT(kill(child, 0), 0);
	shutdown(channel, SHUT_RDWR);
	expect_executor_ends(1);
	CHECK_INT(kill(child, 0), -1);

	begin_test("a signal that asks to end interrupts a start");
	start();
	build_begin(&b);
	add_main(0, false, "sleep 60");
	OP(&b, OP_REPORT, NONE, REPORT_OP_WAIT, IMM(1), IMM(0), IMM(0));
	send_program(NULL, 0);
	CHECK_INT(receive(), FRAME_REPORT);
	kill(executor, SIGTERM);
	CHECK_INT(receive(), FRAME_FAILED);
	CHECK_INT(FAILURE->error, EINTR);
	quit();

	begin_test("an executor without main child ends by a signal");
	start();
	build_begin(&b);
	run_done(NULL, 0);
	kill(executor, SIGTERM);
	expect_executor_ends(128 + SIGTERM);
}

static void test_init(void)
{
	begin_test("the init of a pid namespace reaps, forwards signals and ends like its child");
	if (geteuid() != 0) {
		skip_test("needs root");
		return;
	}
	int out[2];
	REQUIRE(pipe2(out, O_CLOEXEC) == 0);
	start();
	build_begin(&b);
	struct op *dup = SYS(&b, NONE, SYS_dup3, REG(16), IMM(1), IMM(0));
	add_main(CLONE_NEWPID, true, "(sleep 0.05 &); sleep 0.2; trap 'exit 7' TERM; echo $$; while :; do sleep 0.02; done");
	(void)dup;
	int saved = dup3(1, 60, O_CLOEXEC);
	REQUIRE(saved == 60);
	run_done(&out[1], 1);
	expect_text(out[0], "2\n");
	CHECK(is_alive(executor));
	kill(executor, SIGTERM);
	CHECK_INT(receive(), FRAME_EXITED);
	CHECK_INT(ENDED->status, 7 << 8);
	close(60);
	close_fds(out, 2);
	quit();
}

static void test_title(void)
{
	begin_test("the title says the role and the container");
	char path[64], title[512] = {0};
	start();
	build_begin(&b);
	OP(&b, OP_TITLE, NONE, 0, BLOB(blob_string(&b, "[coffer keeper] /var/lib/lxc c1")));
	run_done(NULL, 0);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", executor);
	int fd = open(path, O_RDONLY);
	CHECK(read(fd, title, sizeof(title) - 1) > 0);
	close(fd);
	CHECK(strcmp(title, "[coffer keeper] /var/lib/lxc c1") == 0);
	quit();
}

/* ---- the keeper ---- */

static struct sockaddr_un keeper_address, command_address;
static char woken[128];

static void start_keeper(const char *script)
{
	int fds[] = {listen_at("command", &command_address), listen_at("keeper", &keeper_address)};
	char append[256];
	snprintf(woken, sizeof(woken), "%s/woken", directory);
	snprintf(append, sizeof(append), "echo woken >> %s", woken);
	unlink(woken);
	const char *const wake[] = {"/bin/sh", "-c", append, NULL};
	start();
	build_begin(&b);
	b.fd_base = R_COMMAND;
	OP(&b, OP_SET, R_ON_EXIT, 0, IMM(0));
	OP(&b, OP_WAKE, NONE, 0, BLOB(blob_vector(&b, wake)));
	add_main(0, false, script);
	run_done(fds, 2);
	close_fds(fds, 2);
}

static bool was_woken(int milliseconds)
{
	struct stat node;
	for (; milliseconds >= 0; milliseconds -= 10, usleep(10000))
		if (stat(woken, &node) == 0 && node.st_size > 0)
			return true;
	return false;
}

static long private_kib(pid_t pid)
{
	char path[64], line[256];
	long total = 0, kib;
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Private_%*[^:]: %ld", &kib) == 1)
			total += kib;
	if (file)
		fclose(file);
	return total;
}

static void test_keeper(void)
{
	begin_test("a keeper outlives its engine and sleeps");
	start_keeper("trap 'exit 6' TERM; while :; do sleep 0.02; done");
	close(channel);
	usleep(200000);
	CHECK(is_alive(executor));
	CHECK(!was_woken(0));
	printf("    a keeper at rest: %ld KiB private\n", private_kib(executor));

	begin_test("a word on the command socket wakes an engine");
	int client = connect_to(&command_address);
	CHECK(was_woken(5000));
	CHECK_INT(unlink(woken), 0);

	begin_test("while nobody comes the waking is repeated, but not within a second");
	CHECK(!was_woken(500));
	CHECK(was_woken(3000));
	unlink(woken);

	begin_test("an engine takes over through the keeper's socket");
	channel = connect_to(&keeper_address);
	build_begin(&b);
	run_done(NULL, 0);
	CHECK(DONE_REGISTER(R_MAIN_PID) > 0);
	CHECK(!was_woken(2500));

	begin_test("a new engine replaces the old one");
	int old = channel;
	channel = connect_to(&keeper_address);
	build_begin(&b);
	run_done(NULL, 0);
	CHECK_INT(read(old, payload, 1), 0);
	close(old);
	close(client);

	begin_test("the end is told to every engine that comes, until one says quit");
	close(channel);
	CHECK_INT(kill(executor, SIGTERM), 0);
	CHECK(was_woken(5000));
	channel = connect_to(&keeper_address);
	CHECK_INT(receive(), FRAME_EXITED);
	CHECK_INT(ENDED->status, 6 << 8);
	close(channel);
	channel = connect_to(&keeper_address);
	CHECK_INT(receive(), FRAME_EXITED);
	CHECK_INT(ENDED->status, 6 << 8);
	quit();

	begin_test("a stranger cannot take a keeper over");
	if (geteuid() != 0) {
		skip_test("needs root");
		return;
	}
	start_keeper("sleep 60");
	chmod(directory, 0755);
	pid_t stranger = fork();
	if (stranger == 0) {
		if (setresuid(65534, 65534, 65534) < 0)
			_exit(2);
		int sock = connect_to(&keeper_address);
		_exit(read(sock, payload, 1) == 0 ? 0 : 1);
	}
	int status = -1;
	waitpid(stranger, &status, 0);
	CHECK_INT(status, 0);
	build_begin(&b);
	run_done(NULL, 0);
	quit();
}

/* ---- terminals ---- */

static bool is_raw(int terminal)
{
	struct termios now;
	REQUIRE(tcgetattr(terminal, &now) == 0);
	return !(now.c_lflag & (ICANON | ECHO | ISIG));
}

static void test_raw(void)
{
	begin_test("a raw terminal is restored at the end, and its size is passed on");
	int user_master, user, master, slave;
	struct winsize size = {.ws_row = 33, .ws_col = 77}, got;
	REQUIRE(openpty(&user_master, &user, NULL, NULL, &size) == 0);
	REQUIRE(openpty(&master, &slave, NULL, NULL, NULL) == 0);
	start();
	build_begin(&b);
	OP(&b, OP_RAW, NONE, 0, REG(16), REG(17));
	run_done((int[]){user, master}, 2);
	CHECK(is_raw(user));
	CHECK_INT(ioctl(slave, TIOCGWINSZ, &got), 0);
	CHECK_INT(got.ws_row, 33);
	CHECK_INT(got.ws_col, 77);
	size.ws_col = 99;
	ioctl(user, TIOCSWINSZ, &size);
	kill(executor, SIGWINCH);
	for (int k = 0; k < 100 && got.ws_col != 99; k++, usleep(10000))
		ioctl(slave, TIOCGWINSZ, &got);
	CHECK_INT(got.ws_col, 99);
	quit();
	CHECK(!is_raw(user));

	begin_test("a raw terminal is restored when the executor is told to end by a signal");
	start();
	run_done((int[]){user, master}, 2);
	CHECK(is_raw(user));
	kill(executor, SIGTERM);
	expect_executor_ends(128 + SIGTERM);
	CHECK(!is_raw(user));
	close_fds((int[]){user_master, user, master, slave}, 4);
}

struct relay {
	int master, slave, in[2], out[2], log;
};

static void open_relay(struct relay *r)
{
	struct termios raw;
	REQUIRE(openpty(&r->master, &r->slave, NULL, NULL, NULL) == 0);
	REQUIRE(tcgetattr(r->slave, &raw) == 0);
	cfmakeraw(&raw);
	tcsetattr(r->slave, TCSANOW, &raw);
	REQUIRE(pipe2(r->in, O_CLOEXEC) == 0 && pipe2(r->out, O_CLOEXEC) == 0);
	r->log = memfd_create("log", MFD_CLOEXEC);
	fcntl(r->slave, F_SETFD, FD_CLOEXEC);
}

static void close_relay(const struct relay *r)
{
	close_fds((int[]){r->master, r->slave, r->in[0], r->in[1], r->out[0], r->out[1], r->log}, 7);
}

static void start_relay(const struct relay *r)
{
	start();
	build_begin(&b);
	b.fd_base = R_CONSOLE;
	run_done((int[]){r->master, r->in[0], r->out[1], r->log}, 4);
}

/* Writes as a container would, who is stuck if nobody reads; returns what was taken in the time. */
static size_t print(int slave, size_t most, int milliseconds)
{
	static char text[4096];
	size_t done = 0;
	memset(text, 'x', sizeof(text));
	fcntl(slave, F_SETFL, O_NONBLOCK);
	int64_t end = now_ms() + milliseconds;
	while (done < most && now_ms() < end) {
		struct pollfd slot = {.fd = slave, .events = POLLOUT};
		ssize_t sent = write(slave, text, most - done < sizeof(text) ? most - done : sizeof(text));
		if (sent > 0)
			done += (size_t)sent;
		else
			poll(&slot, 1, 10);
	}
	return done;
}

static void test_relay(void)
{
	struct relay r;
	begin_test("what is printed reaches log and peer, what is typed reaches the console");
	open_relay(&r);
	start_relay(&r);
	REQUIRE(write(r.slave, "printed", 7) == 7);
	expect_text(r.out[0], "printed");
	REQUIRE(write(r.in[1], "typed", 5) == 5);
	expect_text(r.slave, "typed");
	char text[16] = {0};
	CHECK_INT(pread(r.log, text, 15, 0), 7);

	begin_test("a peer on a socket is served alike, and its end is the relay's");
	int pair[2];
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	build_begin(&b);
	add_close(R_PEER_IN);
	add_close(R_PEER_OUT);
	OP(&b, OP_SET, R_PEER_IN, 0, REG(16));
	OP(&b, OP_SET, R_PEER_OUT, 0, REG(16));
	run_done(&pair[1], 1);
	close(pair[1]);
	REQUIRE(write(r.slave, "printed", 7) == 7);
	expect_text(pair[0], "printed");
	REQUIRE(write(pair[0], "typed", 5) == 5);
	expect_text(r.slave, "typed");
	close(pair[0]);
	expect_executor_ends(0);
	start_relay(&r);

	begin_test("the escape character with q ends the relay, twice it is itself");
	build_begin(&b);
	OP(&b, OP_SET, R_ESCAPE, 0, IMM(1));
	run_done(NULL, 0);
	REQUIRE(write(r.in[1], "a\001\001b\001xq", 7) == 7);
	expect_text(r.slave, "a\001bxq");
	REQUIRE(write(r.in[1], "\001", 1) == 1);
	usleep(50000);
	REQUIRE(write(r.in[1], "q", 1) == 1);
	expect_executor_ends(0);
	close_relay(&r);

	begin_test("a relay ends when its console hangs up, and has passed on everything");
	open_relay(&r);
	start_relay(&r);
	size_t printed = print(r.slave, 3000, 1000);
	close(r.slave);
	close(r.master);
	expect_executor_ends(0);
	CHECK_INT(printed, 3000);
	CHECK_INT(read(r.out[0], payload, sizeof(payload)), 3000);
	close_fds((int[]){r.in[0], r.in[1], r.out[0], r.out[1], r.log}, 5);

	begin_test("a peer that does not read holds up a relay that is there for its sake, and nothing is lost");
	open_relay(&r);
	start_relay(&r);
	printed = print(r.slave, 1 << 20, 300);
	CHECK(printed < 1 << 20);
	CHECK(is_alive(executor));
	build_begin(&b);
	quit();
	close_relay(&r);
}

static void test_terminal_peer(void)
{
	begin_test("a terminal that is stopped holds nothing up for long, and its open file is left as it was");
	struct relay r;
	int user_master, user;
	open_relay(&r);
	REQUIRE(openpty(&user_master, &user, NULL, NULL, NULL) == 0);
	fcntl(user_master, F_SETFD, FD_CLOEXEC);
	start();
	build_begin(&b);
	b.fd_base = R_CONSOLE;
	OP(&b, OP_SET, R_ON_EXIT, 0, IMM(0));
	OP(&b, OP_RAW, NONE, 0, REG(R_PEER_OUT), REG(R_CONSOLE));
	add_main(0, false, "sleep 60");
	run_done((int[]){r.master, r.in[0], user, r.log}, 4);
	size_t printed = print(r.slave, 1 << 20, 15000);
	CHECK_INT(printed, 1 << 20);
	CHECK_INT(fcntl(user, F_GETFL) & O_NONBLOCK, 0);

	begin_test("a terminal that hangs up is let go, and the container lives on");
	close(user_master);
	REQUIRE(write(r.slave, "x", 1) == 1);
	usleep(100000);
	build_begin(&b);
	run_done(NULL, 0);
	CHECK_INT(DONE_REGISTER(R_PEER_OUT), -1);
	CHECK(DONE_REGISTER(R_MAIN_PID) > 0);
	close(user);
	quit();
	close_relay(&r);
}

static void start_container_relay(const struct relay *r, int on_exit, const char *script)
{
	start();
	build_begin(&b);
	b.fd_base = R_CONSOLE;
	OP(&b, OP_SET, R_ON_EXIT, 0, IMM(on_exit));
	OP(&b, OP_SET, 20, 0, REG(R_CONSOLE_LOG));
	SYS(&b, 20, SYS_dup, REG(8));
	OP(&b, OP_SET, 8, 0, IMM(-1));
	struct op *clone = clone_begin(&b, NONE, CLONE_OP_MAIN, IMM(0));
	SYS(&b, NONE, SYS_dup3, REG(20), IMM(1), IMM(0));
	OP(&b, OP_CLOSE_OTHERS, NONE, CLOSE_OTHERS_OP_ALL, IMM(0));
	add_shell(script);
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	add_close(20);
	run_done((int[]){r->master, r->in[0], r->out[1], r->log, r->slave}, 5);
}

static void test_container_console(void)
{
	struct relay r;
	struct stat node;
	begin_test("a peer that does not read never holds up a container, and the log has everything");
	open_relay(&r);
	start_container_relay(&r, 0, "sleep 60");
	size_t printed = print(r.slave, 1 << 20, 15000);
	CHECK_INT(printed, 1 << 20);
	for (int k = 0; k < 200 && fstat(r.log, &node) == 0 && node.st_size < 1 << 20; k++)
		usleep(10000);
	CHECK_INT(node.st_size, 1 << 20);

	begin_test("a peer that reads again gets what comes from then on");
	while (wait_until_readable(r.out[0], 100) && read(r.out[0], payload, sizeof(payload)) > 0)
		;
	usleep(50000);
	REQUIRE(write(r.slave, "again", 5) == 5);
	expect_text(r.out[0], "again");

	begin_test("a console that nobody has open costs nothing and works when it is opened again");
	char name[64];
	REQUIRE(ptsname_r(r.master, name, sizeof(name)) == 0);
	close(r.slave);
	usleep(100000);
	long before = cpu_ticks(executor);
	usleep(500000);
	CHECK(cpu_ticks(executor) - before <= 1);
	r.slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	REQUIRE(r.slave >= 0);
	REQUIRE(write(r.slave, "reopened", 8) == 8);
	expect_text(r.out[0], "reopened");
	quit();
	close_relay(&r);

	begin_test("what was printed last is passed on before the executor ends");
	open_relay(&r);
	start_container_relay(&r, 1, "i=0; while [ $i -lt 1000 ]; do echo 0123456789; i=$((i+1)); done; exit 3");
	close(r.slave);
	close(r.out[1]);
	size_t total = 0;
	ssize_t got;
	usleep(300000);
	while ((got = read(r.out[0], payload, sizeof(payload))) > 0)
		total += (size_t)got;
	CHECK_INT(total, 11000);
	expect_executor_ends(3);
	close_fds((int[]){r.master, r.in[0], r.in[1], r.out[0], r.log}, 5);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: executor_test PATH-OF-COFFER\n");
		return 2;
	}
	coffer = argv[1];
	signal(SIGPIPE, SIG_IGN);
	REQUIRE(mkdtemp(directory));
	printf("executor\n");
	test_values();
	test_failures();
	test_clone();
	test_child_descriptors();
	test_close_others();
	test_wrong_words();
	test_dead_registers();
	test_spawn();
	test_report();
	test_main_child();
	test_init();
	test_title();
	test_keeper();
	test_raw();
	test_relay();
	test_terminal_peer();
	test_container_console();
	printf("executor where clone3(2) and close_range(2) are hidden\n");
	hide_new_calls = true;
	test_clone();
	test_child_descriptors();
	test_close_others();
	remove_tree(directory);
	return finish_tests();
}
