#!/bin/sh
trap 'echo "counter: stops"; exit 0' TERM
trap 'echo "counter: told to stop"; exit 0' INT
echo "counter: counts"
while :; do
    # Not in the foreground: the shell would run the trap only after it.
    sleep 1 &
    wait $!
done
