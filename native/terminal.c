/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's terminal in raw mode, and the way back. */
#include "machine.h"

#include <sys/ioctl.h>
#include <termios.h>

static struct {
	int raw; /* a descriptor of our own, for the program may close the one it gave; 0: none */
	int size_to;
	struct termios cooked;
} terminal;

static void set_raw(void)
{
	struct termios mode = terminal.cooked;
	cfmakeraw(&mode);
	tcsetattr(terminal.raw, TCSANOW, &mode);
}

int terminal_raw(int fd, int size_to)
{
	struct termios now;
	if (tcgetattr(fd, &now) < 0)
		return -errno;
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (own < 0)
		return -errno;
	terminal_restore();
	terminal.cooked = now;
	terminal.raw = own;
	terminal.size_to = size_to;
	set_raw();
	terminal_resized();
	return 0;
}

int terminal_fd(void) { return terminal.raw > 0 ? terminal.raw : -1; }

void terminal_resized(void)
{
	struct winsize size;
	if (terminal.raw && terminal.size_to >= 0 && ioctl(terminal.raw, TIOCGWINSZ, &size) == 0)
		ioctl(terminal.size_to, TIOCSWINSZ, &size);
}

/* While we were stopped a shell had the terminal and left its own mode. */
void terminal_continued(void)
{
	if (terminal.raw) {
		set_raw();
		terminal_resized();
	}
}

void terminal_restore(void)
{
	sigset_t stops;
	if (!terminal.raw)
		return;
	/* From the background this would stop us, on our way out. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGTTOU);
	sigprocmask(SIG_BLOCK, &stops, NULL);
	tcsetattr(terminal.raw, TCSANOW, &terminal.cooked);
	sigprocmask(SIG_UNBLOCK, &stops, NULL);
	close(terminal.raw);
	terminal.raw = 0;
}
