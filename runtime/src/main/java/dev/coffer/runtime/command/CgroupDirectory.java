package dev.coffer.runtime.command;

import dev.coffer.linux.Fd;

/**
 * A container's directory in one cgroup hierarchy.
 *
 * @param fd of the directory; whoever holds this closes it
 * @param unified whether the hierarchy is v2
 */
public record CgroupDirectory(Fd fd, boolean unified) {}
