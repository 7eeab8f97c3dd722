#!/bin/sh
# nesting.sh NAME [LXCPATH]: a container with an id map, ready for containers inside.
set -eu
name=$1 path=${2:-/var/lib/lxc}
trap 'lxc-destroy -P "$path" -n "$name" -f' EXIT

lxc-create -P "$path" -n "$name" -t busybox
cat >>"$path/$name/config" <<CONFIG
lxc.idmap = u 0 100000 131072
lxc.idmap = g 0 100000 131072
lxc.rootfs.options = idmap=container
coffer.nesting = 1
CONFIG
lxc-start -P "$path" -n "$name"

lxc-attach -P "$path" -n "$name" -- sh -c '
  unshare -U -r -m -p -f sh -c "mount -t proc proc /proc" && echo "a user namespace inside has a proc of its own"
  ls /sys/fs/cgroup/cgroup.subtree_control
  mkdir /sys/fs/cgroup/mine && echo "its cgroup can be divided"'
