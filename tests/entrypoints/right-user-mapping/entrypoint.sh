#!/bin/sh
set -e
PUID=${PUID:-1000}
PGID=${PGID:-1000}

if [ "$(id -u)" -ne 0 ]; then
    exec "$@"
fi

groupmod -o -g "$PGID" app
usermod -o -u "$PUID" app
chown -R app:app /config || echo "cannot change the owner of /config" >&2

if command -v su-exec >/dev/null 2>&1; then
    exec su-exec app "$@"
elif command -v gosu >/dev/null 2>&1; then
    exec gosu app "$@"
else
    exec setpriv --reuid="$PUID" --regid="$PGID" --init-groups "$@"
fi
