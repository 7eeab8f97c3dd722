# ./dev guest [--selinux] [PATTERN]: the tests tagged "guest" and "everywhere", inside the virtual machine of vm/. With
# --selinux: those tagged "selinux", in a machine that has SELinux in AppArmor's place.

run_guest() {
  local tags='guest|everywhere'
  if [[ ${1:-} == --selinux ]]; then
    shift
    tags=selinux
    export COFFER_VM_LSM=selinux
  fi
  find_jdk
  . dev.d/build.sh
  . dev.d/test.sh
  run_build
  # The zfs modules take most of the time of building the guest; no test needs them yet.
  export COFFER_VM_ZFS=${COFFER_VM_ZFS:-0}
  prepare_guest
  say "compiling the tests"
  maven -pl it -am package -Dskip.unit.tests=true -Dskip.root.tests=true >build/maven-it.log 2>&1 || {
    last_lines build/maven-it.log
    die "the tests do not compile"
  }
  rm -rf build/results build/guest
  mkdir -p build/results
  local pattern=${1:+".*${1}.*"} rc=0 archive debian=()
  # Made here: the guest has no network.
  if archive=$(it/debian 2>build/debian.log); then
    debian=(--share "${archive%/*}" --env "COFFER_DEBIAN_12=$archive")
  else
    last_lines build/debian.log
  fi
  if archive=$(it/debian nesting 2>build/debian.log); then
    debian+=(--share "${archive%/*}" --env "COFFER_DEBIAN_12_NESTING=$archive")
  else
    last_lines build/debian.log
  fi
  COFFER_VM_JDK=$JAVA_HOME vm/vm-run --timeout "${COFFER_GUEST_TIMEOUT:-2400}" --share "$top/build/results:rw" \
    --log "$top/build/guest" "${debian[@]}" -- \
    java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto --enable-native-access=ALL-UNNAMED \
    "-Dcoffer.prefix=$prefix" -cp "it/target/test-classes:it/target/lib/*" \
    org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors --details=testfeed \
    --scan-classpath=it/target/test-classes --include-tag "$tags" \
    ${pattern:+--include-classname "$pattern"} --reports-dir "$top/build/results" >build/guest.log 2>&1 || rc=$?
  case $rc in
    0 | 1) ;;
    124) result guest "all tests in time" failed build/guest.log ;;
    *)
      last_lines build/guest.log
      result guest "the virtual machine" failed build/guest.log
      ;;
  esac
  summarize
}

# In a process of its own: the functions of vm/lib have names that are used here too.
guest_is_built() (
  here=$top/vm
  . vm/lib
  [[ -e $cache/built && $(build_key) == "$(<"$cache/built")" ]]
)

# Builds the guest, where it is not there yet: once, in the user's cache folder.
prepare_guest() {
  if guest_is_built; then return 0; fi
  need_root guest
  need mmdebstrap:mmdebstrap mke2fs:e2fsprogs xz:xz-utils zstd:zstd
  say "building the virtual machine, once (about two minutes)"
  vm/vm-build
}
