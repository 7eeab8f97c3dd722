# ./dev test [PART] [PATTERN]: all tests, ending with one line that counts them.

run_test() {
  local part=${1:-all} pattern=${2:-}
  find_jdk
  mkdir -p build
  rm -rf build/results
  mkdir -p build/results
  . dev.d/check.sh
  . dev.d/build.sh
  case $part in
    all)
      need_root test
      run_build
      need_test_packages
      make_packages
      test_style
      test_native
      test_java '!it' ''
      test_java it ''
      ;;
    unit)
      need_build_packages
      need ip:iproute2 xz:xz-utils zstd:zstd bzip2:bzip2 tar:tar
      test_java '!it' "$pattern"
      ;;
    native) test_native ;;
    style) test_style ;;
    root)
      need_root "test root"
      run_build
      need_test_packages
      [[ $pattern && $pattern != *Package* ]] || make_packages
      test_java it "$pattern"
      ;;
    *) die "test: no such part: $part (unit, native, style, root)" ;;
  esac
  summarize
}

# What the tests use: Debian's own lxc tools on our containers, and a Debian to boot.
need_test_packages() {
  need ip:iproute2 lxc-autostart:lxc /usr/lib/python3/dist-packages/lxc/__init__.py:python3-lxc mmdebstrap:mmdebstrap \
    /usr/share/lxc/config/debian.common.conf:lxc-templates \
    xz:xz-utils zstd:zstd sqfs2tar:squashfs-tools-ng python3:python3 \
    newuidmap:uidmap useradd:passwd pasta:passt slirp4netns:slirp4netns \
    mkfs.btrfs:btrfs-progs mkfs.xfs:xfsprogs mkfs.ext4:e2fsprogs losetup:mount rsync:rsync nft:nftables dnsmasq:dnsmasq-base iptables:iptables ufw:ufw \
    docker-registry:docker-registry skopeo:skopeo umoci:umoci htpasswd:apache2-utils openssl:openssl curl:curl
}

# As a program of its own: in a condition, and in what it calls, the shell would go on after a failure.
make_packages() {
  say "packages (build/package.log)"
  ./dev package >build/package.log 2>&1 || result packages build failed build/package.log
}

# Ends with the closing line; fails when a test failed.
summarize() { "$JAVA_HOME/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 dev.d/TestReport.java build/results; }

# result SUITE NAME OUTCOME [FILE]: notes a test that is not JUnit's, in the form of its reports.
# OUTCOME: passed, failed (FILE has the output), skipped (FILE is the reason).
result() {
  local name reason outcome=
  name=$(escape "$2") reason=$(escape "${4:-}")
  case $3 in
    failed) outcome="<failure message=\"see $reason\"/>" ;;
    skipped) outcome="<skipped message=\"$reason\"/>" ;;
  esac
  printf '<testsuite><testcase classname="%s" name="%s">%s</testcase></testsuite>\n' "$1" "$name" "$outcome" \
    >"build/results/TEST-$1-${2//[^A-Za-z0-9]/-}.xml"
}

escape() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/"/\&quot;/g' <<<"$1"; }

test_style() {
  say "checking the formatting"
  if check_format; then result style formatting passed; else result style formatting failed build/fmt.log; fi
  say "checking the documentation of the API"
  . dev.d/docs.sh
  if write_docs build/docs/api; then result style documentation passed; else result style documentation failed build/docs.log; fi
}

# The launcher's own tests: make's targets. Their programs name each test on a line ("  a sentence"), with "skipped:
# why" or the checks that failed below it, further in; a target that names none counts as one test.
test_native() {
  need_build_packages
  local target log rc outcome name reason
  for target in check check-sanitize check-aarch64 fuzz; do
    # Other releases of Debian have other compilers, other processors no cross compiler.
    if ! (need_native_packages "$target"); then
      result native "$target" skipped "its compiler cannot be had here"
      continue
    fi
    log=build/native-$target.log rc=0
    say "testing the launcher: $target"
    make -s -C native OUT="$top/build/native" "BUILD_ID=$(build_id)" SECONDS=15 "$target" >"$log" 2>&1 || rc=$?
    while IFS=$'\t' read -r outcome name reason; do
      [[ $outcome != failed ]] || rc=0 reason=$log
      result "native-$target" "$name" "$outcome" "$reason"
    done < <(native_outcomes "$log")
    if ((rc)); then
      last_lines "$log"
      result native "$target" failed "$log"
    elif ! grep -q '^  [^ ]' "$log"; then
      result native "$target" passed
    fi
  done
}

need_native_packages() {
  case $1 in
    check-aarch64)
      need aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu qemu-aarch64-static:qemu-user-static \
        /usr/aarch64-linux-gnu/include/stdio.h:libc6-dev-arm64-cross
      ;;
    fuzz)
      need clang-14:clang-14 \
        "/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-$(uname -m).a:libclang-rt-14-dev"
      ;;
  esac
}

native_outcomes() {
  awk '
    function tell() { if (name != "") print outcome "\t" name "\t" reason }
    /^  [^ ]/ { tell(); name = substr($0, 3); outcome = "passed"; reason = "" }
    /^    skipped: / { outcome = "skipped"; reason = substr($0, 14) }
    /^    .*(: not true: | is .*, not |: cannot go on: )/ { outcome = "failed" }
    END { tell() }' "$1"
}

# test_java MODULES PATTERN: what Maven runs; the reports are collected, also those of a run that failed.
test_java() {
  local modules=$1 options=() dir log=build/test-${1#!}.log
  if [[ $1 == it ]]; then
    say "root tests (build/test-it.log)"
    modules=it
  else
    say "unit tests"
    log=build/test-unit.log
  fi
  [[ ! $2 ]] || options+=("-Dtest=$2" -Dsurefire.failIfNoSpecifiedTests=false)
  rm -rf */target/surefire-reports
  drop_stale_classes
  if [[ $1 == it ]]; then
    # The other modules take part for their classes only.
    options+=(-am -Dskip.unit.tests=true)
  fi
  maven -pl "$modules" "${options[@]}" -Dmaven.test.failure.ignore=true "-Dcoffer.prefix=$prefix" test >"$log" 2>&1 || {
    grep -E '^\[ERROR\]' "$log" | head -n 40 >&2
    result maven "${1#!}" failed "$log"
  }
  for dir in */target/surefire-reports; do
    [[ -d $dir ]] && cp "$dir"/TEST-*.xml build/results/ 2>/dev/null || true
  done
}
