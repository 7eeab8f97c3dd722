# ./dev demo: the life of a container, with the commands a user would type.

run_demo() {
  need_root demo
  . dev.d/build.sh
  run_build
  demo_run=$(mktemp -d /tmp/coffer-demo.XXXXXX)
  demo_path_made= demo_bridge_made=
  [[ -d /sys/class/net/lxcbr0 ]] || demo_bridge_made=1
  [[ -d /var/lib/lxc ]] || demo_path_made=1
  # An engine of its own: one that is installed on this machine is left alone.
  export COFFER_RUN=$demo_run/run PATH=$prefix/bin:$PATH
  trap clean_demo EXIT
  clean_container
  local since=$EPOCHREALTIME
  show lxc-create -n coffer-demo -t busybox
  show lxc-start -n coffer-demo --explain
  show lxc-start -n coffer-demo -d
  show lxc-ls -f
  show lxc-info -n coffer-demo
  show lxc-attach -n coffer-demo -- /bin/sh -c 'echo "hello from $(hostname), where I am $(id -un) and see:"; ps'
  show lxc-stop -n coffer-demo
  show lxc-info -n coffer-demo -s
  show lxc-destroy -n coffer-demo
  echo
  LC_ALL=C awk -v a="$since" -v b="$EPOCHREALTIME" 'BEGIN { printf "All of it took %.1f seconds.\n", b - a }'
}

# Shows a command as one would type it, and runs it.
show() {
  local word line='$'
  for word in "$@"; do
    [[ $word =~ ^[A-Za-z0-9_./=-]+$ ]] || word="'${word//\'/\'\\\'\'}'"
    line+=" $word"
  done
  printf '\n%s\n' "$line"
  "$@" || die "demo: $1 failed with exit code $?"
}

clean_container() {
  [[ -e /var/lib/lxc/coffer-demo ]] || return 0
  lxc-stop -n coffer-demo -k >/dev/null 2>&1 || true
  lxc-destroy -n coffer-demo -f >/dev/null 2>&1 || true
}

clean_demo() {
  clean_container
  [[ ! $demo_bridge_made ]] || coffer network stop lxcbr0 >/dev/null 2>&1 || true
  coffer engine stop >/dev/null 2>&1 || true
  rm -rf --one-file-system "$demo_run"
  [[ ! $demo_path_made ]] || rmdir --ignore-fail-on-non-empty /var/lib/lxc 2>/dev/null || true
}
