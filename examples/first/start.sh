#!/bin/sh
# A start script as there are many: it does not exec, so the worker is not the process that is asked to stop.
echo "start.sh: starting the worker"
"$(dirname "$0")/worker.sh" "$@"
