#!/bin/sh
while true; do
    /usr/local/bin/worker --queue "$QUEUE"
    echo "worker ended with $?, starting it again" >&2
    sleep 1
done
