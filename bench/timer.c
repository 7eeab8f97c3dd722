/*
 * Times commands side by side: reads a script and runs it round by round, so that what is compared alternates.
 *
 *   timer ROUNDS LOG < SCRIPT     prints one line per timed command: LABEL <tab> nanoseconds <tab> wait status
 *
 * A line of the script is a list of words with tabs between them:
 *   time LABEL ARGV...            runs the command and times it, from before it is spawned until it is reaped
 *   burst LABEL COUNT ARGV...     the same for COUNT of them at once; a % in a word becomes the number of each
 *   time-in LABEL FILE ARGV...    as time, in the mount namespace of FILE (/proc/PID/ns/mnt)
 *   do ARGV...                    runs it, not timed
 *   do-burst COUNT ARGV...        the same for COUNT of them at once
 *   write FILE TEXT               writes into an existing file
 *   pause MS
 *   (empty)                       ends a group: the groups of a round come in random order
 * Standard input is /dev/null, the output goes to LOG.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 64, LINES = 512, AT_ONCE = 512 };

struct line {
	char *word[WORDS + 1];
	int words, group;
};

static struct line lines[LINES];
static int line_count, group_count, order[LINES];
static posix_spawn_file_actions_t streams;
extern char **environ;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "timer: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static pid_t spawn(char **argv)
{
	pid_t pid;
	errno = posix_spawnp(&pid, argv[0], &streams, NULL, argv, environ);
	if (errno)
		die(argv[0]);
	return pid;
}

/* The first argument vector with every word that has a % in it replaced. */
static char **numbered(char **argv, int number)
{
	static char *copy[WORDS + 1];
	static char text[WORDS][256];
	int i;
	for (i = 0; argv[i]; i++) {
		char *percent = strchr(argv[i], '%');
		copy[i] = argv[i];
		if (percent) {
			snprintf(text[i], sizeof text[i], "%.*s%d%s", (int)(percent - argv[i]), argv[i], number, percent + 1);
			copy[i] = text[i];
		}
	}
	copy[i] = NULL;
	return copy;
}

/* Runs count of them; the worst wait status. */
static int run(char **argv, int count)
{
	pid_t pid[AT_ONCE];
	int status, worst = 0;
	for (int i = 0; i < count; i++)
		pid[i] = spawn(numbered(argv, i));
	for (int i = 0; i < count; i++) {
		if (waitpid(pid[i], &status, 0) < 0)
			die("waitpid");
		if (status)
			worst = status;
	}
	return worst;
}

static int number(const char *word)
{
	int n = atoi(word);
	if (n < 1 || n > AT_ONCE) {
		errno = EINVAL;
		die(word);
	}
	return n;
}

static void timed(const char *label, char **argv, int count)
{
	long long start = now();
	int status = run(argv, count);
	printf("%s\t%lld\t%d\n", label, now() - start, status);
	fflush(stdout);
}

/* posix_spawn cannot enter a namespace; otherwise this is what it does. */
static void timed_in(const char *label, const char *namespace, const char *log, char **argv)
{
	int status, in = open(namespace, O_RDONLY | O_CLOEXEC);
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (in < 0 || null < 0 || out < 0)
		die(namespace);
	long long start = now();
	pid_t pid = vfork();
	if (pid < 0)
		die("vfork");
	if (!pid) {
		if (!setns(in, CLONE_NEWNS) && dup2(null, 0) == 0 && dup2(out, 1) == 1 && dup2(out, 2) == 2)
			execve(argv[0], argv, environ);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	printf("%s\t%lld\t%d\n", label, now() - start, status);
	fflush(stdout);
	close(in);
	close(null);
	close(out);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

static void carry_out(struct line *l, const char *log)
{
	const char *verb = l->word[0];
	if (!strcmp(verb, "time") && l->words > 2)
		timed(l->word[1], l->word + 2, 1);
	else if (!strcmp(verb, "time-in") && l->words > 3)
		timed_in(l->word[1], l->word[2], log, l->word + 3);
	else if (!strcmp(verb, "burst") && l->words > 3)
		timed(l->word[1], l->word + 3, number(l->word[2]));
	else if (!strcmp(verb, "do") && l->words > 1)
		run(l->word + 1, 1);
	else if (!strcmp(verb, "do-burst") && l->words > 2)
		run(l->word + 2, number(l->word[1]));
	else if (!strcmp(verb, "write") && l->words == 3)
		write_file(l->word[1], l->word[2]);
	else if (!strcmp(verb, "pause") && l->words == 2)
		usleep((useconds_t)atoi(l->word[1]) * 1000);
	else {
		errno = EINVAL;
		die(verb);
	}
}

static void shuffle(void)
{
	for (int g = 0; g < group_count; g++) {
		int other = rand() % (g + 1);
		order[g] = order[other];
		order[other] = g;
	}
}

static void read_script(void)
{
	char *text = NULL, *word, *rest;
	size_t room = 0;
	ssize_t length;
	while ((length = getline(&text, &room, stdin)) > 0) {
		if (text[length - 1] == '\n')
			text[--length] = 0;
		if (!length) {
			group_count++;
			continue;
		}
		if (line_count == LINES) {
			errno = E2BIG;
			die("script");
		}
		struct line *l = &lines[line_count++];
		l->group = group_count;
		for (word = strtok_r(strdup(text), "\t", &rest); word && l->words < WORDS; word = strtok_r(NULL, "\t", &rest))
			l->word[l->words++] = word;
	}
	group_count++;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: timer ROUNDS LOG < SCRIPT\n");
		return 2;
	}
	read_script();
	posix_spawn_file_actions_init(&streams);
	posix_spawn_file_actions_addopen(&streams, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&streams, 1, argv[2], O_WRONLY | O_CREAT | O_APPEND, 0644);
	posix_spawn_file_actions_adddup2(&streams, 1, 2);
	for (int round = 0; round < atoi(argv[1]); round++) {
		shuffle();
		for (int g = 0; g < group_count; g++)
			for (int i = 0; i < line_count; i++)
				if (lines[i].group == order[g])
					carry_out(&lines[i], argv[2]);
	}
	return 0;
}
