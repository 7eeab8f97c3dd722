/* SPDX-License-Identifier: Apache-2.0 */
/* Where the caller's engine listens, and how one is started where none does. */
#include "client.h"

#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define START_MOST_MS 20000
#define START_STEP_MS 2
#define START_WORDS 256
#define START_BYTES 65536

extern char **environ;

/* ---- text ---- */

struct text {
	char *at, *end; /* end: the last byte, for the NUL */
	bool full;
};

static void add(struct text *text, const char *part)
{
	size_t length = strlen(part);
	if (length > (size_t)(text->end - text->at)) {
		text->full = true;
		return;
	}
	memcpy(text->at, part, length + 1);
	text->at += length;
}

static void add_number(struct text *text, uint64_t number, unsigned base, int digits)
{
	char word[24], *at = word + sizeof(word);
	*--at = 0;
	do {
		*--at = "0123456789abcdef"[number % base];
		number /= base;
		digits--;
	} while (number > 0 || digits > 0);
	add(text, at);
}

static struct text text_in(char *room, size_t size)
{
	*room = 0;
	return (struct text){room, room + size - 1, false};
}

static const char *variable(const char *name)
{
	size_t length = strlen(name);
	for (char **entry = environ; *entry; entry++)
		if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=' && (*entry)[length + 1])
			return *entry + length + 1;
	return NULL;
}

/* ---- the place ---- */

static uint64_t fnv1a(uint64_t hash, uint64_t number)
{
	for (int k = 0; k < 64; k += 8) {
		hash ^= number >> k & 0xff;
		hash *= UINT64_C(0x100000001b3);
	}
	return hash;
}

/* One number for how the caller sees the world: engines serve only callers who see it alike. */
static uint64_t view_of_caller(void)
{
	static const char *const paths[] = {"/proc/self/ns/mnt", "/proc/self/ns/user", "/proc/self/ns/net",
					    "/proc/self/ns/pid", "/"};
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t k = 0; k < sizeof(paths) / sizeof(paths[0]); k++) {
		struct stat node;
		if (stat(paths[k], &node) < 0)
			die("cannot look at", paths[k], errno);
		hash = fnv1a(fnv1a(hash, node.st_dev), node.st_ino);
	}
	return hash;
}

static void find_directory(struct text *path, uid_t user)
{
	const char *run = variable("COFFER_RUN"), *session = variable("XDG_RUNTIME_DIR");
	if (run) {
		if (*run != '/')
			die("COFFER_RUN is not an absolute path", run, 0);
		add(path, run);
	} else if (user == 0) {
		add(path, "/run/coffer");
	} else if (session && *session == '/') {
		add(path, session);
		add(path, "/coffer");
	} else {
		add(path, "/tmp/coffer-");
		add_number(path, user, 10, 1);
	}
}

/* In a directory like /tmp anybody could have made it first, so a link or another owner is not followed. */
static void check_directory(const char *path, uid_t user)
{
	struct stat node;
	int error = lstat(path, &node) < 0 ? errno : 0;
	if (error == ENOENT) {
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			die("cannot create", path, errno);
		error = lstat(path, &node) < 0 ? errno : 0;
	}
	if (error)
		die("cannot look at", path, error);
	if (!S_ISDIR(node.st_mode) || node.st_uid != user || node.st_mode & 077)
		die("not a directory that only you can enter (owner, mode 0700)", path, 0);
}

void engine_find(struct engine_place *place)
{
	uid_t user = (uid_t)getauxval(AT_EUID);
	if (getauxval(AT_SECURE))
		die("must not be set-user-ID or have file capabilities", NULL, 0);
	*place = (struct engine_place){.address.sun_family = AF_UNIX};
	struct text path = text_in(place->address.sun_path, sizeof(place->address.sun_path));
	find_directory(&path, user);
	check_directory(place->address.sun_path, user);
	add(&path, "/engine-");
	add_number(&path, view_of_caller(), 16, 16);

	struct text lock = text_in(place->lock, sizeof(place->lock));
	add(&lock, place->address.sun_path);
	add(&lock, ".lock");
	struct text log = text_in(place->log, sizeof(place->log));
	add(&log, place->address.sun_path);
	add(&log, ".log");
	add(&path, ".sock");
	if (path.full || lock.full)
		die("the path of the engine's socket is too long", place->address.sun_path, 0);
}

