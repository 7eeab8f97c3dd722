package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.plan.ContainerStep.Moment;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import java.nio.charset.StandardCharsets;

/**
 * Writes labels of security modules to the process's own files in an instance of proc that the
 * container has no hand in: what is at /proc inside may be anything (CVE-2019-19921).
 */
final class LabelOperations {
  private final ProgramBuilder program;
  private final Stream stream;
  private final Register proc;

  /**
   * @param proc the directory of that instance
   */
  LabelOperations(ProgramBuilder program, Stream stream, Register proc) {
    this.program = program;
    this.stream = stream;
    this.proc = proc;
  }

  void appArmor(String label, Moment moment) {
    if (moment == Moment.NOW) {
      write("apparmor/current", "changeprofile " + label);
    } else {
      write("apparmor/exec", "exec " + label);
    }
  }

  void seLinux(String context) {
    write("exec", context);
  }

  void keyrings(String context) {
    write("keycreate", context);
  }

  private void write(String file, String label) {
    Register opened = program.scratch();
    // thread-self is a link of proc, but not a magic one
    Blob how =
        program.openHow(
            Flags.O_WRONLY | Flags.O_CLOEXEC,
            Flags.RESOLVE_BENEATH | Flags.RESOLVE_NO_MAGICLINKS | Flags.RESOLVE_NO_XDEV);
    Blob path = program.text("thread-self/attr/" + file);
    stream.sys(Sys.OPENAT2, proc, path, how, 24).to(opened);
    int length = label.getBytes(StandardCharsets.UTF_8).length;
    stream.sys(Sys.WRITE, opened, program.text(label), length);
    stream.sys(Sys.CLOSE, opened);
  }
}
