package dev.coffer.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;

/**
 * A program without libraries that makes one system call and prints what the kernel answered, for
 * the 64-bit and the 32-bit ABI of x86: {@code probe NUMBER ARGUMENT…}.
 */
final class Probe {
  private static final String SOURCE =
      """
      #ifdef __x86_64__
      #define WRITE 1
      #define EXIT 231
      __asm__(".globl _start\\n_start: mov %rsp,%rdi\\n and $-16,%rsp\\n call begin\\n");
      static long ask(long n, long a, long b, long c)
      {
      	long r;
      	__asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
      	return r;
      }
      #else
      #define WRITE 4
      #define EXIT 252
      __asm__(".globl _start\\n_start: mov %esp,%eax\\n and $-16,%esp\\n sub $12,%esp\\n push %eax\\n call begin\\n");
      static long ask(long n, long a, long b, long c)
      {
      	long r;
      	__asm__ volatile("int $0x80" : "=a"(r) : "a"(n), "b"(a), "c"(b), "d"(c) : "memory");
      	return r;
      }
      #endif
      static unsigned long number(const char *text)
      {
      	unsigned long n = 0;
      	while (*text >= '0' && *text <= '9')
      		n = n * 10 + (unsigned long)(*text++ - '0');
      	return n;
      }
      void begin(long *stack)
      {
      	long word[4] = {0};
      	char **argv = (char **)(stack + 1), out[24], *at = out + 23;
      	for (long i = 1; i < stack[0] && i <= 4; i++)
      		word[i - 1] = (long)number(argv[i]);
      	long r = ask(word[0], word[1], word[2], word[3]);
      	unsigned long left = r < 0 ? -(unsigned long)r : (unsigned long)r;
      	*at = 10;
      	do
      		*--at = (char)('0' + left % 10);
      	while (left /= 10);
      	if (r < 0)
      		*--at = '-';
      	ask(WRITE, 1, (long)at, out + 24 - at);
      	ask(EXIT, 0, 0, 0);
      }
      """;

  private Probe() {}

  /** Puts {@code /probe} and {@code /probe32} into a container. */
  static void install(Machine machine, Path rootfs) {
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "has the numbers of x86_64");
    Path source = machine.home().resolve("probe.c");
    Box.write(source, SOURCE);
    compile(machine, source, rootfs.resolve("probe"), "-m64").ok();
    Outcome small = compile(machine, source, rootfs.resolve("probe32"), "-m32");
    assumeTrue(small.exit() == 0, "needs a compiler that makes 32-bit programs");
  }

  /** For those who ask {@code /probe32}: kernels can be told to refuse such programs. */
  static void assumeBothAbis(Machine machine, Path rootfs) {
    Outcome runs = machine.run("sh", "-c", rootfs.resolve("probe32") + " 20 0");
    assumeTrue(runs.exit() == 0, "needs a kernel that runs 32-bit programs");
  }

  private static Outcome compile(Machine machine, Path source, Path program, String width) {
    return machine.run(
        "gcc",
        width,
        "-O1",
        "-static",
        "-nostdlib",
        "-ffreestanding",
        "-fno-stack-protector",
        "-fno-pic",
        "-no-pie",
        "-o",
        program.toString(),
        source.toString());
  }
}
