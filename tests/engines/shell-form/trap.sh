#!/bin/bash
# The clean up takes two seconds.
finish() {
    echo "trapped TERM"
    sleep 2
    echo "ended"
    exit 0
}
trap finish TERM
echo "started"
while :; do
    sleep 1 &
    wait $!
done
