#!/bin/sh
# bind-mount.sh NAME [LXCPATH]: a directory of the host in a container, read-only.
set -eu
name=$1 path=${2:-/var/lib/lxc}
shared=$(mktemp -d)
trap 'lxc-destroy -P "$path" -n "$name" -f; rm -r "$shared"' EXIT
echo "from the host" >"$shared/note"
chmod 755 "$shared"

lxc-create -P "$path" -n "$name" -t busybox
# The target is below the container's root, so it has no leading slash.
echo "lxc.mount.entry = $shared srv/shared none bind,ro,create=dir 0 0" >>"$path/$name/config"
lxc-start -P "$path" -n "$name"

lxc-attach -P "$path" -n "$name" -- cat /srv/shared/note
lxc-attach -P "$path" -n "$name" -- touch /srv/shared/mine || echo "and not writable from inside"
