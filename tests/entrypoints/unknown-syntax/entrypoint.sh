#!/usr/bin/env sh
if [ -f /etc/app.conf; then
exec ./server )
