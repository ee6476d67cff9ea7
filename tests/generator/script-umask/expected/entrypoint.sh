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

(
    umask 0077
    exec migrate 'a b' </dev/null
) || {
    wigwag_tell 'pre-start hook `migrate` failed: exit status '"$?"
    exit 125
}

# No arguments: the default command. Arguments that begin with - are for the command, any others replace it.
if [ "$#" -eq 0 ]; then
    set -- httpd -DFOREGROUND
else
    case $1 in
    -*) set -- httpd -DFOREGROUND "$@" ;;
    esac
fi
umask 0027
exec "$@"
