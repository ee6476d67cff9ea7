#!/bin/bash
trap 'echo "put away"; exit 0' TERM
echo ready
while :; do
    sleep 1 &
    wait $!
done
