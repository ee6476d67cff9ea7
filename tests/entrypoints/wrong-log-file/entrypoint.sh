#!/bin/bash
mkdir -p /var/log/app
cd /srv/app || exit 1
exec python3 server.py --port "${PORT:-8000}" 2>&1 | tee -a /var/log/app/server.log
