#!/bin/sh
# What `cryptsetup luksOpen` does for an OSD: a device that the whole machine has, on a file of this container.
busybox truncate -s 8M "$DISK"
for _ in 1 2 3 4 5 6 7 8; do
    # Somebody else may take it first.
    device=$(busybox losetup -f) && busybox losetup "$device" "$DISK" && break
done
echo "$device" >/run/device
busybox mke2fs "$device" >/dev/null && busybox mkdir -p /mnt/osd && busybox mount -t ext2 "$device" /mnt/osd
