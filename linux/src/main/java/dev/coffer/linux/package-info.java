/**
 * The kernel, spoken to from Java. Three thin layers: a domain method ({@link
 * dev.coffer.linux.UnixSocket#accept()}), one {@code Call} with its memory and errno, and the one
 * method handle in {@code Native}. Nothing here decides anything about containers.
 *
 * <ul>
 *   <li>descriptors and files: {@link dev.coffer.linux.Fd}, {@link dev.coffer.linux.HostFiles},
 *       {@link dev.coffer.linux.Memfd}, {@link dev.coffer.linux.LockFile}, {@link
 *       dev.coffer.linux.DirectoryTree}
 *   <li>conversation: {@link dev.coffer.linux.UnixSocket}, {@link dev.coffer.linux.Frame}, {@link
 *       dev.coffer.linux.Poller}, {@link dev.coffer.linux.Pty}
 *   <li>processes: {@link dev.coffer.linux.Spawn}, {@link dev.coffer.linux.Pidfd}, {@link
 *       dev.coffer.linux.Processes}
 *   <li>cgroups: {@link dev.coffer.linux.CgroupTrees}, {@link dev.coffer.linux.CgroupDirs}, {@link
 *       dev.coffer.linux.CgroupStats}, {@link dev.coffer.linux.DeviceFilter}
 *   <li>namespaces and the host: {@link dev.coffer.linux.NamespaceThread}, {@link
 *       dev.coffer.linux.NetAddresses}, {@link dev.coffer.linux.HostProbe}
 *   <li>numbers: {@link dev.coffer.linux.Sys}, {@link dev.coffer.linux.Errno}, {@link
 *       dev.coffer.linux.OpenFlags}
 * </ul>
 *
 * A failed call is a {@link dev.coffer.linux.KernelException}, which whoever called puts into a
 * sentence. Methods that wait may be called on virtual threads too: they then wait on a platform
 * thread.
 */
package dev.coffer.linux;
