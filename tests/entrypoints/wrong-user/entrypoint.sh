#!/bin/bash
chown -R app /data
exec su - app -c "cd /srv && exec ./server --data /data"
