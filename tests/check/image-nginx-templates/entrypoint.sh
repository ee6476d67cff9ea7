#!/bin/sh
set -eu
for template in /etc/nginx/templates/*.template; do
    name=$(basename "$template" .template)
    envsubst '$HOST $PORT' < "$template" > "/etc/nginx/conf.d/$name"
done
exec "$@"
