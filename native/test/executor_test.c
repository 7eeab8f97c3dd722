/* SPDX-License-Identifier: Apache-2.0 */
/* What programs do in a real executor: executor_test PATH-OF-COFFER */
#include "fake_engine.h"
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/un.h>

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
	keeper_tests();
	printf("executor where clone3(2) and close_range(2) are hidden\n");
	hide_new_calls = true;
	test_clone();
	test_child_descriptors();
	test_close_others();
	remove_tree(directory);
	return finish_tests();
}
