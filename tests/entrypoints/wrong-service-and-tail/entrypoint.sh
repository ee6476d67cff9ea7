#!/bin/bash
service ssh start
service nginx start
tail -f /var/log/nginx/access.log /var/log/nginx/error.log
