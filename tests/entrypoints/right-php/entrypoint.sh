#!/bin/sh
set -e

# first arg is `-f` or `--some-option`
if [ "${1#-}" != "$1" ]; then
	set -- php-fpm "$@"
fi

if [ "$1" = 'php-fpm' ] || [ "$1" = 'php' ] || [ "$1" = 'bin/console' ]; then
	if [ -z "$(ls -A 'vendor/' 2>/dev/null)" ]; then
		composer install --prefer-dist --no-progress --no-interaction
	fi
	if grep -q ^DATABASE_URL= .env; then
		ATTEMPTS_LEFT=60
		until [ $ATTEMPTS_LEFT -eq 0 ] || DATABASE_ERROR=$(php bin/console dbal:run-sql -q "SELECT 1" 2>&1); do
			sleep 1
			ATTEMPTS_LEFT=$((ATTEMPTS_LEFT - 1))
		done
		if [ $ATTEMPTS_LEFT -eq 0 ]; then
			echo "the database is not up: $DATABASE_ERROR"
			exit 1
		fi
		php bin/console doctrine:migrations:migrate --no-interaction
	fi
	setfacl -R -m u:www-data:rwX var || true
fi

exec docker-php-entrypoint "$@"
