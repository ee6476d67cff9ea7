#!/bin/bash
set -eo pipefail
shopt -s nullglob

if [ "${1#-}" != "$1" ]; then
	set -- mysqld "$@"
fi

if [ "$1" = 'mysqld' ] && [ "$(id -u)" = '0' ]; then
	mkdir -p /var/run/mysqld
	chown -R mysql:mysql /var/lib/mysql /var/run/mysqld
	exec gosu mysql "$0" "$@"
fi

if [ "$1" = 'mysqld' ] && [ ! -d /var/lib/mysql/mysql ]; then
	"$@" --initialize-insecure
	"$@" --skip-networking --socket=/tmp/init.sock &
	pid=$!
	for i in {30..0}; do
		if mysqladmin --socket=/tmp/init.sock ping &> /dev/null; then
			break
		fi
		sleep 1
	done
	if [ "$i" = 0 ]; then
		echo >&2 'the temporary server does not start'
		exit 1
	fi
	for f in /docker-entrypoint-initdb.d/*.sql; do
		mysql --socket=/tmp/init.sock < "$f"
	done
	if ! kill -s TERM "$pid" || ! wait "$pid"; then
		echo >&2 'the temporary server does not stop'
		exit 1
	fi
fi

exec "$@"
