#!/bin/sh
# Written by wigwag: change the spec, not this file.
# Set-up, then the service takes the place of this shell, so that signals, exit status, stdin and terminal are its own.
# shellcheck disable=SC1003,SC2016,SC2088,SC2089,SC2090 # what is quoted is meant literally
# shellcheck disable=SC2030,SC2031,SC2119,SC2120,SC2317,SC2329 # parameters, variables and functions of a subshell are its own

# As PID 1, this shell would never hear of it otherwise. The exec makes it the service's again.
# shellcheck disable=SC2172 # real-time signals have no name that every shell knows
trap 'exit 165' 37

# For finding programs; not exported, because the container was given none.
: "${PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"

# No arguments: the default command. Arguments that begin with - are for the command, any others replace it.
if [ "$#" -eq 0 ]; then
    set -- /lib/systemd/systemd
else
    case $1 in
    -*) set -- /lib/systemd/systemd "$@" ;;
    esac
fi
exec "$@"
