#!/bin/sh
# Is ready when it has opened its store; SIGINT asks it to close that.
store=/tmp/wigwag-example-queue
rm -f "$store"
trap 'echo "queue.sh: closing"; rm -f "$store"; exit 0' INT
echo "queue.sh: opening"
sleep 1
: >"$store"
echo "queue.sh: ready"
while :; do
    # Not in the foreground: the shell would run the trap only after it.
    sleep 1 &
    wait $!
done
