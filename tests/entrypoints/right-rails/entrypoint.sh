#!/bin/bash -e
rm -f /app/tmp/pids/server.pid
if [ "${*}" == "./bin/rails server" ]; then
  ./bin/rails db:prepare
fi
exec "${@}"
