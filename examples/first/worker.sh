#!/bin/sh
# Does a job a second; when it is asked to stop, it takes another second to put its work away.
put_away() {
    echo "worker.sh: asked to stop, putting work away"
    sleep 1
    echo "worker.sh: all work put away"
    exit 0
}
trap put_away TERM INT
for job in 1 2 3 4 5; do
    echo "worker.sh: job $job"
    # Not in the foreground: the shell would run the trap only after it.
    sleep 1 &
    wait $!
done