int engine_connect(const struct engine_place *place, int sock)
{
	int result;
	do
		result = connect(sock, (const struct sockaddr *)&place->address, sizeof(place->address));
	while (result < 0 && errno == EINTR);
	return checked(result);
}

/* ---- starting ---- */

static bool is_plain(const char *entry)
{
	return strncmp(entry, "HOME=", 5) == 0 || strncmp(entry, "XDG_RUNTIME_DIR=", 16) == 0 ||
	       strncmp(entry, "COFFER_", 7) == 0;
}

void plain_environment(const char *environment[PLAIN_ENVIRONMENT])
{
	size_t count = 0;
	environment[count++] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	environment[count++] = "LANG=C.UTF-8";
	for (char **entry = environ; *entry && count < PLAIN_ENVIRONMENT - 1; entry++)
		if (is_plain(*entry))
			environment[count++] = *entry;
	environment[count] = NULL;
}

struct start {
	char *argv[START_WORDS];
	size_t count;
	char root[PATH_MAX];
	char file[PATH_MAX];
	char *text; /* of the start file */
	struct text words;
};

/* ROOT: the parent of the directory that holds the launcher. */
static void find_root(struct start *start)
{
	ssize_t length = readlink("/proc/self/exe", start->root, sizeof(start->root) - 1);
	if (length < 0)
		die("cannot read", "/proc/self/exe", errno);
	start->root[length] = 0;
	for (int k = 0; k < 2; k++) {
		char *slash = strrchr(start->root, '/');
		if (slash)
			*slash = 0;
	}
}

static char *new_room(size_t size)
{
	char *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		die("no memory", NULL, errno);
	return room;
}

