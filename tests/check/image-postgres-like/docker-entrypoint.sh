#!/usr/bin/env bash
set -Eeo pipefail

file_env() {
	local var="$1" file_var="${1}_FILE"
	if [ "${!var:-}" ] && [ "${!file_var:-}" ]; then
		echo >&2 "error: both $var and $file_var are set"
		exit 1
	fi
	if [ "${!file_var:-}" ]; then
		export "$var"="$(< "${!file_var}")"
	fi
	unset "$file_var"
}

if [ "${1:0:1}" = '-' ]; then
	set -- postgres "$@"
fi

if [ "$1" = 'postgres' ] && [ "$(id -u)" = '0' ]; then
	mkdir -p "$PGDATA"
	chown -R postgres "$PGDATA"
	exec gosu postgres "$BASH_SOURCE" "$@"
fi

file_env POSTGRES_PASSWORD
exec "$@"
