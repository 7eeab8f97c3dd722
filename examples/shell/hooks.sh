#!/bin/sh
# hooks.sh NAME [LXCPATH]: commands at the turns of a container's life.
set -eu
name=$1 path=${2:-/var/lib/lxc}
log=$(mktemp)
trap 'lxc-destroy -P "$path" -n "$name" -f; rm "$log"' EXIT

lxc-create -P "$path" -n "$name" -t busybox
cat >>"$path/$name/config" <<CONFIG
# Version 1 tells hooks what they need in variables and passes no arguments.
lxc.hook.version = 1
lxc.hook.pre-start = /bin/sh -c "echo before \$LXC_NAME >>$log"
lxc.hook.post-stop = /bin/sh -c "echo after \$LXC_NAME, which was to \$LXC_TARGET >>$log"
CONFIG
lxc-start -P "$path" -n "$name"
lxc-stop -P "$path" -n "$name" -k
lxc-wait -P "$path" -n "$name" -s STOPPED -t 10
cat "$log"
