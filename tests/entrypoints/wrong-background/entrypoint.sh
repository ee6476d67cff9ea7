#!/bin/sh
set -e
/usr/local/bin/prepare --once
nohup /usr/local/bin/server > /dev/stdout 2>&1 &
echo "server is running"
