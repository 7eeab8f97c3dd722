#!/bin/sh
# idmap.sh NAME [LXCPATH]: root inside is user 100000 outside; the files on disk stay root's.
set -eu
name=$1 path=${2:-/var/lib/lxc}
trap 'lxc-destroy -P "$path" -n "$name" -f' EXIT

lxc-create -P "$path" -n "$name" -t busybox
cat >>"$path/$name/config" <<CONFIG
lxc.idmap = u 0 100000 65536
lxc.idmap = g 0 100000 65536
# The mount is mapped along with the ids: no file needs another owner.
lxc.rootfs.options = idmap=container
CONFIG
lxc-start -P "$path" -n "$name"

echo "inside:  $(lxc-attach -P "$path" -n "$name" -- id -u)"
echo "outside: $(stat -c %u "/proc/$(lxc-info -P "$path" -n "$name" -pH)")"
echo "a file made inside belongs to $(lxc-attach -P "$path" -n "$name" -- sh -c 'touch /mine; stat -c %u /mine') inside," \
  "to $(stat -c %u "$path/$name/rootfs/mine") on disk"
