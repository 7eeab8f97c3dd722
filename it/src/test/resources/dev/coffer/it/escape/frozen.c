/*
 * A FUSE server that keeps silent: frozen DIRECTORY [NAME dir|file]. It mounts itself on DIRECTORY, says "held" and
 * from then on answers nothing but a look-up of NAME, which it says to be a directory or a file. Exit 2: there can be
 * no such mount.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

struct answer {
	struct fuse_out_header header;
	union {
		struct fuse_init_out init;
		struct fuse_entry_out entry;
	};
};

/* The length of the answer behind its header; 0: none. */
static size_t answer(struct answer *answer, const struct fuse_in_header *asked, const char *name, int mode)
{
	if (asked->opcode == FUSE_INIT) {
		answer->init.major = FUSE_KERNEL_VERSION;
		answer->init.minor = 31;
		answer->init.max_write = 4096;
		return sizeof(answer->init);
	}
	if (asked->opcode == FUSE_LOOKUP && name && strcmp((const char *)(asked + 1), name) == 0) {
		answer->entry.nodeid = 2;
		answer->entry.attr.ino = 2;
		answer->entry.attr.nlink = 1;
		answer->entry.attr.size = 10;
		answer->entry.attr.mode = (unsigned)mode;
		return sizeof(answer->entry);
	}
	return 0;
}

int main(int argc, char **argv)
{
	static char asked[1 << 17];
	char options[128];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	int mode = argc > 3 && strcmp(argv[3], "dir") == 0 ? S_IFDIR | 0755 : S_IFREG | 0644;
	if (fd < 0 || argc < 2)
		return 2;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other", fd, getuid(), getgid());
	if (mount("frozen", argv[1], "fuse", 0, options) < 0) {
		perror("mount");
		return 2;
	}
	printf("held\n");
	fflush(stdout);
	for (;;) {
		ssize_t length = read(fd, asked, sizeof(asked));
		struct answer said = {0};
		size_t more;
		if (length < 0 && errno == ENODEV)
			return 0;
		if (length < 0)
			continue;
		more = answer(&said, (struct fuse_in_header *)asked, argc > 2 ? argv[2] : NULL, mode);
		if (more == 0)
			continue;
		said.header.unique = ((struct fuse_in_header *)asked)->unique;
		said.header.len = (unsigned)(sizeof(said.header) + more);
		if (write(fd, &said, said.header.len) < 0)
			perror("answer");
	}
}
