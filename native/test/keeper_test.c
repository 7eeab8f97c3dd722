/* SPDX-License-Identifier: Apache-2.0 */
/* What an executor does between programs: keeping, waking, relaying. */
#include "fake_engine.h"
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>

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

	begin_test("a relay ends when there is nothing more to type");
	open_relay(&r);
	start_relay(&r);
	close(r.in[1]);
	expect_executor_ends(0);
	r.in[1] = dup(r.in[0]);
	close_relay(&r);

	begin_test("a full log goes to the older one and begins anew; the ring likewise, or into nothing");
	open_relay(&r);
	int older = memfd_create("older", MFD_CLOEXEC), ring = memfd_create("ring", MFD_CLOEXEC);
	start_relay(&r);
	build_begin(&b);
	OP(&b, OP_SET, R_LOG_OLDER, 0, REG(16));
	OP(&b, OP_SET, R_RING, 0, REG(17));
	OP(&b, OP_SET, R_LOG_MOST, 0, IMM(10));
	OP(&b, OP_SET, R_RING_MOST, 0, IMM(6));
	fcntl(r.log, F_SETFL, O_APPEND);
	fcntl(ring, F_SETFL, O_APPEND);
	run_done((int[]){older, ring}, 2);
	REQUIRE(write(r.slave, "12345678", 8) == 8);
	expect_text(r.out[0], "12345678");
	CHECK_INT(lseek(ring, 0, SEEK_END), 0);
	REQUIRE(write(r.slave, "9abcd", 5) == 5);
	expect_text(r.out[0], "9abcd");
	memset(payload, 0, 32);
	CHECK_INT(pread(older, payload, 20, 0), 13);
	CHECK_INT(memcmp(payload, "123456789abcd", 13), 0);
	CHECK_INT(pread(ring, payload, 20, 0), 5);
	REQUIRE(write(r.slave, "e", 1) == 1);
	expect_text(r.out[0], "e");
	CHECK_INT(pread(r.log, payload, 20, 0), 1);
	CHECK_INT(lseek(ring, 0, SEEK_END), 0);
	REQUIRE(write(r.slave, "fghijklmnopq", 12) == 12);
	expect_text(r.out[0], "fghijklmnopq");
	CHECK_INT(pread(older, payload, 20, 0), 13);
	CHECK_INT(memcmp(payload, "efghijklmnopq", 13), 0);
	quit();
	close_fds((int[]){older, ring}, 2);
	close_relay(&r);

	begin_test("a raw terminal is restored when who typed there is taken away");
	int user_master, user;
	open_relay(&r);
	REQUIRE(openpty(&user_master, &user, NULL, NULL, NULL) == 0);
	start();
	build_begin(&b);
	b.fd_base = R_CONSOLE;
	OP(&b, OP_RAW, NONE, 0, REG(R_PEER_IN), IMM(-1));
	run_done((int[]){r.master, user}, 2);
	CHECK(is_raw(user));
	build_begin(&b);
	add_close(R_PEER_IN);
	OP(&b, OP_SET, R_PEER_IN, 0, IMM(-1));
	run_done(NULL, 0);
	for (int k = 0; k < 100 && is_raw(user); k++)
		usleep(10000);
	CHECK(!is_raw(user));
	quit();
	close_fds((int[]){user_master, user}, 2);
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
	CHECK_INT(print(r.slave, 1, 15000), 1);
	for (int k = 0; k < 1000 && (k == 0 || DONE_REGISTER(R_PEER_OUT) != -1); k++, usleep(10000)) {
		build_begin(&b);
		run_done(NULL, 0);
	}
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

void keeper_tests(void)
{
	test_keeper();
	test_raw();
	test_relay();
	test_terminal_peer();
	test_container_console();
}
