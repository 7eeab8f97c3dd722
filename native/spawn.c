/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that are started from a path: hooks, and the command that wakes an engine. */
#include "machine.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

extern char **environ;

/*
 * After vfork(2) the child shares our memory but has its own descriptors, directory and signal
 * dispositions; it writes nothing but *error, and the parent sleeps until it has executed or ended. Where
 * libc's vfork(2) is fork(2), as musl's on aarch64, a failure to execute shows as status 127 instead.
 */
static noreturn void exec_child(const struct spawn *spawn, volatile int *error)
{
	if (spawn->session)
		setsid();
	bool ready = (spawn->out < 0 || (dup2(spawn->out, 1) == 1 && dup2(spawn->out, 2) == 2)) &&
		     (spawn->in < 0 || dup2(spawn->in, 0) == 0) && chdir(spawn->cwd) == 0;
	if (ready) {
		/* A program may have forgotten O_CLOEXEC; a hook never gets more than its streams. */
		close_on_exec_from(3);
		unmask_signals();
		execve(spawn->path, spawn->argv, spawn->envp);
	}
	*error = errno;
	_exit(127);
}

__attribute__((noinline)) pid_t spawn_process(const struct spawn *spawn)
{
	volatile int error = 0;
	pid_t pid = vfork();
	if (pid == 0)
		exec_child(spawn, &error);
	if (pid < 0)
		return -errno;
	if (error == 0)
		return pid;
	int status;
	wait_for(pid, &status);
	return -error;
}

int open_null(void)
{
	struct stat node;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &node) == 0 && S_ISCHR(node.st_mode) && node.st_rdev == makedev(1, 3))
		return fd;
	close(fd);
	return -ENODEV;
}

/* Copies one word of the vector out of the blob; returns where the next one goes, or NULL. */
static char *copy_word(const struct machine *m, char *to, const char *word)
{
	uintptr_t blob = (uintptr_t)m->program.blob, at = (uintptr_t)word;
	if (at < blob || at >= blob + m->program.blob_length)
		return NULL;
	size_t room = (size_t)(m->wake.text + WAKE_BYTES - to);
	size_t most = (size_t)(blob + m->program.blob_length - at);
	size_t length = strnlen(word, most);
	if (length == most || length >= room)
		return NULL;
	memcpy(to, word, length + 1);
	return to + length + 1;
}

int wake_remember(struct machine *m, char *const *argv)
{
	const char *blob_end = m->program.blob + m->program.blob_length;
	struct wake *wake = &m->wake;
	char *to = wake->text;
	size_t count = 0;
	memset(wake->argv, 0, sizeof(wake->argv));
	for (;; count++) {
		if ((const char *)(argv + count + 1) > blob_end)
			break;
		if (!argv[count])
			return count > 0 ? 0 : -EINVAL;
		char *next = count < WAKE_WORDS ? copy_word(m, to, argv[count]) : NULL;
		if (!next)
			break;
		wake->argv[count] = to;
		to = next;
	}
	wake->argv[0] = NULL;
	return -E2BIG;
}

void wake_engine(struct machine *m)
{
	int null = open_null();
	if (null < 0)
		return; /* tried again at the next turn */
	struct spawn spawn = {
		.path = m->wake.argv[0],
		.argv = m->wake.argv,
		.envp = environ,
		.cwd = "/",
		.in = null,
		.out = null,
		.session = true,
	};
	pid_t pid = spawn_process(&spawn);
	close(null);
	m->wake.pid = pid > 0 ? pid : 0;
}
