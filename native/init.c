/* SPDX-License-Identifier: Apache-2.0 */
/* Pid 1 of an application container: reaps orphans, forwards signals, ends with its child. */
#include "machine.h"

#include <signal.h>
#include <sys/wait.h>

/* Reaps whatever has ended; ends with the child. */
static void reap_orphans(pid_t child)
{
	int status;
	pid_t ended;
	while ((ended = waitpid(-1, &status, WNOHANG)) > 0)
		if (ended == child)
			/* Pid 1 cannot kill itself by a signal (pid_namespaces(7)), so the code has to tell. */
			_exit(exit_code_of(status));
	if (ended < 0 && errno == ECHILD)
		_exit(1);
}

noreturn void init_main(pid_t child)
{
	sigset_t all;
	title_set("[coffer init]");
	/* SYNC too: the executor sees the end of file when the child has executed. */
	close_span(3, ~0u);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (;;) {
		siginfo_t info;
		reap_orphans(child);
		int number = sigwaitinfo(&all, &info);
		/* What a terminal sends goes to the child's process group by itself. */
		if (number > 0 && number != SIGCHLD && info.si_code != SI_KERNEL)
			kill(child, number);
	}
}
