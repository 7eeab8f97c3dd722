package dev.coffer.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutsTest {
  private static final String HEADERS =
      """
      #include <fcntl.h>
      #include <linux/bpf.h>
      #include <linux/openat2.h>
      #include <linux/rtnetlink.h>
      #include <poll.h>
      #include <spawn.h>
      #include <stddef.h>
      #include <stdio.h>
      #include <sys/epoll.h>
      #include <sys/ioctl.h>
      #include <sys/socket.h>
      #include <sys/stat.h>
      #include <sys/un.h>
      """;

  private static final List<StructLayout> STRUCTURES =
      List.of(
          Layouts.SOCKADDR_UN,
          Layouts.IOVEC,
          Layouts.MSGHDR,
          Layouts.CMSGHDR,
          Layouts.UCRED,
          Layouts.POLLFD,
          Layouts.TIMESPEC,
          Layouts.EPOLL_EVENT,
          Layouts.WINSIZE,
          Layouts.FLOCK,
          Layouts.OPEN_HOW,
          Layouts.NLMSGHDR,
          Layouts.IFINFOMSG,
          Layouts.IFADDRMSG);

  @TempDir Path directory;

  @Test
  void everyStructureIsLaidOutAsTheCompilerDoes() throws Exception {
    StringBuilder program = new StringBuilder(HEADERS).append("int main(void) {\n");
    StringBuilder expected = new StringBuilder();
    for (StructLayout structure : STRUCTURES) {
      String name = "struct " + structure.name().orElseThrow();
      line(program, expected, name, "sizeof(" + name + ")", structure.byteSize());
      fields(program, expected, name, "", structure);
    }
    fields(program, expected, "union bpf_attr", "", Layouts.BPF_PROG_LOAD);
    fields(program, expected, "union bpf_attr", "", Layouts.BPF_PROG_ATTACH);
    fields(program, expected, "union bpf_attr", "query.", Layouts.BPF_PROG_QUERY);
    fields(program, expected, "struct statx", "", Layouts.STATX);
    assertEquals(expected.toString(), run(program));
  }

  /** The launcher's program prints {@code struct.field offset size}, and {@code struct size}. */
  @Test
  void theLauncherSeesTheSameStructures() throws Exception {
    Path source = Path.of("..", "native", "test", "layouts.c");
    assumeTrue(Files.exists(source), "no native/test/layouts.c beside this module");
    Map<String, StructLayout> ours =
        STRUCTURES.stream()
            .collect(Collectors.toMap(s -> s.name().orElseThrow(), Function.identity()));
    int compared = 0;
    for (String line : Gcc.output(source, directory).lines().toList()) {
      String[] words = line.split("[. ]");
      if (ours.containsKey(words[0])) {
        assertEquals(line, describe(words, ours.get(words[0])));
        compared++;
      }
    }
    assertTrue(compared > 40, "compared " + compared);
  }

  private static String describe(String[] words, StructLayout structure) {
    if (words.length == 2) {
      return words[0] + " " + structure.byteSize();
    }
    long size = structure.select(PathElement.groupElement(words[1])).byteSize();
    return words[0] + "." + words[1] + " " + Layouts.offset(structure, words[1]) + " " + size;
  }

  @Test
  void theRoomForPosixSpawnIsEnough() throws Exception {
    String sizes =
        run(
            new StringBuilder(HEADERS)
                .append(
                    "int main(void) { printf(\"%zu %zu %zu\", sizeof(posix_spawn_file_actions_t),")
                .append(" sizeof(posix_spawnattr_t), sizeof(sigset_t));"));
    String[] numbers = sizes.split(" ");
    assertTrue(Integer.parseInt(numbers[0]) <= SpawnCalls.ACTIONS_SIZE, sizes);
    assertTrue(Integer.parseInt(numbers[1]) <= SpawnCalls.ATTRIBUTES_SIZE, sizes);
    assertEquals(SpawnCalls.SIGNAL_SET_SIZE, Integer.parseInt(numbers[2]));
  }

  @Test
  void theEpollEventIsPackedOnX86Only() {
    assertEquals(12, Layouts.epollEvent(Architecture.X86_64).byteSize());
    assertEquals(16, Layouts.epollEvent(Architecture.AARCH64).byteSize());
    assertEquals(8, Layouts.offset(Layouts.epollEvent(Architecture.AARCH64), "data"));
  }

  @Test
  void theFlagsOfOpenAreThoseOfTheHeaders() throws Exception {
    String flags =
        run(
            new StringBuilder(HEADERS)
                .append("int main(void) { printf(\"%d %d %d %d %d\",")
                .append(" O_DIRECTORY, O_NOFOLLOW, O_DIRECT, O_TMPFILE, O_PATH | O_CLOEXEC);"));
    assertEquals(
        "%d %d %d %d %d"
            .formatted(
                OpenFlags.DIRECTORY,
                OpenFlags.NO_FOLLOW,
                OpenFlags.DIRECT,
                OpenFlags.TEMPORARY,
                OpenFlags.PATH | OpenFlags.CLOSE_ON_EXEC),
        flags);
  }

  private static void fields(
      StringBuilder program,
      StringBuilder expected,
      String type,
      String prefix,
      StructLayout structure) {
    for (MemoryLayout field : structure.memberLayouts()) {
      if (!(field instanceof PaddingLayout)) {
        String name = field.name().orElseThrow();
        String place = "offsetof(" + type + ", " + prefix + name + ")";
        line(program, expected, type + "." + name, place, Layouts.offset(structure, name));
        String size = "sizeof(((" + type + " *)0)->" + prefix + name + ")";
        line(program, expected, type + "." + name + " size", size, field.byteSize());
      }
    }
  }

  private static void line(
      StringBuilder program, StringBuilder expected, String label, String expression, long value) {
    program.append("printf(\"%s %%zu\\n\", %s);%n".formatted(label, expression));
    expected.append(label).append(' ').append(value).append('\n');
  }

  private String run(StringBuilder program) throws Exception {
    Path source =
        Files.writeString(directory.resolve("layouts.c"), program.append("return 0; }\n"));
    return Gcc.output(source, directory);
  }
}
