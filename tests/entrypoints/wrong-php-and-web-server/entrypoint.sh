#!/bin/sh
set -e
php-fpm8.2 -F &
exec nginx -g 'daemon off;'
