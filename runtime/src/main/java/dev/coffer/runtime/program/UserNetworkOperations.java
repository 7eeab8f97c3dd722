package dev.coffer.runtime.program;

import dev.coffer.linux.Sys;
import dev.coffer.model.plan.KeeperStep.RunNetworkProgram;
import dev.coffer.runtime.program.Arg.Blob;
import dev.coffer.runtime.program.Arg.Register;
import dev.coffer.runtime.program.Stream.Text;
import java.util.ArrayList;
import java.util.List;

/** How an ordinary user's container gets to the network. */
final class UserNetworkOperations {
  private static final int PID_ROOM = 32;

  private final ProgramBuilder program;
  private final Stream keeper;
  private final Stream child;

  UserNetworkOperations(ProgramBuilder program, Stream keeper, Stream child) {
    this.program = program;
    this.keeper = keeper;
    this.child = child;
  }

  /** A program that must be able to look at init, which goes on once it has ended. */
  void run(RunNetworkProgram step) {
    List<Blob> argv = new ArrayList<>();
    for (String word : step.argv()) {
      if (word.equals(RunNetworkProgram.PID)) {
        Text number = program.growing("", PID_ROOM);
        keeper.decimal(number, Registers.MAIN_PID);
        argv.add(number.blob());
      } else {
        argv.add(program.text(word));
      }
    }
    keeper.spawn(
        program.text(step.argv().getFirst()),
        program.vector(argv),
        program.vectorOf(List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8")),
        Registers.HOOK_LOG);
  }

  /** Nobody is to look at init any more; what is needed from inside goes out by its own hand. */
  void lendNetlink(int tag) {
    new ProcessOperations(program, child).dumpable(false);
    Register socket = program.scratch();
    child.sys(Sys.SOCKET, Flags.AF_NETLINK, Flags.SOCK_RAW_CLOEXEC, 0).to(socket);
    child.signal(socket.number(), 1);
    keeper.await(socket.number(), 1);
    keeper.report(tag, socket.number(), 1, false);
    keeper.sys(Sys.CLOSE, socket);
    child.sys(Sys.CLOSE, socket);
  }
}
