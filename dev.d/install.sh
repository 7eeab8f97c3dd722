# ./dev install --prefix DIR

run_install() {
  local dir=
  while (($#)); do
    case $1 in
      --prefix) dir=${2:?--prefix needs a folder}; shift ;;
      --prefix=*) dir=${1#*=} ;;
      *) die "install: unknown argument: $1 (usage: ./dev install --prefix DIR)" ;;
    esac
    shift
  done
  [[ $dir ]] || die "usage: ./dev install --prefix DIR"
  . dev.d/build.sh
  run_build
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd -P)
  assemble_tree "$dir"
  say "installed: $dir/bin holds coffer and the lxc-* tools"
}
