#!/bin/sh
set -e
case "$1" in
    web)
        exec gunicorn app:app --bind :8000
        ;;
    worker)
        celery -A app worker
        ;;
    migrate)
        flask db upgrade
        ;;
    *)
        exec "$@"
        ;;
esac
