#!/bin/sh
# It holds a file open on the device. `flush`: by SIGTERM it writes what it has. `stubborn`: it does nothing
# about it. `crash`: it does not get so far.
exec 3>/mnt/osd/journal
flush() {
    echo "written" >&3 && echo "osd: flushed"
    exit 3
}
case $1 in
stubborn) trap '' TERM ;;
*) trap flush TERM ;;
esac
busybox mount | busybox grep -q ' on /mnt/osd type ext2 ' && echo "osd: ready"
[ "$1" = crash ] && kill -SEGV $$
while :; do busybox sleep 0.1; done
