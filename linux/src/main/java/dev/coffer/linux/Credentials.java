package dev.coffer.linux;

/** Who is at the other end of a socket, as the kernel vouches for it, unix(7). */
public record Credentials(int pid, int uid, int gid) {}
