#!/bin/sh
set -eu

JAVA_OPTS="${JAVA_OPTS:-}"
if [ -r /sys/fs/cgroup/memory.max ]; then
    limit=$(cat /sys/fs/cgroup/memory.max)
    if [ "$limit" != max ]; then
        JAVA_OPTS="$JAVA_OPTS -XX:MaxRAMPercentage=75"
    fi
fi
[ -f /app/extra.env ] && . /app/extra.env

# shellcheck disable=SC2086
exec java $JAVA_OPTS -Djava.security.egd=file:/dev/./urandom -jar /app/app.jar "$@"
