#!/bin/bash
set -e
deregister() { curl -fsS -X DELETE "$REGISTRY/$HOSTNAME"; }
exec /usr/bin/server
deregister
