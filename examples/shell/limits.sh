#!/bin/sh
# limits.sh NAME [LXCPATH]: memory, number of processes and open files, on cgroup v1 and v2 alike.
set -eu
name=$1 path=${2:-/var/lib/lxc}
trap 'lxc-destroy -P "$path" -n "$name" -f' EXIT

lxc-create -P "$path" -n "$name" -t busybox
# A limit whose controller is not there is an error, so the keys depend on the host's version of cgroups.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  limits='lxc.cgroup2.memory.max = 64M
lxc.cgroup2.pids.max = 40'
else
  limits='lxc.cgroup.memory.limit_in_bytes = 64M
lxc.cgroup.pids.max = 40'
fi
echo "$limits
lxc.prlimit.nofile = 100" >>"$path/$name/config"
lxc-start -P "$path" -n "$name"

lxc-attach -P "$path" -n "$name" -- sh -c 'echo "init may open $(grep "Max open files" /proc/1/limits | tr -s " " | cut -d" " -f4) files"'
echo "memory: $(cat /sys/fs/cgroup/memory/lxc.payload."$name"/memory.limit_in_bytes \
  /sys/fs/cgroup/lxc.payload."$name"/memory.max 2>/dev/null)"
