#!/bin/bash
set -e
source /etc/profile.d/app-env.sh
envsubst < /etc/app.conf.template > /etc/app.conf
(
    umask 077
    exec openssl req -new -x509 -nodes -subj /CN=localhost -keyout /run/key.pem -out /run/cert.pem
)
exec /usr/bin/tini -s -- node --max-old-space-size=512 /srv/server.js "$@"
