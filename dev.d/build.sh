# ./dev build: the launcher, the engine's jars, and a tree that runs: build/coffer.

# What the engine is started with. The AOT cache is made with these very flags; with others it would not be used.
# An engine is young most of the time: it compiles what a dozen commands have used, and looks at each eighth call of a
# method whether it has (by itself a JVM looks at each 128th). Its heap begins small and gives back what it no longer
# needs, so that it stays small at rest.
jvm_flags=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:Tier0InvokeNotifyFreqLog=3 -XX:Tier0BackedgeNotifyFreqLog=8
  -XX:Tier3InvocationThreshold=30 -XX:Tier3MinInvocationThreshold=10 -XX:Tier3CompileThreshold=60
  -XX:Tier3BackEdgeThreshold=2000 -Xms8m -Xmn4m -Xmx64m -Xss512k -XX:MinHeapFreeRatio=10
  -XX:MaxHeapFreeRatio=20 -XX:TrimNativeHeapInterval=2000 -XX:-UsePerfData -Xlog:disable
  --enable-native-access=dev.coffer.linux)

run_build() {
  find_jdk
  local now
  now=$(source_stamp)
  if [[ -e build/stamp && $(<build/stamp) == "$now" ]]; then return 0; fi
  need_build_packages
  mkdir -p build
  rm -f build/stamp
  build_launcher
  build_jars
  assemble_tree "$prefix"
  echo "$now" >build/stamp
}

# Also what unit tests look at: the kernel's headers, a busybox to make images of.
need_build_packages() {
  need mvn:maven gcc:gcc make:make musl-gcc:musl-tools /usr/include/linux/version.h:linux-libc-dev \
    /usr/include/stdio.h:libc6-dev /var/lib/dpkg/info/busybox-static.list:busybox-static
}

source_stamp() {
  {
    echo "$JAVA_HOME $(cat "$JAVA_HOME/release")"
    stamp dev.d/build.sh dev.d/lib.sh pom.xml */pom.xml */src/main native
  } | sha256sum | cut -c1-32
}

# Tells one build from another by what the sources say; launcher and engine compare it.
build_id() {
  find native */src/main -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-32
}

build_launcher() {
  say "building the launcher"
  local id
  id=$(build_id)
  [[ -e build/native/build-id && $(<build/native/build-id) == "$id" ]] || rm -f build/native/coffer
  make -s -C native OUT="$top/build/native" "BUILD_ID=$id" >build/native.log 2>&1 || {
    last_lines build/native.log
    die "the launcher does not build"
  }
}

# The compiler leaves the classes of sources that were removed; where the names changed, all are compiled anew.
drop_stale_classes() {
  local names
  names=$(find */src -name '*.java' | sort | sha256sum)
  [[ -e build/names && $(<build/names) == "$names" ]] || rm -rf */target/{classes,test-classes,maven-status}
  echo "$names" >build/names
}

build_jars() {
  say "building the engine"
  drop_stale_classes
  maven -pl tools -am package -Dmaven.test.skip=true >build/maven.log 2>&1 || {
    grep -E '^\[(ERROR|WARNING)\]' build/maven.log | grep -vE 'Re-run|\[Help|To see the full|For more inf|After correcting|mvn <args>|^\[ERROR\] *$' >&2
    die "the engine does not build (build/maven.log)"
  }
}

# assemble_tree DIR: bin/ and lib/coffer/ below it. It finds its parts from where bin/coffer is, wherever it is moved to.
assemble_tree() {
  local dir=$1 lib=$1/lib/coffer name
  mkdir -p "$dir/bin" "$lib"
  # A running launcher cannot be overwritten, only replaced.
  rm -f "$dir/bin/coffer" "$lib"/*.jar "$lib/engine.aot" "$lib/engine.argv"
  cp build/native/coffer "$dir/bin/coffer"
  cp build/native/build-id "$lib/"
  for name in $tools; do ln -sfn coffer "$dir/bin/lxc-$name"; done
  mkdir -p "$dir/libexec/lxc"
  ln -sfn ../../bin/coffer "$dir/libexec/lxc/lxc-net"
  cp -p tools/target/coffer-tools-*.jar tools/target/lib/*.jar "$lib/"
  write_engine_argv "$JAVA_HOME/bin/java" >"$lib/engine.argv"
  make_aot_cache "$dir"
}

# write_engine_argv JAVA: the vector that starts the engine, one word a line (native/PROTOCOL.md).
write_engine_argv() {
  printf '%s\n' "$1" "${jvm_flags[@]}" -XX:AOTCache=@ROOT@/lib/coffer/engine.aot \
    --module-path @ROOT@/lib/coffer -m dev.coffer.tools/dev.coffer.tools.EngineMain
}

# make_aot_cache DIR
make_aot_cache() {
  say "warming the engine up"
  dev.d/make-cache "$1" 2>build/train.log ||
    say "no AOT cache was made (build/train.log): the first command will take longer"
}
