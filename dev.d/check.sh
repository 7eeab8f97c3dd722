# ./dev check: formatting; compiling everything, with warnings as errors; the arrows between modules are the compiler's.

run_check() {
  find_jdk
  check_format || exit 1
  . dev.d/build.sh
  run_build
  maven test-compile >build/check.log 2>&1 || {
    last_lines build/check.log
    die "the tests do not compile"
  }
  say "checked"
}

check_format() {
  mkdir -p build
  maven spotless:check >build/fmt.log 2>&1 && return 0
  grep -E '^\[ERROR\]     ' build/fmt.log | head -n 60 >&2
  say "some sources are not formatted: ./dev fmt"
  return 1
}
