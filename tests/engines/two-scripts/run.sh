#!/bin/sh
# Two programs in one container, by hand: neither hears of a stop.
./healthcheck.sh &
./counter.sh
