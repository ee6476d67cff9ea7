#!/bin/bash
set -euo pipefail

until pg_isready -h "${DB_HOST:-db}" -q; do
    echo "waiting for the database"
    sleep 1
done

python manage.py migrate --noinput
python manage.py collectstatic --noinput --clear

case "${1:-web}" in
    web)
        exec gunicorn project.wsgi:application --bind 0.0.0.0:8000 --workers "${WORKERS:-3}"
        ;;
    worker)
        exec celery -A project worker --loglevel=info
        ;;
    migrate)
        echo "migrated"
        ;;
    shell)
        exec python manage.py shell
        ;;
    *)
        exec "$@"
        ;;
esac
