#!/bin/sh
# Written by wigwag: change the spec, not this file.
# Set-up, then the service takes the place of this shell, so that signals, exit status, stdin and terminal are its own.
# shellcheck disable=SC1003,SC2016,SC2088,SC2089,SC2090 # what is quoted is meant literally
# shellcheck disable=SC2030,SC2031,SC2119,SC2120,SC2317,SC2329 # parameters, variables and functions of a subshell are its own

# As PID 1, this shell would never hear of it otherwise. The exec makes it the service's again.
trap 'exit 143' TERM

wigwag_tell() {
    printf 'wigwag: %s\n' "$1" >&2
}

# For finding programs; not exported, because the container was given none.
: "${PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"

# The positional parameters of this function count what is wrong: a shell variable could hide one of the environment.
wigwag_environment() {
    [ -n "${API_KEY:+set}" ] || {
        wigwag_tell 'the environment variable `API_KEY` is required, and is not set or empty'
        set -- failed
    }
    if [ -z "${BELOW+set}" ]; then
        # The / keeps newlines at the end, of which one is taken off.
        if ! BELOW=$(cat /run/secrets/kubernetes.io/token && printf /); then
            wigwag_tell 'cannot read `/run/secrets/kubernetes.io/token` for the environment variable `BELOW`'
            set -- failed
        elif [ -f /run/secrets/kubernetes.io/token ] && [ "$(tr -cd '\000' </run/secrets/kubernetes.io/token | wc -c)" -ne 0 ]; then
            wigwag_tell '`/run/secrets/kubernetes.io/token` has a NUL byte, which the environment variable `BELOW` cannot hold'
            set -- failed
        else
            BELOW=${BELOW%/}
            export BELOW="${BELOW%
}"
        fi
    fi
    if [ -z "${CERTIFICATE+set}" ]; then
        # The / keeps newlines at the end, of which one is taken off.
        if ! CERTIFICATE=$(cat /run/secrets/tls.crt && printf /); then
            wigwag_tell 'cannot read `/run/secrets/tls.crt` for the environment variable `CERTIFICATE`'
            set -- failed
        elif [ -f /run/secrets/tls.crt ] && [ "$(tr -cd '\000' </run/secrets/tls.crt | wc -c)" -ne 0 ]; then
            wigwag_tell '`/run/secrets/tls.crt` has a NUL byte, which the environment variable `CERTIFICATE` cannot hold'
            set -- failed
        else
            CERTIFICATE=${CERTIFICATE%/}
            export CERTIFICATE="${CERTIFICATE%
}"
        fi
    fi
    if [ -z "${DB_PASSWORD+set}" ]; then
        # The / keeps newlines at the end, of which one is taken off.
        if ! DB_PASSWORD=$(cat /run/secrets/db_password && printf /); then
            wigwag_tell 'cannot read `/run/secrets/db_password` for the environment variable `DB_PASSWORD`'
            set -- failed
        elif [ -f /run/secrets/db_password ] && [ "$(tr -cd '\000' </run/secrets/db_password | wc -c)" -ne 0 ]; then
            wigwag_tell '`/run/secrets/db_password` has a NUL byte, which the environment variable `DB_PASSWORD` cannot hold'
            set -- failed
        else
            DB_PASSWORD=${DB_PASSWORD%/}
            export DB_PASSWORD="${DB_PASSWORD%
}"
        fi
    fi
    if [ -z "${DB_PASSWORD_AGAIN+set}" ]; then
        # The / keeps newlines at the end, of which one is taken off.
        if ! DB_PASSWORD_AGAIN=$(cat /run/secrets/db_password && printf /); then
            wigwag_tell 'cannot read `/run/secrets/db_password` for the environment variable `DB_PASSWORD_AGAIN`'
            set -- failed
        elif [ -f /run/secrets/db_password ] && [ "$(tr -cd '\000' </run/secrets/db_password | wc -c)" -ne 0 ]; then
            wigwag_tell '`/run/secrets/db_password` has a NUL byte, which the environment variable `DB_PASSWORD_AGAIN` cannot hold'
            set -- failed
        else
            DB_PASSWORD_AGAIN=${DB_PASSWORD_AGAIN%/}
            export DB_PASSWORD_AGAIN="${DB_PASSWORD_AGAIN%
}"
        fi
    fi
    if [ -z "${HOSTILE+set}" ]; then
        # The / keeps newlines at the end, of which one is taken off.
        if ! HOSTILE=$(cat '/run/secrets/a: ${b}' && printf /); then
            wigwag_tell 'cannot read `/run/secrets/a: ${b}` for the environment variable `HOSTILE`'
            set -- failed
        elif [ -f '/run/secrets/a: ${b}' ] && [ "$(tr -cd '\000' <'/run/secrets/a: ${b}' | wc -c)" -ne 0 ]; then
            wigwag_tell '`/run/secrets/a: ${b}` has a NUL byte, which the environment variable `HOSTILE` cannot hold'
            set -- failed
        else
            HOSTILE=${HOSTILE%/}
            export HOSTILE="${HOSTILE%
}"
        fi
    fi
    if [ -z "${HOSTS+set}" ]; then
        # The / keeps newlines at the end, of which one is taken off.
        if ! HOSTS=$(cat /etc/hosts && printf /); then
            wigwag_tell 'cannot read `/etc/hosts` for the environment variable `HOSTS`'
            set -- failed
        elif [ -f /etc/hosts ] && [ "$(tr -cd '\000' </etc/hosts | wc -c)" -ne 0 ]; then
            wigwag_tell '`/etc/hosts` has a NUL byte, which the environment variable `HOSTS` cannot hold'
            set -- failed
        else
            HOSTS=${HOSTS%/}
            export HOSTS="${HOSTS%
}"
        fi
    fi
    [ -n "${NO:+set}" ] || {
        wigwag_tell 'the environment variable `NO` is required, and is not set or empty'
        set -- failed
    }
    [ -n "${PORT+set}" ] || export PORT=8080
    [ -n "${null:+set}" ] || {
        wigwag_tell 'the environment variable `null` is required, and is not set or empty'
        set -- failed
    }
    [ "$#" -eq 0 ]
}
wigwag_environment || exit 125

# No arguments: the default command. Arguments that begin with - are for the command, any others replace it.
if [ "$#" -eq 0 ]; then
    set -- app
else
    case $1 in
    -*) set -- app "$@" ;;
    esac
fi
exec "$@"
