# Shared by the verbs: messages, what must be installed, the JDK, Maven.

prefix=$top/build/coffer
tools="autostart cgroup checkconfig clone start-ephemeral update-config create start stop top attach execute info ls monitor snapshot wait freeze unfreeze destroy config console copy device usernsexec unshare"

# Java takes from it how file names are spelt in bytes.
export LC_ALL=C.UTF-8

die() {
  echo "dev: $*" >&2
  exit 1
}
say() { echo "dev: $*" >&2; }
is_root() { [[ $(id -u) == 0 ]]; }
need_root() { is_root || die "$1 needs root: sudo ./dev $1"; }

# need WHAT:PACKAGE ...: installs the packages of those WHAT (a command, or a file by its absolute path) that are missing.
need() {
  local item what missing=() packages=()
  for item in "$@"; do
    what=${item%%:*}
    if [[ $what == /* ]]; then [[ -e $what ]] && continue; else
      PATH=$PATH:/usr/sbin:/sbin command -v "$what" >/dev/null && continue
    fi
    missing+=("${what##*/}") packages+=("${item##*:}")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null ||
    die "${missing[*]}: missing, and there is no apt-get to install it with (in Debian the packages are: ${packages[*]})"
  is_root || die "${missing[*]}: missing; run: sudo apt-get install ${packages[*]}"
  say "installing ${packages[*]}"
  install_packages "${packages[@]}" || die "could not install ${packages[*]} (build/apt.log has what apt-get said)"
}

# The archive's lists may be absent or old: they are read anew only when it does not work without.
install_packages() {
  mkdir -p build
  local install=(apt-get -qq -y --no-install-recommends install "$@")
  export DEBIAN_FRONTEND=noninteractive
  "${install[@]}" >build/apt.log 2>&1 </dev/null && return 0
  { apt-get -qq update && "${install[@]}"; } >>build/apt.log 2>&1 </dev/null
}

jdk_version() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null; }
is_jdk() {
  local version
  [[ -x $1/bin/javac ]] || return 1
  version=$(jdk_version "$1")
  [[ $version ]] && ((version >= 25))
}

# Sets and exports JAVA_HOME: a JDK of version 25 or newer, the oldest of those that /usr/lib/jvm has.
find_jdk() {
  local on_path d version best= best_version=
  on_path=$(command -v javac) && on_path=$(readlink -f "$on_path") && on_path=${on_path%/bin/javac}
  for d in "${JAVA_HOME:-/nonexistent}" "${on_path:-/nonexistent}"; do
    if is_jdk "$d"; then
      export JAVA_HOME=$d
      return
    fi
  done
  for d in /usr/lib/jvm/* /opt/*jdk*; do
    is_jdk "$d" || continue
    version=$(jdk_version "$d")
    if [[ ! $best ]] || ((version < best_version)); then best=$d best_version=$version; fi
  done
  if [[ ! $best ]] && is_root && command -v apt-cache >/dev/null; then
    local package=openjdk-25-jdk-headless
    if apt-cache policy "$package" 2>/dev/null | grep -q 'Candidate: [0-9]'; then
      say "installing $package"
      install_packages "$package" || true
      for d in /usr/lib/jvm/*25*; do is_jdk "$d" && best=$d && break; done
    fi
  fi
  [[ $best ]] || die "no JDK 25 found: set JAVA_HOME to one, or put one under /usr/lib/jvm (this Debian has no package of it)"
  export JAVA_HOME=$best
}

# Maven, without its banners, and without the warnings of its own libraries on a new JDK.
maven() {
  need mvn:maven
  MAVEN_OPTS="${MAVEN_OPTS:-} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED" \
    mvn -q -B -Dstyle.color=never "$@" 2>&1 | sed $'s/\e\\[0m//g'
}

# stamp FILE...: one line for the state of the sources (names, sizes, times, also of folders, for what was deleted).
stamp() {
  find "$@" \( -name target -o -name build \) -prune -o -printf '%p %s %T@\n' 2>/dev/null | sort | sha256sum | cut -c1-32
}

last_lines() { tail -n "${2:-40}" "$1" >&2; }
