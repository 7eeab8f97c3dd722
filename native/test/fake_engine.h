/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's part, played to a real executor. */
#ifndef FAKE_ENGINE_H
#define FAKE_ENGINE_H

#include "harness.h"

#include <sys/un.h>

extern const char *coffer;
extern struct builder b;
extern pid_t executor;
extern int channel;
extern char directory[24];
extern char payload[1 << 16];
extern struct frame frame;
extern bool hide_new_calls;

#define DONE_REGISTER(n) (((int64_t *)(void *)payload)[n])
#define REPORTED ((struct report_payload *)(void *)payload)
#define FAILURE ((struct failed_payload *)(void *)payload)
#define ENDED ((struct exited_payload *)(void *)payload)

void start(void);
void send_program(const int *fds, size_t count);
unsigned receive(void);
void run_done(const int *fds, size_t count);
void run_failed(uint32_t op, int error, int status, unsigned child);
void expect_executor_ends(int code);
void quit(void);
bool is_alive(pid_t pid);
bool wait_until_readable(int fd, int milliseconds);
void expect_text(int fd, const char *text);
int listen_at(const char *name, struct sockaddr_un *address);
int connect_to(const struct sockaddr_un *address);
void add_exec(const char *path, const char *const *words);
void add_shell(const char *script);
void add_main(uint64_t namespaces, bool with_init, const char *script);
void add_close(unsigned r);
long cpu_ticks(pid_t pid);

/* The tests of what an executor does between programs, in keeper_test.c. */
void keeper_tests(void);

#endif
