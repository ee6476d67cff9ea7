#!/bin/sh
set -e
echo "Starting with $JAVA_OPTS"
java $JAVA_OPTS -jar /app/app.jar "$@"
