/*
 * The floor: what starting a container costs when a program makes only the kernel calls that are needed, knows
 * everything beforehand, checks nothing and can nothing else. The benchmark compares real tools with it.
 *
 *   floor start ROOTFS NAME       a keeper in the background, init /sbin/init; returns when init runs
 *   floor stop NAME               kills it and waits until the keeper has removed its cgroups
 *   floor run ROOTFS NAME ARGV... the program as pid 1, in the foreground, to its end
 *
 * A container has a cgroup in every hierarchy, new mount, pid, uts, ipc, network and cgroup namespaces, proc and
 * sys, a /dev on tmpfs with the usual nodes, a devpts of its own, and a console on a pty of that devpts.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER 0x5441
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

struct clone_request {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

enum { HIERARCHIES = 24 };
static struct {
	char path[512];
	int v2;
} cgroup[HIERARCHIES];
static int cgroups;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static long must(long result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

static void write_file(const char *path, const char *text)
{
	int fd = must(open(path, O_WRONLY | O_CLOEXEC), path);
	must(write(fd, text, strlen(text)), path);
	close(fd);
}

/* A new v1 cpuset is empty, and nothing can enter it until it has its parent's processors and memory nodes. */
static void copy_cpuset(const char *parent, const char *child)
{
	static const char *const file[] = { "cpuset.cpus", "cpuset.mems" };
	char path[640], text[256];
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", parent, file[i]);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return;
		ssize_t n = must(read(fd, text, sizeof text - 1), path);
		close(fd);
		text[n] = 0;
		snprintf(path, sizeof path, "%s/%s", child, file[i]);
		write_file(path, text);
	}
}

/* The cgroups of a name: below ours in every hierarchy of /proc/self/cgroup, mounted where Debian has them. */
static void find_cgroups(const char *name)
{
	char line[512], parent[256];
	FILE *f = fopen("/proc/self/cgroup", "re");
	if (!f)
		die("/proc/self/cgroup");
	while (cgroups < HIERARCHIES && fgets(line, sizeof line, f)) {
		char *controllers = strchr(line, ':') + 1, *path = strchr(controllers, ':');
		*path++ = 0;
		path[strcspn(path, "\n")] = 0;
		int v2 = !*controllers;
		if (!strncmp(controllers, "name=", 5))
			controllers += 5;
		if (!v2)
			snprintf(parent, sizeof parent, "/sys/fs/cgroup/%s%s", controllers, path);
		else if (!access("/sys/fs/cgroup/cgroup.procs", F_OK))
			snprintf(parent, sizeof parent, "/sys/fs/cgroup%s", path);
		else
			snprintf(parent, sizeof parent, "/sys/fs/cgroup/unified%s", path);
		if (access(parent, F_OK))
			continue;
		cgroup[cgroups].v2 = v2;
		snprintf(cgroup[cgroups++].path, sizeof cgroup[0].path, "%s/floor.%s", parent, name);
	}
	fclose(f);
}

/* Makes them; the descriptor of the v2 one, or -1. */
static int make_cgroups(void)
{
	int v2 = -1;
	for (int i = 0; i < cgroups; i++) {
		char *path = cgroup[i].path, *slash = strrchr(path, '/');
		must(mkdir(path, 0755), path);
		if (cgroup[i].v2)
			v2 = must(open(path, O_PATH | O_DIRECTORY | O_CLOEXEC), path);
		*slash = 0;
		if (strstr(path, "cpuset")) {
			char child[640];
			snprintf(child, sizeof child, "%s/%s", path, slash + 1);
			copy_cpuset(path, child);
		}
		*slash = '/';
	}
	return v2;
}

static void enter_cgroups(pid_t pid)
{
	char path[640], text[16];
	snprintf(text, sizeof text, "%d", pid);
	for (int i = 0; i < cgroups; i++) {
		if (cgroup[i].v2)
			continue;
		snprintf(path, sizeof path, "%s/cgroup.procs", cgroup[i].path);
		write_file(path, text);
	}
}

static void remove_cgroups(void)
{
	for (int i = 0; i < cgroups; i++)
		must(rmdir(cgroup[i].path), cgroup[i].path);
}

static void make_nodes(void)
{
	static const struct {
		const char *path;
		int major, minor;
	} node[] = { { "dev/null", 1, 3 },   { "dev/zero", 1, 5 },    { "dev/full", 1, 7 },
		     { "dev/random", 1, 8 }, { "dev/urandom", 1, 9 }, { "dev/tty", 5, 0 } };
	for (size_t i = 0; i < sizeof node / sizeof *node; i++)
		must(mknod(node[i].path, S_IFCHR | 0666, makedev(node[i].major, node[i].minor)), node[i].path);
}

