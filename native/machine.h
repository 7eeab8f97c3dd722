/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The executor's state and its parts: the interpreter (execute.h), processes it starts (spawn.c), what
 * happens between programs (watch.c), the terminal (terminal.c) and its relay (console.c), pid 1 (init.c).
 */
#ifndef COFFER_MACHINE_H
#define COFFER_MACHINE_H

#include "frame.h"
#include "program.h"
#include "sys.h"

#include <poll.h>

struct failure {
	uint32_t op;
	int32_t error;  /* errno; 0: the status of a child says it */
	int32_t status; /* wait status */
	bool child;     /* it happened on the other side of a CLONE */
	int log;        /* the child's HOOK_LOG, passed over SYNC; -1: none */
};

#define WAKE_WORDS 16
#define WAKE_BYTES 1024

struct wake {
	char *argv[WAKE_WORDS + 1];
	char text[WAKE_BYTES];
	pid_t pid;        /* running, or 0 */
	int64_t next_ms;  /* not before */
	int64_t pause_ms; /* grows while nobody comes */
};

struct machine {
	int64_t reg[REGISTERS];
	struct program program;
	void *map; /* holds the program while it runs */
	size_t map_size;
	struct failure failure;
	int signals;      /* signalfd(2); -1 in a cloned child */
	int up;           /* a cloned child's SYNC to its parent; -1 in the executor itself */
	int null;         /* /dev/null of the host while a program with SPAWN runs, else -1 */
	uid_t user;       /* whom the executor serves */
	bool kept;        /* the main child is older than the running program: its failure is not the child's end */
	bool running;     /* a program */
	bool engine_gone; /* noticed while a program was running */
	bool told;        /* the engine on CHANNEL knows that the main child ended */
	bool command_waits;
	pid_t clone_pid;  /* the child of the last CLONE */
	pid_t ended_pid;  /* the main child whose status is PENDING */
	struct wake wake;
};

static inline int fd_of(const struct machine *m, enum register_name name)
{
	int64_t value = m->reg[name];
	return value >= 0 && value <= INT32_MAX ? (int)value : -1;
}

static inline bool has_main(const struct machine *m) { return m->reg[R_MAIN_PID] > 0; }

/* main.c: the executor's entry, and its process title. */
noreturn void executor_main(int argc, char **argv);
void title_set(const char *title);

/* execute.c: runs the loaded program; 0, or -1 with m->failure. Children it clones do not return. */
int execute_program(struct machine *m);
void kill_main(struct machine *m);
void munmap_program(struct machine *m);

/* spawn.c */
struct spawn {
	const char *path;
	char *const *argv;
	char *const *envp;
	const char *cwd;
	int in, out; /* for streams 0, and 1 and 2; negative: left as they are */
	bool session;
};
/* Starts a process and returns its pid, or what execve(2) or a step before it said. */
pid_t spawn_process(const struct spawn *spawn);
int open_null(void);
int wake_remember(struct machine *m, char *const *argv);
void wake_engine(struct machine *m);

/* watch.c: between programs. leave() restores the terminal first. */
noreturn void watch(struct machine *m);
noreturn void leave(int code);
/* Takes one signal that is pending; false if there is none. A signal that should end a program is returned. */
bool take_signal(struct machine *m, int *ending);

/* init.c: pid 1 of a container's pid namespace until `child` has ended. */
noreturn void init_main(pid_t child);

/* terminal.c: raw mode, undone by leave(). */
int terminal_raw(int fd, int size_to);
int terminal_fd(void);
void terminal_resized(void);
void terminal_continued(void);
void terminal_restore(void);

/* console.c: the relay. */
enum console_slot { CONSOLE_MASTER, CONSOLE_IN, CONSOLE_OUT, CONSOLE_SLOTS };
/* What to poll for now; returns the milliseconds until it must be asked again, -1: never. */
int console_prepare(struct machine *m, struct pollfd slots[CONSOLE_SLOTS]);
void console_serve(struct machine *m, const struct pollfd slots[CONSOLE_SLOTS]);
/* A program ran: registers may name other files by the same numbers. */
void console_changed(void);
/* Passes on what an ended main child has printed; whether all of it was taken. */
bool console_drained(struct machine *m);
void console_main_ended(void);
/* Descriptors that are in no register. */
int console_fds(int fds[2]);
void console_forget_peer(void);

#endif
