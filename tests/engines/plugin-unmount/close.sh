#!/bin/sh
# 5 is what cryptsetup says of a device that is in use.
busybox umount /mnt/osd || exit 5
busybox losetup -d "$(cat /run/device)"
