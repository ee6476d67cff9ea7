#!/bin/sh
exec dumb-init -- sh -c "cd /srv && node server.js"
