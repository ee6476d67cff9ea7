#!/bin/sh
# Note: this is sh, so that it works on busybox too
trap "echo TRAPed signal" HUP INT QUIT TERM

/usr/sbin/apache2ctl -D FOREGROUND
echo "exited $0"
