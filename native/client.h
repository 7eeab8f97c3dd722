/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COFFER_CLIENT_H
#define COFFER_CLIENT_H

#include "sys.h"

#include <sys/un.h>

/* client.c: one command, from the request to the engine's exit code. */
noreturn void client_main(int argc, char **argv);

/* engine.c: where the caller's engine listens, and how one is started. */
struct engine_place {
	struct sockaddr_un address;
	char lock[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char log[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/* Finds the place and makes sure of its directory; ends the process if it is not safe. */
void engine_find(struct engine_place *place);

/* Connects the socket; 0 or what connect(2) said. */
int engine_connect(const struct engine_place *place, int sock);

/* Connects to the engine, which is started if there is none. Ends the process with a message on failure. */
int engine_open(const struct engine_place *place);

/* A private engine for this one command, on the other end of the returned socket. */
int engine_open_private(void);

/* The environment of everything that is started here: nothing of the caller's but what is listed. */
#define PLAIN_ENVIRONMENT 64
void plain_environment(const char *environment[PLAIN_ENVIRONMENT]);

#endif
