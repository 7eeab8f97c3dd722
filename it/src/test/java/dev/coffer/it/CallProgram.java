package dev.coffer.it;

import java.nio.file.Path;

/**
 * A program that makes the calls which Coffer can make for a container, plainly, many of them, by
 * many threads, and as an attacker who changes things while they are looked at.
 */
final class CallProgram {
  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <errno.h>
      #include <fcntl.h>
      #include <pthread.h>
      #include <signal.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/mount.h>
      #include <sys/stat.h>
      #include <sys/sysinfo.h>
      #include <sys/syscall.h>
      #include <sys/sysmacros.h>
      #include <sys/wait.h>
      #include <sys/xattr.h>
      #include <time.h>
      #include <unistd.h>

      static volatile int over;
      static char path[64];

      static int say(int result)
      {
      	printf("%d\\n", result < 0 ? -errno : result);
      	return 0;
      }

      static int node(const char *where, unsigned minor)
      {
      	return mknod(where, S_IFCHR | 0666, makedev(1, minor));
      }

      static long many(const char *where, long count)
      {
      	long failed = 0;
      	for (long i = 0; i < count; i++) {
      		failed += node(where, 3) != 0;
      		failed += unlink(where) != 0;
      	}
      	return failed;
      }

      static void *worker(void *number)
      {
      	char own[64];
      	snprintf(own, sizeof(own), "/tmp/thread%ld", (long)number);
      	return (void *)many(own, 20);
      }

      static void *swap_directory(void *unused)
      {
      	while (!over)
      		syscall(SYS_renameat2, AT_FDCWD, "/tmp/d", AT_FDCWD, "/tmp/l", 2);
      	return unused;
      }

      static void *swap_memory(void *unused)
      {
      	while (!over) {
      		memcpy(path, "/host/n", 8);
      		memcpy(path, "/tmp//n", 8);
      	}
      	return unused;
      }

      static int race(void *(*change)(void *), const char *first)
      {
      	pthread_t thread;
      	long made = 0;
      	snprintf(path, sizeof(path), "%s", first);
      	pthread_create(&thread, NULL, change, NULL);
      	for (int i = 0; i < 3000; i++) {
      		made += node(path, 3) == 0;
      		setxattr(path, "trusted.overlay.opaque", "y", 1, 0);
      		unlink("/tmp/n");
      		unlink("/tmp/real/n");
      		unlink("/tmp/d/n");
      		unlink("/tmp/l/n");
      	}
      	over = 1;
      	pthread_join(thread, NULL);
      	return printf("%s\\n", made > 0 ? "some made" : "none made") < 0;
      }

      static int dying(void)
      {
      	for (int i = 0; i < 200; i++) {
      		pid_t child = fork();
      		if (child == 0)
      			for (;;)
      				many("/tmp/dying", 1);
      		usleep((unsigned)(500 + i * 13 % 3000));
      		kill(child, SIGKILL);
      		waitpid(child, NULL, 0);
      	}
      	unlink("/tmp/dying");
      	return say(node("/tmp/alive", 3));
      }

      int main(int argc, char **argv)
      {
      	const char *what = argv[1];
      	if (!strcmp(what, "node"))
      		return say(node(argv[2], (unsigned)atoi(argv[3])));
      	if (!strcmp(what, "block"))
      		return say(mknod(argv[2], S_IFBLK | 0666, makedev(8, 0)));
      	if (!strcmp(what, "at"))
      		return say(mknodat(open(argv[2], O_PATH), argv[3], S_IFCHR | 0666, makedev(1, 5)));
      	if (!strcmp(what, "null"))
      		return say(mknod(NULL, S_IFCHR | 0666, makedev(1, 3)));
      	if (!strcmp(what, "mark"))
      		return say(setxattr(argv[2], argv[3], argv[4], strlen(argv[4]), 0));
      	if (!strcmp(what, "lmark"))
      		return say(lsetxattr(argv[2], argv[3], argv[4], strlen(argv[4]), 0));
      	if (!strcmp(what, "fmark"))
      		return say(fsetxattr(open(argv[2], O_RDONLY), argv[3], argv[4], strlen(argv[4]), 0));
      	if (!strcmp(what, "mount"))
      		return say(mount(argv[2], argv[3], argv[4], strtoul(argv[5], NULL, 0), argv[6]));
      	if (!strcmp(what, "sysinfo")) {
      		struct sysinfo info;
      		int result = sysinfo(&info);
      		printf("%d %lu %lu %ld %u\\n", result, info.totalram * info.mem_unit >> 20,
      		       info.freeram * info.mem_unit >> 20, info.uptime, info.procs);
      		return 0;
      	}
      	if (!strcmp(what, "badsysinfo"))
      		return say((int)syscall(SYS_sysinfo, 16));
      	if (!strcmp(what, "many")) {
      		struct timespec a, b;
      		clock_gettime(CLOCK_MONOTONIC, &a);
      		long failed = many("/tmp/many", atol(argv[2]));
      		clock_gettime(CLOCK_MONOTONIC, &b);
      		double each = ((double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3) /
      			      atof(argv[2]);
      		fprintf(stderr, "%.0f microseconds each\\n", each);
      		return say((int)failed);
      	}
      	if (!strcmp(what, "threads")) {
      		pthread_t threads[50];
      		long failed = 0;
      		for (long i = 0; i < 50; i++)
      			pthread_create(&threads[i], NULL, worker, (void *)i);
      		for (int i = 0; i < 50; i++) {
      			void *result;
      			pthread_join(threads[i], &result);
      			failed += (long)result;
      		}
      		return say((int)failed);
      	}
      	if (!strcmp(what, "links"))
      		return race(swap_directory, "/tmp/d/n");
      	if (!strcmp(what, "memory"))
      		return race(swap_memory, "/tmp//n");
      	if (!strcmp(what, "dying"))
      		return dying();
      	return 2;
      }
      """;

  private CallProgram() {}

  /** Puts {@code /ask} into a container. */
  static void install(Machine machine, Path rootfs) {
    Path source = machine.home().resolve("ask.c");
    Box.write(source, SOURCE);
    machine.run("gcc", "-O1", "-static", "-pthread", "-o", rootfs + "/ask", source.toString()).ok();
  }
}
