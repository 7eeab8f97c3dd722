# ./dev bench: our tools and their peers, alternating, on this machine. bench/Bench.java has the rows.

run_bench() {
  find_jdk
  local help=
  case ${1:-} in -h | --help) help=1 ;; esac
  if [[ ! $help ]]; then
    need_root bench
    if [[ " $* " != *" --peers "* ]]; then
      . dev.d/build.sh
      run_build
    fi
    need /usr/bin/lxc-start:lxc crun:crun bwrap:bubblewrap systemd-nspawn:systemd-container musl-gcc:musl-tools \
      /var/lib/dpkg/info/busybox-static.list:busybox-static iperf3 ip:iproute2 \
      xz:xz-utils zstd:zstd mmdebstrap:mmdebstrap
    build_bench_programs
  fi
  "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "-Dcoffer.prefix=$prefix" bench/Bench.java "$@"
}

build_bench_programs() {
  local name
  mkdir -p build/bench
  for name in floor timer; do
    [[ build/bench/$name -nt bench/$name.c ]] && continue
    musl-gcc -static -O2 -Wall -Wextra -Werror -Wno-format-truncation -idirafter /usr/include \
      -idirafter "/usr/include/$(uname -m)-linux-gnu" -o "build/bench/$name" "bench/$name.c"
  done
}
