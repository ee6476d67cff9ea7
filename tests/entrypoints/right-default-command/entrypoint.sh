#!/bin/sh
set -e
if [ $# -eq 0 ]; then
    set -- /usr/local/bin/server --listen :8080
fi
exec "$@"
