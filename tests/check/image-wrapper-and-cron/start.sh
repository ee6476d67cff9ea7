#!/bin/bash
service cron start
nginx
tail -f /var/log/nginx/access.log
