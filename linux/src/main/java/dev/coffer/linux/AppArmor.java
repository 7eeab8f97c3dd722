package dev.coffer.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * AppArmor as the kernel shows it below /sys/kernel/security. Profiles are compiled by
 * apparmor_parser(8) and loaded without it, which takes a hundredth of the time.
 */
public final class AppArmor {
  private static final Path FILES = Path.of("/sys/kernel/security/apparmor");
  private static final List<Path> PARSERS =
      List.of(Path.of("/usr/sbin/apparmor_parser"), Path.of("/sbin/apparmor_parser"));
  private static final String UNCONFINED = "unconfined";

  private AppArmor() {}

  /** Whether its profiles can say what is mounted. */
  public static boolean mediatesMounts() {
    return HostFiles.exists(FILES.resolve("features/mount/mask"));
  }

  /** Whether a process can be under two profiles, one of them of another policy namespace. */
  public static boolean stacks() {
    return HostFiles.readIfThere(FILES.resolve("features/domain/stack"))
            .filter(text -> text.startsWith("yes"))
            .isPresent()
        && HostFiles.exists(FILES.resolve("policy/namespaces"));
  }

  /** Whether there is a place to load profiles by; writing there takes CAP_MAC_ADMIN. */
  public static boolean hasPolicyFiles() {
    return HostFiles.exists(FILES.resolve(".replace"));
  }

  public static Optional<Path> parser() {
    return PARSERS.stream().filter(HostFiles::exists).findFirst();
  }

  /**
   * The label of a process, without its mode; empty where it cannot be read.
   *
   * @param process its directory below /proc
   */
  public static Optional<String> label(Path process) {
    try {
      return HostFiles.readIfThere(process.resolve("attr/apparmor/current"))
          .map(text -> text.strip().replaceFirst(" \\([a-z]+\\)$", ""))
          .filter(label -> !label.isEmpty());
    } catch (KernelException _) {
      // EINVAL: another module answers there
      return Optional.empty();
    }
  }

  /** Whether this process is under a profile. */
  public static boolean isConfined() {
    return label(Path.of("/proc/self")).filter(label -> !label.equals(UNCONFINED)).isPresent();
  }

  /** What came of {@link #compile}. */
  public record Compiled(byte[] policy, String complaints) {
    public boolean isOk() {
      return policy.length > 0;
    }
  }

  /** Compiles profiles for this kernel. */
  public static Compiled compile(Path parser, String text) {
    // -Q does not load, -K and -T leave the parser's own cache alone, -S writes the result out
    List<String> argv = List.of(parser.toString(), "-QKTS", "-q");
    try (Fd source = Memfd.scratch("profile");
        Fd out = Memfd.scratch("policy");
        Fd err = Memfd.scratch("complaints")) {
      source.writeFully(text);
      int pid;
      try (Fd in = HostFiles.open(again(source), OpenFlags.READ_ONLY, 0)) {
        pid =
            Spawn.of(argv)
                .withEnvironment(List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"))
                .withFd(0, in)
                .withFd(1, out)
                .withFd(2, err)
                .start();
      }
      WaitStatus status = Spawn.waitFor(pid);
      String complaints = new String(content(err), StandardCharsets.UTF_8).strip();
      return status.shellCode() == 0
          ? new Compiled(content(out), complaints)
          : new Compiled(new byte[0], complaints.isEmpty() ? status.describe() : complaints);
    }
  }

  private static byte[] content(Fd file) {
    try (Fd fromStart = HostFiles.open(again(file), OpenFlags.READ_ONLY, 0)) {
      return fromStart.readAllNow();
    }
  }

  private static Path again(Fd file) {
    return Path.of("/proc/self/fd/" + file.number());
  }

  /** Loads compiled profiles, in place of those of the same name. */
  public static void load(byte[] policy) {
    HostFiles.writeSmall(FILES.resolve(".replace"), policy);
  }

  /** Removes a profile; one that is not there is none to remove. */
  public static void unload(String name) {
    try {
      HostFiles.writeSmall(FILES.resolve(".remove"), name);
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  /** Makes a policy namespace, or leaves the one that is there. */
  public static void makeNamespace(String name) {
    try {
      HostFiles.mkdir(namespace(name), 0755);
    } catch (KernelException e) {
      if (!e.is(Errno.EEXIST)) {
        throw e;
      }
    }
  }

  /** Removes a policy namespace with its profiles. */
  public static void removeNamespace(String name) {
    try {
      HostFiles.rmdir(namespace(name));
    } catch (KernelException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  private static Path namespace(String name) {
    return FILES.resolve("policy/namespaces").resolve(name);
  }

  /** What compiled profiles depend on besides their text. */
  public static String kernelAndParser() {
    return HostFiles.readSmall(Path.of("/proc/sys/kernel/osrelease")).strip()
        + " "
        + parser().flatMap(FileStamp::read).map(FileStamp::toString).orElse("");
  }
}
