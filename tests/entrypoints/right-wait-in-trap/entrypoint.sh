#!/bin/bash
stop() {
    kill -TERM "$child"
    wait "$child"
    exit $?
}
trap stop SIGTERM SIGINT
/opt/server/bin/server --config /etc/server.yml &
child=$!
wait "$child"
