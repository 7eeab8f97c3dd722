/* SPDX-License-Identifier: Apache-2.0 */
/* One program, two entries: a tool's name makes it the client, `[coffer]` the executor. */
#include "client.h"
#include "machine.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#define CHANNEL_FD 3

static struct machine machine;

static struct {
	char *start;
	size_t room;
} title;

/*
 * ps(1) reads the memory in which the kernel has put argv, as far as it lies in one piece; the client
 * passes a second argument of blanks to make room.
 */
static void title_find(int argc, char **argv)
{
	char *end = argv[0] + strlen(argv[0]) + 1;
	for (int i = 1; i < argc && argv[i] == end; i++)
		end += strlen(argv[i]) + 1;
	title.start = argv[0];
	title.room = (size_t)(end - argv[0]);
}

void title_set(const char *text)
{
	if (title.room == 0)
		return;
	size_t length = strnlen(text, title.room - 1);
	memcpy(title.start, text, length);
	memset(title.start + length, 0, title.room - length);
}

/*
 * Signals are taken from a signalfd(2). Not blocked are those the kernel raises for faults, and those that
 * stop: job control works as for any other program.
 */
static int block_signals(void)
{
	static const uint8_t unblocked[] = {SIGSEGV, SIGBUS,  SIGILL,  SIGFPE,	SIGTRAP, SIGSYS,
					    SIGABRT, SIGTSTP, SIGTTIN, SIGTTOU, SIGXCPU, SIGXFSZ};
	sigset_t set;
	sigfillset(&set);
	for (size_t k = 0; k < sizeof(unblocked); k++)
		sigdelset(&set, unblocked[k]);
	sigprocmask(SIG_SETMASK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

noreturn void executor_main(int argc, char **argv)
{
	struct machine *m = &machine;
	/* Nobody may look into us, or at our descriptors, from a container that we enter (CVE-2016-9962). */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || fcntl(CHANNEL_FD, F_SETFD, FD_CLOEXEC) < 0)
		die("the channel is not on descriptor 3", NULL, errno);
	/* Executed from a descriptor, the name would be its number. */
	prctl(PR_SET_NAME, "coffer", 0, 0, 0);
	title_find(argc, argv);
	title_set("[coffer]");
	default_signals();
	signal(SIGPIPE, SIG_IGN);
	m->signals = block_signals();
	if (m->signals <= CHANNEL_FD)
		die("the standard streams are not open", NULL, 0);
	for (size_t k = 0; k < REGISTERS; k++)
		m->reg[k] = -1;
	m->reg[R_CHANNEL] = CHANNEL_FD;
	m->reg[R_SELF] = getpid();
	m->up = -1;
	m->null = -1;
	m->user = geteuid();
	watch(m);
}

int main(int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[0], "[coffer]") == 0)
		executor_main(argc, argv);
	client_main(argc, argv);
}
