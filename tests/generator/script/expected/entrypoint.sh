#!/bin/sh
# Written by wigwag: change the spec, not this file.
# Set-up, then the service takes the place of this shell, so that signals, exit status, stdin and terminal are its own.
# shellcheck disable=SC1003,SC2016,SC2088,SC2089,SC2090 # what is quoted is meant literally
# shellcheck disable=SC2030,SC2031,SC2119,SC2120,SC2317,SC2329 # parameters, variables and functions of a subshell are its own

# As PID 1, this shell would never hear of it otherwise. The exec makes it the service's again.
trap 'exit 131' QUIT

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
    if [ -z "${DB_PASSWORD+set}" ]; then
        # The / keeps newlines at the end, of which one is taken off.
        if ! DB_PASSWORD=$(cat '/run/secrets/db password' && printf /); then
            wigwag_tell 'cannot read `/run/secrets/db password` for the environment variable `DB_PASSWORD`'
            set -- failed
        elif [ -f '/run/secrets/db password' ] && [ "$(tr -cd '\000' <'/run/secrets/db password' | wc -c)" -ne 0 ]; then
            wigwag_tell '`/run/secrets/db password` has a NUL byte, which the environment variable `DB_PASSWORD` cannot hold'
            set -- failed
        else
            DB_PASSWORD=${DB_PASSWORD%/}
            export DB_PASSWORD="${DB_PASSWORD%
}"
        fi
    fi
    unset -v DEBUG
    [ -n "${GREETING+set}" ] || export GREETING='it'\''s a "value"
of two lines'
    [ -n "${PORT+set}" ] || export PORT=8080
    [ "$#" -eq 0 ]
}
wigwag_environment || exit 125

(
    exec migrate --to 'latest version' </dev/null
) || {
    wigwag_tell 'pre-start hook `migrate` failed: exit status '"$?"
    exit 125
}

(
    exec warm-up </dev/null
) || {
    wigwag_tell 'pre-start hook `warm-up` failed: exit status '"$?"
}

# No arguments: the default command. Arguments that begin with - are for the command, any others replace it.
if [ "$#" -eq 0 ]; then
    set -- nginx -g 'daemon off; # it'\''s "quoted" $HOME `x` \'
else
    case $1 in
    -*) set -- nginx -g 'daemon off; # it'\''s "quoted" $HOME `x` \' "$@" ;;
    esac
fi
exec "$@"
