package dev.coffer.runtime.command;

import java.util.Optional;

/** What can be asked over a command socket; the ordinal is the number on the wire. */
enum Command {
  GET_TTY_FD,
  TERMINAL_WINCH,
  STOP,
  GET_STATE,
  GET_INIT_PID,
  GET_CLONE_FLAGS,
  GET_CGROUP,
  GET_CONFIG_ITEM,
  GET_NAME,
  GET_LXCPATH,
  ADD_STATE_CLIENT,
  CONSOLE_LOG,
  SERVE_STATE_CLIENTS,
  SECCOMP_NOTIFY_ADD_LISTENER,
  ADD_BPF_DEVICE_CGROUP,
  FREEZE,
  UNFREEZE,
  GET_CGROUP2_FD,
  GET_INIT_PIDFD,
  GET_LIMIT_CGROUP,
  GET_LIMIT_CGROUP2_FD,
  GET_DEVPTS_FD,
  GET_SECCOMP_NOTIFY_FD,
  GET_CGROUP_CTX,
  GET_CGROUP_FD,
  GET_LIMIT_CGROUP_FD,
  GET_SYSTEMD_SCOPE;

  private static final Command[] ALL = values();

  static Optional<Command> decode(int number) {
    return number >= 0 && number < ALL.length ? Optional.of(ALL[number]) : Optional.empty();
  }
}
