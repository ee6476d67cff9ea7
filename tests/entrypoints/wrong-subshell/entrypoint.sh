#!/bin/sh
set -e
(
    cd /srv/app
    exec ./bin/server
)
