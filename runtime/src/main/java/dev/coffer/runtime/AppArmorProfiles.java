package dev.coffer.runtime;

import dev.coffer.linux.AppArmor;
import dev.coffer.model.CofferException;
import dev.coffer.model.plan.HostStep;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Loads generated profiles. What a text was compiled to is kept beside the container's
 * configuration under a hash of all it depends on, so that only the first start compiles.
 */
final class AppArmorProfiles {
  private static final Logger LOG = System.getLogger("dev.coffer.runtime");
  private static final String TEXT = "profile";
  private static final String POLICY = "policy";
  private static final int HASH = 32;

  private AppArmorProfiles() {}

  static void load(HostStep.LoadAppArmorProfile step) {
    if (step.cache().isEmpty()) {
      AppArmor.load(compile(step));
      return;
    }
    byte[] key = key(step.text());
    Path directory = Path.of(step.cache());
    Optional<byte[]> kept = kept(directory.resolve(POLICY), key);
    byte[] policy = kept.orElseGet(() -> compile(step));
    AppArmor.load(policy);
    if (kept.isEmpty()) {
      keep(directory, step.text(), key, policy);
    }
  }

  private static byte[] compile(HostStep.LoadAppArmorProfile step) {
    Path parser =
        AppArmor.parser()
            .orElseThrow(() -> new CofferException("apparmor_parser is not there any more"));
    AppArmor.Compiled compiled = AppArmor.compile(parser, step.text());
    if (!compiled.isOk()) {
      throw new CofferException(
          "apparmor_parser refuses the generated profile",
          List.of(
              "from  " + step.origin().describe(),
              "said  " + compiled.complaints().replace("\n", "\nsaid  "),
              "hint  the lines of lxc.apparmor.raw are at the end of it;"
                  + " \"lxc-start --explain\" names them"));
    }
    return compiled.policy();
  }

  private static byte[] key(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(AppArmor.kernelAndParser().getBytes(StandardCharsets.UTF_8));
      return digest.digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** The file begins with the key of what follows. */
  private static Optional<byte[]> kept(Path file, byte[] key) {
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      byte[] all = Files.readAllBytes(file);
      return all.length > HASH && Arrays.equals(all, 0, HASH, key, 0, HASH)
          ? Optional.of(Arrays.copyOfRange(all, HASH, all.length))
          : Optional.empty();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot read " + file + ": " + e);
      return Optional.empty();
    }
  }

  /** Without it the next start compiles again, which is no reason to refuse this one. */
  private static void keep(Path directory, String text, byte[] key, byte[] policy) {
    try {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      byte[] all = Arrays.copyOf(key, key.length + policy.length);
      System.arraycopy(policy, 0, all, key.length, policy.length);
      replace(directory.resolve(POLICY), all);
      replace(directory.resolve(TEXT), text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "cannot keep an AppArmor policy in " + directory + ": " + e);
    }
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + "." + name(content));
    try {
      Files.write(fresh, content);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static String name(byte[] content) {
    return HexFormat.of().toHexDigits(Arrays.hashCode(content));
  }
}
