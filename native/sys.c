/* SPDX-License-Identifier: Apache-2.0 */
#include "sys.h"

#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* Kernels since 5.9 have close_range(2), but a seccomp filter around us may hide it. */
static void close_one_by_one(unsigned first, unsigned last, bool on_exec_only)
{
	for (unsigned fd = first; fd <= last && fd < 65536; fd++)
		if (on_exec_only)
			fcntl((int)fd, F_SETFD, FD_CLOEXEC);
		else
			close((int)fd);
}

void close_span(unsigned first, unsigned last)
{
	if (first <= last && syscall(SYS_close_range, first, last, 0) < 0)
		close_one_by_one(first, last, false);
}

void close_on_exec_from(unsigned first)
{
	if (syscall(SYS_close_range, first, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		close_one_by_one(first, ~0u, true);
}

int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void default_signals(void)
{
	/* The standard ones: nobody starts programs with real-time signals ignored. */
	for (int number = 1; number < 32; number++)
		signal(number, SIG_DFL);
}

void unmask_signals(void)
{
	sigset_t none;
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int exit_code_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int wait_for(pid_t pid, int *status)
{
	pid_t ended;
	do
		ended = waitpid(pid, status, 0);
	while (ended < 0 && errno == EINTR);
	return checked(ended);
}

void complain(const char *what, const char *subject, int error)
{
	const char *parts[] = {"coffer: ", what, subject ? ": " : "", subject ? subject : "",
			       error ? ": " : "", error ? strerror(error) : "", "\n"};
	struct iovec text[sizeof(parts) / sizeof(parts[0])];
	int count = 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (*parts[i])
			text[count++] = (struct iovec){(void *)(uintptr_t)parts[i], strlen(parts[i])};
	/* Nobody is left to be told when standard error is closed. */
	ssize_t ignored = writev(STDERR_FILENO, text, count);
	(void)ignored;
}

noreturn void die(const char *what, const char *subject, int error)
{
	complain(what, subject, error);
	_exit(1);
}
