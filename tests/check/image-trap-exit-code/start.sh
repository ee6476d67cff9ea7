#!/bin/sh
trap 'kill -TERM "$pid"; wait "$pid"; exit' TERM
server &
pid=$!
wait "$pid"
