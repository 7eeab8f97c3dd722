package dev.coffer.runtime.command;

import dev.coffer.linux.CgroupTrees.Layout;
import dev.coffer.linux.DeviceRule;
import dev.coffer.linux.Errno;
import dev.coffer.linux.Fd;
import dev.coffer.linux.Fds;
import dev.coffer.model.ContainerState;
import dev.coffer.runtime.command.Reply.Answered;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Answers requests about one container. What it says, down to the errno, is what LXC 5.0 says. */
final class CommandAnswers {
  static final int DEVICE_LENGTH = 40; // type, major, minor, access[4], allow, two pointers
  private static final ContainerState[] STATES = ContainerState.values();

  private final CommandTarget target;

  CommandAnswers(CommandTarget target) {
    this.target = target;
  }

  /** Whether the answer may be long in coming. */
  static boolean isSlow(CommandRequest request) {
    return switch (Command.decode(request.command()).orElse(Command.GET_NAME)) {
      case GET_TTY_FD, CONSOLE_LOG, STOP, FREEZE, UNFREEZE, ADD_BPF_DEVICE_CGROUP, GET_DEVPTS_FD ->
          true;
      default -> false;
    };
  }

  Reply answer(CommandRequest request) {
    Optional<Command> command = Command.decode(request.command());
    return command.isEmpty() ? failed(Errno.ENOSYS) : answer(command.get(), request);
  }

  private Reply answer(Command command, CommandRequest request) {
    return switch (command) {
      case GET_TTY_FD -> tty(request.number());
      case TERMINAL_WINCH -> new Reply.Ended();
      case STOP -> target.stop() ? new Reply.UntilStopped() : failed(Errno.ESRCH);
      case GET_STATE -> number(target.state().ordinal());
      case GET_INIT_PID -> number(target.initPid());
      case GET_CLONE_FLAGS -> number(target.cloneFlags());
      case GET_CGROUP -> cgroupPath(request, false);
      case GET_LIMIT_CGROUP -> cgroupPath(request, true);
      case GET_CONFIG_ITEM ->
          new Answered(
              request
                  .text()
                  .flatMap(target::configItem)
                  .filter(value -> !value.isEmpty())
                  .map(CommandResponse::of)
                  .orElse(CommandResponse.NONE));
      case GET_NAME -> new Answered(CommandResponse.of(target.name()));
      case GET_LXCPATH -> new Answered(CommandResponse.of(target.lxcPath()));
      case ADD_STATE_CLIENT ->
          WantedStates.decode(request.payload())
              .<Reply>map(Reply.Waiting::new)
              .orElse(failed(Errno.EINVAL));
      case CONSOLE_LOG -> consoleLog(request.payload());
      case SERVE_STATE_CLIENTS -> stateReached(request.number());
      case SECCOMP_NOTIFY_ADD_LISTENER -> new Reply.ListenerExpected();
      case ADD_BPF_DEVICE_CGROUP -> deviceRule(request.payload());
      case FREEZE -> freeze(true, request.number());
      case UNFREEZE -> freeze(false, request.number());
      case GET_CGROUP2_FD -> unified(false);
      case GET_LIMIT_CGROUP2_FD -> unified(true);
      case GET_INIT_PIDFD -> descriptor(target.initPidfd());
      case GET_DEVPTS_FD -> descriptor(target.devpts());
      case GET_SECCOMP_NOTIFY_FD -> descriptor(target.seccompListener());
      case GET_CGROUP_CTX -> cgroups(request.payload());
      case GET_CGROUP_FD -> cgroup(request.payload(), false);
      case GET_LIMIT_CGROUP_FD -> cgroup(request.payload(), true);
      case GET_SYSTEMD_SCOPE -> failed(Errno.EINVAL);
    };
  }

  /** Takes over what came behind a request to add a listener. */
  Reply listener(Fd listener) {
    return target.addSeccompListener(listener) ? number(0) : failed(Errno.EINVAL);
  }

