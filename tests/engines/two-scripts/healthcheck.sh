#!/bin/sh
trap 'echo "healthcheck: stops"; exit 0' TERM
echo "healthcheck: checks"
while :; do
    sleep 1 &
    wait $!
done
