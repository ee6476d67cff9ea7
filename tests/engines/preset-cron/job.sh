#!/bin/bash
# A job that has something to put away.
finish() {
    echo "job: puts its work away"
    sleep 1
    echo "job: done"
    exit 0
}
trap finish TERM
echo "job: runs"
while :; do
    sleep 1 &
    wait $!
done
