#!/bin/bash
set -e
envsubst < /etc/supervisor/app.conf.template > /etc/supervisor/conf.d/app.conf
/usr/bin/supervisord -n -c /etc/supervisor/supervisord.conf
