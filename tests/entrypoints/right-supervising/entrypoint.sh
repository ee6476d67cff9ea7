#!/bin/bash
set -u
pid=

forward() {
    echo "stopping"
    [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null
}
trap forward TERM INT

mount /dev/mapper/data /data || exit 1
/usr/bin/ceph-osd -f -i "$OSD_ID" &
pid=$!

wait "$pid"
code=$?
while kill -0 "$pid" 2>/dev/null; do
    wait "$pid"
    code=$?
done

umount /data
exit "$code"