/* A pty of the container's own devpts becomes /dev/console; the master goes to the keeper. */
static int make_console(int keeper, int master_out)
{
	int master = must(open("dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), "dev/pts/ptmx"), zero = 0;
	must(ioctl(master, TIOCSPTLCK, &zero), "TIOCSPTLCK");
	int slave = must(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "TIOCGPTPEER");
	must(mknod("dev/console", S_IFREG | 0600, 0), "dev/console");
	char from[32];
	snprintf(from, sizeof from, "/proc/self/fd/%d", slave);
	must(mount(from, "dev/console", NULL, MS_BIND, NULL), "dev/console");
	if (master_out) {
		struct iovec one = { "m", 1 };
		union {
			struct cmsghdr header;
			char room[CMSG_SPACE(sizeof(int))];
		} control = { 0 };
		struct msghdr m = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET, c->cmsg_type = SCM_RIGHTS, c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &master, sizeof master);
		must(sendmsg(keeper, &m, 0), "sendmsg");
	}
	return slave;
}

static int receive_master(int from)
{
	char byte;
	struct iovec one = { &byte, 1 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr m = { .msg_iov = &one, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	int master;
	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) <= 0 || !CMSG_FIRSTHDR(&m))
		die("the console did not arrive");
	memcpy(&master, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof master);
	return master;
}

static _Noreturn void container(const char *rootfs, const char *name, char **argv, int keeper, int detached)
{
	char go;
	must(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), "/");
	must(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL), rootfs);
	must(chdir(rootfs), rootfs);
	must(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "proc");
	must(mount("sysfs", "sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "sys");
	must(mount("tmpfs", "dev", "tmpfs", MS_NOSUID, "mode=755,size=500k"), "dev");
	mode_t mask = umask(0);
	make_nodes();
	umask(mask);
	must(mkdir("dev/pts", 0755), "dev/pts");
	must(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620,gid=5"), "dev/pts");
	must(symlink("pts/ptmx", "dev/ptmx"), "dev/ptmx");
	int console = make_console(keeper, detached);
	/* The cgroup namespace shows the cgroups of now: the keeper has moved this process by the time it says go. */
	must(read(keeper, &go, 1), "go");
	must(unshare(CLONE_NEWCGROUP), "cgroup namespace");
	must(sethostname(name, strlen(name)), "hostname");
	must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
	must(umount2(".", MNT_DETACH), "the old root");
	must(chdir("/"), "/");
	must(setsid(), "setsid");
	if (detached) {
		must(ioctl(console, TIOCSCTTY, 0), "TIOCSCTTY");
		for (int i = 0; i < 3; i++)
			must(dup2(console, i), "dup2");
	}
	char *environment[] = { "PATH=/sbin:/usr/sbin:/bin:/usr/bin", "container=lxc", "TERM=linux", NULL };
	execve(argv[0], argv, environment);
	die(argv[0]);
}

/* Starts it; init's pid. `master` gets the console's. */
static pid_t start(const char *rootfs, const char *name, char **argv, int detached, int *pidfd, int *master)
{
	int pair[2], v2;
	find_cgroups(name);
	v2 = make_cgroups();
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), "socketpair");
	struct clone_request request = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_PIDFD |
			 (v2 < 0 ? 0 : CLONE_INTO_CGROUP),
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = v2,
	};
	pid_t pid = must(syscall(SYS_clone3, &request, sizeof request), "clone3");
	if (!pid) {
		close(pair[0]);
		container(rootfs, name, argv, pair[1], detached);
	}
	close(pair[1]);
	enter_cgroups(pid);
	must(write(pair[0], "g", 1), "go");
	if (detached)
		*master = receive_master(pair[0]);
	/* End of file: the program was executed. */
	char byte;
	if (read(pair[0], &byte, 1) != 0)
		die("the container");
	return pid;
}

static void pid_file(char *path, size_t size, const char *name)
{
	snprintf(path, size, "/run/floor.%s.pid", name);
}

static int start_detached(const char *rootfs, const char *name)
{
	char path[128], text[32], byte;
	char *argv[] = { "/sbin/init", NULL };
	int ready[2], pidfd, master;
	must(pipe2(ready, O_CLOEXEC), "pipe");
	pid_t keeper = must(fork(), "fork");
	if (keeper) {
		close(ready[1]);
		return read(ready[0], &byte, 1) == 1 ? 0 : 1;
	}
	must(setsid(), "setsid");
	start(rootfs, name, argv, 1, &pidfd, &master);
	pid_file(path, sizeof path, name);
	int fd = must(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), path);
	must(write(fd, text, snprintf(text, sizeof text, "%d", getpid())), path);
	must(write(ready[1], "r", 1), "ready");
	close(ready[1]);
	struct pollfd end[2] = { { .fd = pidfd, .events = POLLIN }, { .fd = master, .events = POLLIN } };
	int null = must(open("/dev/null", O_RDWR | O_CLOEXEC), "/dev/null");
	for (int i = 0; i < 3; i++)
		dup2(null, i);
	while (poll(end, 2, -1) >= 0 && !(end[0].revents & POLLIN)) {
		char drained[1024];
		if (end[1].revents & POLLIN && read(master, drained, sizeof drained) > 0)
			continue;
		if (end[1].revents)
			end[1].fd = -1;
	}
	waitpid(-1, NULL, 0);
	remove_cgroups();
	unlink(path);
	_exit(0);
}

static int stop(const char *name)
{
	char path[128], text[32] = "";
	pid_file(path, sizeof path, name);
	int fd = must(open(path, O_RDONLY | O_CLOEXEC), path);
	must(read(fd, text, sizeof text - 1), path);
	pid_t keeper = atoi(text);
	int keeper_fd = must(syscall(SYS_pidfd_open, keeper, 0), "keeper");
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", keeper, keeper);
	fd = must(open(path, O_RDONLY | O_CLOEXEC), path);
	must(read(fd, text, sizeof text - 1), path);
	must(kill(atoi(text), SIGKILL), "init");
	struct pollfd end = { .fd = keeper_fd, .events = POLLIN };
	poll(&end, 1, -1);
	return 0;
}

static int run(const char *rootfs, const char *name, char **argv)
{
	int pidfd, status, master;
	pid_t pid = start(rootfs, name, argv, 0, &pidfd, &master);
	must(waitpid(pid, &status, 0), "waitpid");
	remove_cgroups();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "start"))
		return start_detached(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "stop"))
		return stop(argv[2]);
	if (argc > 4 && !strcmp(argv[1], "run"))
		return run(argv[2], argv[3], argv + 4);
	fprintf(stderr, "usage: floor start ROOTFS NAME | stop NAME | run ROOTFS NAME ARGV...\n");
	return 2;
}
