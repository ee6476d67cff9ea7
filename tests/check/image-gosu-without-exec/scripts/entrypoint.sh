#!/bin/bash
set -e
if [ "$1" = server ]; then
  gosu app "$@"
else
  exec "$@"
fi