static void read_start_file(struct start *start)
{
	const char *given = variable("COFFER_ENGINE");
	struct text path = text_in(start->file, sizeof(start->file));
	add(&path, given ? given : start->root);
	if (!given)
		add(&path, "/lib/coffer/engine.argv");
	int fd = path.full ? -1 : open(start->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("no engine is running, and the file that says how to start one cannot be read", start->file,
		    path.full ? ENAMETOOLONG : errno);
	start->text = new_room(START_BYTES);
	size_t length = 0;
	ssize_t got;
	while ((got = read(fd, start->text + length, START_BYTES - 1 - length)) > 0)
		length += (size_t)got;
	if (got < 0 || length == START_BYTES - 1)
		die("cannot read", start->file, got < 0 ? errno : EFBIG);
	close(fd);
}

static void end_word(struct start *start, char *word)
{
	if (start->words.full || start->count >= START_WORDS - 1)
		die("too many or too long lines", start->file, 0);
	start->argv[start->count++] = word;
	start->argv[start->count] = NULL;
	start->words.at++;
}

static void add_word(struct start *start, const char *word)
{
	char *at = start->words.at;
	add(&start->words, word);
	end_word(start, at);
}

/* One line, one word; @ROOT@ stands for ROOT wherever it occurs. */
static void add_line(struct start *start, char *line)
{
	static const char mark[] = "@ROOT@";
	char *word = start->words.at, *found;
	while ((found = strstr(line, mark))) {
		*found = 0;
		add(&start->words, line);
		add(&start->words, start->root);
		line = found + sizeof(mark) - 1;
	}
	add(&start->words, line);
	end_word(start, word);
}

static void read_start(struct start *start, const char *option, const char *value)
{
	find_root(start);
	read_start_file(start);
	start->words = text_in(new_room(2 * START_BYTES), 2 * START_BYTES);
	for (char *line = start->text; *line;) {
		size_t length = strcspn(line, "\n");
		char *next = line + length + (line[length] != 0);
		line[length] = 0;
		if (length > 0)
			add_line(start, line);
		line = next;
	}
	if (start->count == 0)
		die("no command in", start->file, 0);
	add_word(start, option);
	add_word(start, value);
}

/* The child's part: streams, session, directory, environment, no descriptors, and go. */
static noreturn void exec_engine(struct start *start, int errors, int served)
{
	const char *environment[PLAIN_ENVIRONMENT];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		die("cannot open", "/dev/null", errno);
	setsid();
	default_signals();
	unmask_signals();
	plain_environment(environment);
	close_on_exec_from(3);
	if ((errors >= 0 && dup2(errors, 2) < 0) || dup2(null, 0) < 0 || dup2(null, 1) < 0 || chdir("/") < 0)
		die("cannot start the engine", NULL, errno);
	if (served == 3)
		fcntl(3, F_SETFD, 0);
	else if (served >= 0 && dup2(served, 3) < 0)
		die("cannot start the engine", NULL, errno);
	execve(start->argv[0], start->argv, (char *const *)(uintptr_t)environment);
	die("cannot execute the engine", start->argv[0], errno);
}

static pid_t start_engine(const char *option, const char *value, int errors, int served)
{
	struct start *start = (struct start *)(void *)new_room(sizeof(*start));
	read_start(start, option, value);
	pid_t pid = fork();
	if (pid < 0)
		die("cannot start the engine", NULL, errno);
	if (pid == 0)
		exec_engine(start, errors, served);
	return pid;
}

/* The last line that is not empty, of a log's end. */
static const char *last_line(const char *path, char *room, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t end = lseek(fd, 0, SEEK_END);
	ssize_t got = pread(fd, room, size - 1, end > (off_t)size - 1 ? end - (off_t)size + 1 : 0);
	close_fd(fd);
	if (got <= 0)
		return "it has left no word";
	room[got] = 0;
	while (got > 0 && room[got - 1] == '\n')
		room[--got] = 0;
	char *line = strrchr(room, '\n');
	return line ? line + 1 : room;
}

static void nap(int milliseconds) { poll(NULL, 0, milliseconds); }

static void await_engine(const struct engine_place *place, int sock, pid_t engine)
{
	char words[1024];
	for (int64_t end = now_ms() + START_MOST_MS; now_ms() < end; nap(START_STEP_MS)) {
		if (engine_connect(place, sock) == 0)
			return;
		if (waitpid(engine, NULL, WNOHANG) == engine)
			die("the engine did not start", last_line(place->log, words, sizeof(words)), 0);
	}
	die("the engine did not answer in time; see", place->log, 0);
}

static bool is_nobody(int error) { return error == -ENOENT || error == -ECONNREFUSED; }

int engine_open(const struct engine_place *place)
{
	int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = sock < 0 ? -errno : engine_connect(place, sock);
	if (!error)
		return sock;
	if (!is_nobody(error))
		die("cannot reach the engine", place->address.sun_path, -error);
	int lock = open(place->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock < 0)
		die("cannot open", place->lock, errno);
	while (flock(lock, LOCK_EX) < 0)
		if (errno != EINTR)
			die("cannot lock", place->lock, errno);
	error = engine_connect(place, sock);
	if (error && !is_nobody(error))
		die("cannot reach the engine", place->address.sun_path, -error);
	if (error) {
		int log = open(place->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (log < 0)
			die("cannot open", place->log, errno);
		pid_t engine = start_engine("--socket", place->address.sun_path, log, -1);
		close(log);
		await_engine(place, sock, engine);
	}
	close(lock);
	return sock;
}

int engine_open_private(void)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		die("socketpair", NULL, errno);
	start_engine("--serve-fd", "3", -1, pair[1]);
	close(pair[1]);
	return pair[0];
}
