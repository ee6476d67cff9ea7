#!/bin/bash
# A session that would go on for ever.
until pg_isready --quiet --host 127.0.0.1; do
    sleep 0.1
done
coproc psql --no-psqlrc --host 127.0.0.1 --username postgres --quiet --tuples-only --no-align 2>&1
echo "BEGIN; SELECT 'has a transaction';" >&"${COPROC[1]}"
read -r line <&"${COPROC[0]}"
echo "client: $line"
# The end of the server, then; the answer to the next statement says why.
while pg_isready --quiet --host 127.0.0.1 || [ "$?" -ne 2 ]; do
    sleep 0.1
done
echo "SELECT 1;" >&"${COPROC[1]}"
read -r line <&"${COPROC[0]}"
echo "client: $line"
