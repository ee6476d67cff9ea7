#!/bin/sh
# Serves a while; SIGWINCH asks it to stop, and by SIGTERM it would be cut off.
trap 'echo "web.sh: closing"; exit 0' WINCH
echo "web.sh: open"
for _ in 1 2 3; do
    # Not in the foreground: the shell would run the trap only after it.
    sleep 1 &
    wait $!
done
echo "web.sh: nothing more to do"
