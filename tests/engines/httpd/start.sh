#!/bin/sh
# No exec: SIGWINCH to this shell alone would do nothing.
apache2 -f /app/httpd.conf -D FOREGROUND