  private Reply tty(int number) {
    Optional<TtyLease> lease = target.openTty(number);
    if (lease.isEmpty()) {
      return failed(Errno.EBADF);
    }
    Fd master = lease.get().master().duplicate();
    byte[] nothing = new byte[0];
    return new Reply.Leased(
        new CommandResponse(0, lease.get().number(), nothing, List.of(master)), lease.get());
  }

  private Reply consoleLog(byte[] payload) {
    Optional<ConsoleLogRequest> wanted = ConsoleLogRequest.decode(payload);
    if (wanted.isEmpty()) {
      return failed(Errno.EINVAL);
    }
    Optional<byte[]> text = target.consoleLog(wanted.get());
    if (text.isEmpty()) {
      return failed(Errno.EFAULT);
    }
    return wanted.get().read() && text.get().length == 0
        ? failed(Errno.ENODATA)
        : new Answered(CommandResponse.of(text.get(), List.of()));
  }

  private Reply cgroupPath(CommandRequest request, boolean limit) {
    // Without a payload v2 is meant; what is not found, LXC ends without an answer.
    String controller = request.payload().length == 0 ? "" : request.text().orElse("?");
    return target
        .cgroupPath(controller, limit)
        .<Reply>map(path -> new Answered(CommandResponse.of(path)))
        .orElse(new Reply.Ended());
  }

  private Reply stateReached(int state) {
    if (state < 0 || state >= STATES.length) {
      return failed(Errno.EINVAL);
    }
    target.stateReached(STATES[state]);
    return number(0);
  }

  private Reply deviceRule(byte[] payload) {
    if (payload.length != DEVICE_LENGTH) {
      return failed(Errno.EINVAL);
    }
    ByteBuffer fields = ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder());
    String access = new String(payload, 12, 4, StandardCharsets.US_ASCII).replace("\0", "");
    try {
      DeviceRule rule =
          new DeviceRule(
              (char) payload[0],
              fields.getInt(4),
              fields.getInt(8),
              access,
              fields.getInt(16) != 0);
      return target.applyDeviceRule(rule) ? number(0) : new Answered(CommandResponse.NONE);
    } catch (IllegalArgumentException e) {
      return failed(Errno.EINVAL);
    }
  }

  private Reply freeze(boolean frozen, int seconds) {
    return target.freeze(frozen, Duration.ofSeconds(seconds)) ? number(0) : failed(Errno.ENOENT);
  }

  private Reply unified(boolean limit) {
    return target.cgroupLayout() == Layout.UNIFIED
        ? descriptor(target.cgroupDirectory("", limit).map(CgroupDirectory::fd))
        : failed(Errno.EINVAL);
  }

  private Reply cgroup(byte[] payload, boolean limit) {
    Optional<String> controller = CgroupRecords.controller(payload);
    if (controller.isEmpty()) {
      return failed(Errno.EINVAL);
    }
    Function<CgroupDirectory, Reply> found =
        directory ->
            new Answered(
                CommandResponse.of(
                    CgroupRecords.encode(
                        controller.get(), target.cgroupLayout(), directory.unified()),
                    List.of(directory.fd())));
    return target.cgroupDirectory(controller.get(), limit).map(found).orElse(failed(Errno.ENOENT));
  }

  private Reply cgroups(byte[] payload) {
    if (!CgroupRecords.asksForAll(payload)) {
      return failed(Errno.EINVAL);
    }
    List<Fd> directories = target.cgroupDirectories();
    if (directories.isEmpty() || directories.size() > CgroupRecords.most()) {
      Fds.close(directories);
      return failed(Errno.ENOENT);
    }
    return new Answered(
        CommandResponse.of(
            CgroupRecords.encode(target.cgroupLayout(), directories.size()), directories));
  }

  private static Reply descriptor(Optional<Fd> fd) {
    return fd.<Reply>map(found -> new Answered(CommandResponse.of(found)))
        .orElse(failed(Errno.EBADF));
  }

  private static Reply number(long number) {
    return new Answered(CommandResponse.of(number));
  }

  private static Reply failed(Errno errno) {
    return new Answered(CommandResponse.of(errno));
  }
}
