/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the engine to a real client: client_test PATH-OF-COFFER. Also the engine that clients start. */
#include "harness.h"

#include <dirent.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>

static const char *coffer, *self;
static char directory[] = "/tmp/coffer-test-XXXXXX", run_directory[64], start_file[64];
static struct sockaddr_un address;
static int listening;

static pid_t client;
static int errors[2]; /* the client's standard error */
static int conversation;
static struct frame frame;
static char payload[1 << 16];

/* ---- the engine's part ---- */

static uint64_t view(void)
{
	static const char *const paths[] = {"/proc/self/ns/mnt", "/proc/self/ns/user", "/proc/self/ns/net",
					    "/proc/self/ns/pid", "/"};
	uint64_t hash = 0xcbf29ce484222325u;
	for (size_t k = 0; k < 5; k++) {
		struct stat node;
		REQUIRE(stat(paths[k], &node) == 0);
		uint64_t pair[2] = {node.st_dev, node.st_ino};
		for (size_t i = 0; i < sizeof(pair); i++)
			hash = (hash ^ ((unsigned char *)pair)[i]) * 0x100000001b3u;
	}
	return hash;
}

static void listen_here(void)
{
	listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(address.sun_path);
	REQUIRE(bind(listening, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(listening, 8) == 0);
}

static void stop_listening(void)
{
	unlink(address.sun_path);
	close(listening);
}

static void start_client(const char *const *words, const char *setting)
{
	REQUIRE(pipe2(errors, O_CLOEXEC) == 0);
	client = fork();
	REQUIRE(client >= 0);
	if (client == 0) {
		char run[96], start[96];
		snprintf(run, sizeof(run), "COFFER_RUN=%s", run_directory);
		snprintf(start, sizeof(start), "COFFER_ENGINE=%s", start_file);
		const char *environment[] = {run, start, "PATH=/mine", "HOME=/home", "SECRET=x", setting, NULL};
		dup2(errors[1], 2);
		umask(027);
		if (chdir("/tmp") < 0)
			_exit(126);
		execve(coffer, (char *const *)(uintptr_t)words, (char *const *)(uintptr_t)environment);
		_exit(126);
	}
	close(errors[1]);
}

static void accept_client(void)
{
	struct timeval patience = {.tv_sec = 20};
	conversation = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	REQUIRE(conversation >= 0);
	setsockopt(conversation, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

static unsigned receive(void)
{
	int got = frame_receive(conversation, &frame);
	if (got <= 0)
		return 0;
	REQUIRE(frame.length < sizeof(payload));
	REQUIRE(frame_read(conversation, payload, frame.length) == 0);
	payload[frame.length] = 0;
	return frame.kind;
}

static const struct request_header *request(void) { return (const struct request_header *)(const void *)payload; }

/* String n behind the header: 0 the directory, then arguments, then environment. */
static const char *request_string(uint32_t n)
{
	const char *at = payload + sizeof(struct request_header);
	while (n-- > 0)
		at += strlen(at) + 1;
	return at;
}

static bool request_has_variable(const char *entry)
{
	for (uint32_t k = 0; k < request()->envc; k++)
		if (strcmp(request_string(1 + request()->argc + k), entry) == 0)
			return true;
	return false;
}

static void meet(const char *const *words)
{
	start_client(words, NULL);
	accept_client();
	CHECK_INT(receive(), FRAME_REQUEST);
	close_fds(frame.fds, frame.fd_count);
}

static void send_exit(int32_t code)
{
	CHECK_INT(frame_send(conversation, FRAME_EXIT, &code, sizeof(code), NULL, 0), 0);
}

static void expect_client_ends(int code, const char *said)
{
	char text[1024] = {0};
	size_t length = 0;
	ssize_t got;
	int status = 0;
	CHECK_INT(waitpid(client, &status, 0), client);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), code);
	fcntl(errors[0], F_SETFL, O_NONBLOCK);
	while ((got = read(errors[0], text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)got;
	close(errors[0]);
	CHECK(strcmp(text, said) == 0);
	if (strcmp(text, said) != 0)
		printf("    said \"%s\" instead of \"%s\"\n", text, said);
}

static int launcher_memfd(void)
{
	struct stat node;
	int from = open(coffer, O_RDONLY | O_CLOEXEC), to = memfd_create("coffer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	REQUIRE(from >= 0 && to >= 0 && fstat(from, &node) == 0);
	for (off_t at = 0; at < node.st_size;)
		REQUIRE(sendfile(to, from, &at, (size_t)(node.st_size - at)) > 0);
	REQUIRE(fcntl(to, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0);
	close(from);
	return to;
}

/* Sends RUN and becomes the executor's engine; its channel is returned. */
static int send_run(uint32_t mode)
{
	struct timeval patience = {.tv_sec = 20};
	int pair[2], launcher = launcher_memfd();
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	CHECK_INT(frame_send(conversation, FRAME_RUN, &mode, sizeof(mode), (int[]){launcher, pair[1]}, 2), 0);
	close(launcher);
	close(pair[1]);
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return pair[0];
}

/* Runs a program of one system call in the executor and returns its registers. */
static const int64_t *run_call(int channel, struct builder *b)
{
	static int64_t registers[REGISTERS];
	struct frame answer;
	size_t length;
	void *bytes = build_end(b, &length);
	CHECK_INT(frame_send(channel, FRAME_PROGRAM, bytes, length, NULL, 0), 0);
	free(bytes);
	memset(registers, 0, sizeof(registers));
	CHECK_INT(frame_receive(channel, &answer), 1);
	CHECK_INT(answer.kind, FRAME_DONE);
	if (answer.length == sizeof(registers))
		frame_read(channel, registers, sizeof(registers));
	return registers;
}

static void send_quit(int channel, int32_t code)
{
	CHECK_INT(frame_send(channel, FRAME_QUIT, &code, sizeof(code), NULL, 0), 0);
}

static bool has_ended(int channel)
{
	char byte;
	return read(channel, &byte, 1) == 0;
}

/* ---- tests ---- */

static const char *const list[] = {"lxc-ls", "-1", "", NULL};

static void test_request(void)
{
	begin_test("a request has the directory, arguments, environment, streams and umask of the caller");
	start_client(list, "EMPTY=");
	accept_client();
	CHECK_INT(receive(), FRAME_REQUEST);
	CHECK_INT(request()->descriptors, 7);
	CHECK_INT(frame.fd_count, 3);
	CHECK_INT(request()->umask, 027);
	CHECK_INT(request()->argc, 3);
	CHECK_INT(request()->envc, 6);
	CHECK(strcmp(request_string(0), "/tmp") == 0);
	CHECK(strcmp(request_string(1), "lxc-ls") == 0);
	CHECK(strcmp(request_string(2), "-1") == 0);
	CHECK(strcmp(request_string(3), "") == 0);
	CHECK(request_has_variable("SECRET=x"));
	CHECK(request_has_variable("EMPTY="));
	REQUIRE(write(frame.fds[2], "printed\n", 8) == 8);
	close_fds(frame.fds, frame.fd_count);
	send_exit(42);
	expect_client_ends(42, "printed\n");
	close(conversation);

	begin_test("an engine that ends without a word is an error");
	meet(list);
	close(conversation);
	expect_client_ends(1, "coffer: the engine ended unexpectedly; running containers go on, try the command again\n");

	begin_test("what is not understood is an error");
	meet(list);
	CHECK_INT(frame_send(conversation, 99, NULL, 0, NULL, 0), 0);
	expect_client_ends(1, "coffer: the engine sent something that is not understood: Protocol error\n");
	close(conversation);

	begin_test("a large environment arrives whole");
	static char large[60000];
	memset(large, 'x', sizeof(large) - 1);
	memcpy(large, "LARGE=", 6);
	start_client(list, large);
	accept_client();
	CHECK_INT(receive(), FRAME_REQUEST);
	CHECK(request_has_variable(large));
	close_fds(frame.fds, frame.fd_count);
	send_exit(0);
	expect_client_ends(0, "");
	close(conversation);
}

static void test_closed_streams(void)
{
	begin_test("a stream that is closed is not passed, and nothing else takes its place");
	pid_t middle = fork();
	if (middle == 0) {
		close(0);
		start_client(list, NULL);
		accept_client();
		receive();
		struct stat first, out;
		CHECK_INT(request()->descriptors, 6);
		CHECK_INT(frame.fd_count, 2);
		CHECK(fstat(frame.fds[0], &first) == 0 && fstat(1, &out) == 0 && first.st_ino == out.st_ino);
		send_exit(0);
		expect_client_ends(0, "");
		fflush(stdout);
		_exit(checks_failed);
	}
	int status = 1;
	waitpid(middle, &status, 0);
	CHECK_INT(status, 0);
}

/* What an executor keeps from everybody but root. */
static void look_at(pid_t executor)
{
	if (geteuid() != 0) {
		skip_test("needs root");
		return;
	}
	char path[64], target[64] = {0}, environment[4096] = {0};
	snprintf(path, sizeof(path), "/proc/%d/fd", executor);
	size_t count = 0;
	DIR *open_files = opendir(path);
	while (open_files && readdir(open_files))
		count++;
	if (open_files)
		closedir(open_files);
	CHECK_INT(count, 2 + 5); /* streams, channel, signals */
	snprintf(path, sizeof(path), "/proc/%d/fd/2", executor);
	CHECK(readlink(path, target, sizeof(target) - 1) > 0 && strcmp(target, "/dev/null") == 0);

	begin_test("an executor has the plain environment and its role as title");
	snprintf(path, sizeof(path), "/proc/%d/environ", executor);
	int fd = open(path, O_RDONLY);
	ssize_t got = read(fd, environment, sizeof(environment) - 1);
	close(fd);
	for (ssize_t k = 0; k + 1 < got; k++)
		if (!environment[k])
			environment[k] = ' ';
	char expected[512];
	snprintf(expected, sizeof(expected),
		 "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 COFFER_RUN=%s "
		 "COFFER_ENGINE=%s HOME=/home",
		 run_directory, start_file);
	CHECK(strcmp(environment, expected) == 0);
	snprintf(path, sizeof(path), "/proc/%d/cmdline", executor);
	fd = open(path, O_RDONLY);
	memset(target, 0, sizeof(target));
	CHECK(read(fd, target, sizeof(target) - 1) > 0);
	close(fd);
	CHECK(strcmp(target, "[coffer]") == 0);
}

static void test_detached(void)
{
	static struct builder b;
	begin_test("a detached run is a session of its own, with its streams on /dev/null");
	meet(list);
	int channel = send_run(RUN_DETACHED);
	build_begin(&b);
	SYS(&b, 20, SYS_getsid, IMM(0));
	uint32_t room = blob_room(&b, 256);
	SYS(&b, 21, SYS_getcwd, BLOB(room), IMM(256));
	const int64_t *registers = run_call(channel, &b);
	CHECK_INT(registers[20], registers[R_SELF]);
	CHECK_INT(registers[21], 2);
	pid_t executor = (pid_t)registers[R_SELF];

	look_at(executor);
	send_exit(3);
	expect_client_ends(3, "");
	build_begin(&b);
	CHECK_INT(run_call(channel, &b)[R_SELF], executor);
	send_quit(channel, 0);
	CHECK(has_ended(channel));
	close(channel);
	close(conversation);
}

static void test_foreground(void)
{
	static struct builder b;
	begin_test("a foreground run stays in the caller's session and group, and its end is told");
	meet(list);
	int channel = send_run(RUN_FOREGROUND);
	build_begin(&b);
	SYS(&b, 20, SYS_getsid, IMM(0));
	SYS(&b, 21, SYS_getpgid, IMM(0));
	SYS(&b, 22, SYS_getppid, IMM(0));
	const int64_t *registers = run_call(channel, &b);
	CHECK_INT(registers[20], getsid(0));
	CHECK_INT(registers[21], getpgrp());
	CHECK_INT(registers[22], client);
	send_quit(channel, 7);
	CHECK_INT(receive(), FRAME_ENDED);
	CHECK_INT(*(int32_t *)(void *)payload, 7 << 8);
	close(channel);

	begin_test("another run may follow");
	channel = send_run(RUN_FOREGROUND);
	build_begin(&b);
	run_call(channel, &b);

	begin_test("the client passes on what it is sent");
	kill(client, SIGTERM);
	CHECK_INT(receive(), FRAME_ENDED);
	CHECK_INT(*(int32_t *)(void *)payload, (128 + SIGTERM) << 8);
	send_exit(143);
	expect_client_ends(143, "");
	close(channel);
	close(conversation);

	begin_test("an engine that dies does not end a foreground run");
	meet(list);
	channel = send_run(RUN_FOREGROUND);
	build_begin(&b);
	run_call(channel, &b);
	close(conversation);
	usleep(100000);
	CHECK_INT(waitpid(client, NULL, WNOHANG), 0);
	send_quit(channel, 9);
	expect_client_ends(9, "");
	close(channel);

	begin_test("two foreground runs at a time are refused");
	meet(list);
	channel = send_run(RUN_FOREGROUND);
	build_begin(&b);
	run_call(channel, &b);
	int second = send_run(RUN_FOREGROUND);
	expect_client_ends(1, "coffer: the engine sent something that is not understood: Protocol error\n");
	close(channel);
	close(second);
	close(conversation);
}

static void test_terminal_interrupt(void)
{
	static struct builder b;
	begin_test("an interrupt typed at the terminal does not kill the client while its child lives");
	int terminal;
	client = forkpty(&terminal, NULL, NULL, NULL);
	REQUIRE(client >= 0);
	if (client == 0) {
		char run[96];
		snprintf(run, sizeof(run), "COFFER_RUN=%s", run_directory);
		const char *environment[] = {run, NULL};
		execve(coffer, (char *const *)(uintptr_t)list, (char *const *)(uintptr_t)environment);
		_exit(126);
	}
	accept_client();
	CHECK_INT(receive(), FRAME_REQUEST);
	close_fds(frame.fds, frame.fd_count);
	int channel = send_run(RUN_FOREGROUND);
	build_begin(&b);
	const char *const words[] = {"sh", "-c", "trap 'exit 5' INT; while :; do sleep 0.02; done", NULL};
	const char *const environment[] = {"PATH=/bin:/usr/bin", NULL};
	OP(&b, OP_SET, R_ON_EXIT, 0, IMM(1));
	struct op *clone = clone_begin(&b, NONE, CLONE_OP_MAIN, IMM(0));
	SYS(&b, NONE, SYS_execve, BLOB(blob_string(&b, "/bin/sh")), BLOB(blob_vector(&b, words)),
	    BLOB(blob_vector(&b, environment)));
	clone_end(&b, clone);
	OP(&b, OP_AWAIT, NONE, AWAIT_OP_EXECUTED, IMM(0), IMM(0));
	run_call(channel, &b);
	usleep(100000);
	REQUIRE(write(terminal, "\003", 1) == 1);
	CHECK_INT(receive(), FRAME_ENDED);
	CHECK_INT(*(int32_t *)(void *)payload, 5 << 8);
	send_exit(5);
	int status = 0;
	waitpid(client, &status, 0);
	CHECK_INT(status, 5 << 8);
	close(terminal);
	close(channel);
	close(conversation);
}

static void test_retry(void)
{
	begin_test("an engine that is leaving has the command sent again");
	meet(list);
	stop_listening();
	CHECK_INT(frame_send(conversation, FRAME_RETRY, NULL, 0, NULL, 0), 0);
	close(conversation);
	expect_client_ends(42, ""); /* by an engine that it started */
	usleep(100000);
	unlink(address.sun_path);
	listen_here();
}

static void write_start_file(const char *mode)
{
	FILE *file = fopen(start_file, "w");
	REQUIRE(file);
	fprintf(file, "%s\n--engine\n%s\n@ROOT@/x@ROOT@\n", self, mode);
	fclose(file);
}

static void test_start(void)
{
	char log[256];
	begin_test("clients without an engine start one between them");
	stop_listening();
	write_start_file("one");
	pid_t clients[4];
	for (size_t k = 0; k < 4; k++) {
		start_client(list, NULL);
		close(errors[0]);
		clients[k] = client;
	}
	int engines = 0;
	for (size_t k = 0; k < 4; k++) {
		int status = 0;
		waitpid(clients[k], &status, 0);
		/* The engine ends with its fourth client and counts them. */
		CHECK(WIFEXITED(status));
		engines += WEXITSTATUS(status);
	}
	CHECK_INT(engines, 42 + 43 + 44 + 45);

	begin_test("an engine that does not start is told with its last words");
	unlink(address.sun_path);
	write_start_file("fail");
	start_client(list, NULL);
	expect_client_ends(1, "coffer: the engine did not start: no room on this machine\n");

	begin_test("an engine that cannot be executed is told by path");
	FILE *file = fopen(start_file, "w");
	fprintf(file, "/no such engine\n");
	fclose(file);
	start_client(list, NULL);
	snprintf(log, sizeof(log),
		 "coffer: the engine did not start: coffer: cannot execute the engine: /no such engine: No such "
		 "file or directory\n");
	expect_client_ends(1, log);

	begin_test("a start file that is missing is told by path");
	unlink(start_file);
	start_client(list, NULL);
	snprintf(log, sizeof(log),
		 "coffer: no engine is running, and the file that says how to start one cannot be read: %s: No such "
		 "file or directory\n",
		 start_file);
	expect_client_ends(1, log);

	begin_test("a private engine serves one command over a descriptor");
	write_start_file("private");
	const char *const private_list[] = {"coffer", "--in-process", "ls", NULL};
	start_client(private_list, NULL);
	expect_client_ends(2, "");

	begin_test("a directory that others can enter is refused");
	chmod(run_directory, 0755);
	start_client(list, NULL);
	snprintf(log, sizeof(log), "coffer: not a directory that only you can enter (owner, mode 0700): %s\n",
		 run_directory);
	expect_client_ends(1, log);
	chmod(run_directory, 0700);
}

/* ---- being started ---- */

/* How a started engine must find itself; a wrong state is told in the log, which the client then shows. */
static void check_birth(int argc, char **argv)
{
	char cwd[PATH_MAX], expected[2 * PATH_MAX];
	struct stat node, null;
	REQUIRE(argc == 6);
	REQUIRE(getsid(0) == getpid());
	REQUIRE(getcwd(cwd, sizeof(cwd)) && strcmp(cwd, "/") == 0);
	REQUIRE(stat("/dev/null", &null) == 0 && fstat(0, &node) == 0 && node.st_rdev == null.st_rdev);
	REQUIRE(fstat(1, &node) == 0 && node.st_rdev == null.st_rdev);
	REQUIRE(!getenv("SECRET") && strcmp(getenv("HOME"), "/home") == 0);
	/* @ROOT@/x@ROOT@ */
	int length = (int)(strlen(argv[3]) - 2) / 2;
	snprintf(expected, sizeof(expected), "%.*s/x%.*s", length, argv[3], length, argv[3]);
	REQUIRE(argv[3][0] == '/' && strcmp(argv[3], expected) == 0);
	for (int fd = strcmp(argv[2], "private") == 0 ? 4 : 3; fd < 100; fd++)
		REQUIRE(fcntl(fd, F_GETFD) < 0);
}

static int be_engine(int argc, char **argv)
{
	if (strcmp(argv[2], "fail") == 0) {
		fprintf(stderr, "starting\nno room on this machine\n\n");
		return 1;
	}
	check_birth(argc, argv);
	if (strcmp(argv[2], "private") == 0) {
		REQUIRE(strcmp(argv[4], "--serve-fd") == 0 && strcmp(argv[5], "3") == 0);
		conversation = 3;
		receive();
		send_exit((int32_t)request()->argc);
		return 0;
	}
	REQUIRE(strcmp(argv[4], "--socket") == 0);
	address.sun_family = AF_UNIX;
	strncpy(address.sun_path, argv[5], sizeof(address.sun_path) - 1);
	usleep(200000); /* long enough for all to come */
	listen_here();
	alarm(20);
	for (int32_t code = 42; code < 46; code++) {
		accept_client();
		receive();
		send_exit(code);
		close(conversation);
	}
	return 0;
}

int main(int argc, char **argv)
{
	char real[PATH_MAX];
	if (argc > 2 && strcmp(argv[1], "--engine") == 0)
		return be_engine(argc, argv);
	if (argc != 2) {
		fprintf(stderr, "usage: client_test PATH-OF-COFFER\n");
		return 2;
	}
	coffer = realpath(argv[1], NULL);
	self = realpath("/proc/self/exe", real);
	signal(SIGPIPE, SIG_IGN);
	REQUIRE(coffer && self && mkdtemp(directory));
	snprintf(run_directory, sizeof(run_directory), "%s/run", directory);
	snprintf(start_file, sizeof(start_file), "%s/start", directory);
	REQUIRE(mkdir(run_directory, 0700) == 0);
	address.sun_family = AF_UNIX;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/engine-%016llx.sock", run_directory,
		 (unsigned long long)view());
	write_start_file("one");
	listen_here();
	printf("client\n");
	test_request();
	test_closed_streams();
	test_detached();
	test_foreground();
	test_terminal_interrupt();
	test_retry();
	test_start();
	remove_tree(directory);
	return finish_tests();
}
