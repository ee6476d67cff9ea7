#!/bin/bash
# A transaction that takes its time.
psql() { command psql --no-psqlrc --host 127.0.0.1 --port 6432 --username postgres --quiet --tuples-only --no-align "$@" 2>&1; }
until psql --command "SELECT 1" postgres >/dev/null; do
    sleep 0.1
done
{
    echo "BEGIN;"
    echo "SELECT 'client: has a transaction';"
    echo "SELECT 'client: slept' FROM pg_sleep(2);"
    echo "COMMIT;"
    printf '%s\n' '\echo client: committed'
} | psql --set ON_ERROR_STOP=1 postgres
