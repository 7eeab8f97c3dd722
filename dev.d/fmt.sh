# ./dev fmt: google-java-format over all Java sources.

run_fmt() {
  find_jdk
  maven spotless:apply "$@"
}
