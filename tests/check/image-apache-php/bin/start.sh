#!/bin/bash
set -euo pipefail
: "${APP_ENV:=production}"
if [[ "$APP_ENV" != production ]]; then
  a2enmod info
fi
rm -f /var/run/apache2/apache2.pid
exec apache2-foreground "$@"
