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
    if [ -n "${LEVEL_FILE:+set}" ]; then
        if [ -n "${LEVEL:+set}" ]; then
            wigwag_tell 'the environment variables `LEVEL` and `LEVEL_FILE` are both set: keep one of them'
            set -- failed LEVEL
        elif ! LEVEL=$(cat <"$LEVEL_FILE" && printf /); then
            wigwag_tell 'cannot read the file that `LEVEL_FILE` names for the environment variable `LEVEL`'
            set -- failed LEVEL
        elif [ -f "$LEVEL_FILE" ] && [ "$(tr -cd '\000' <"$LEVEL_FILE" | wc -c)" -ne 0 ]; then
            wigwag_tell 'the file that `LEVEL_FILE` names has a NUL byte, which the environment variable `LEVEL` cannot hold'
            set -- failed LEVEL
        else
            LEVEL=${LEVEL%/}
            export LEVEL="${LEVEL%
}"
        fi
    fi
    unset -v LEVEL_FILE
    [ -n "${LEVEL:+set}" ] || export LEVEL=info
    if [ -n "${NAME_FILE:+set}" ]; then
        if [ -n "${NAME:+set}" ]; then
            wigwag_tell 'the environment variables `NAME` and `NAME_FILE` are both set: keep one of them'
            set -- failed NAME
        elif ! NAME=$(cat <"$NAME_FILE" && printf /); then
            wigwag_tell 'cannot read the file that `NAME_FILE` names for the environment variable `NAME`'
            set -- failed NAME
        elif [ -f "$NAME_FILE" ] && [ "$(tr -cd '\000' <"$NAME_FILE" | wc -c)" -ne 0 ]; then
            wigwag_tell 'the file that `NAME_FILE` names has a NUL byte, which the environment variable `NAME` cannot hold'
            set -- failed NAME
        else
            NAME=${NAME%/}
            export NAME="${NAME%
}"
        fi
    fi
    unset -v NAME_FILE
    [ -n "${PORT+set}" ] || export PORT=8080
    if [ -n "${TOKEN_FILE:+set}" ]; then
        if [ -n "${TOKEN:+set}" ]; then
            wigwag_tell 'the environment variables `TOKEN` and `TOKEN_FILE` are both set: keep one of them'
            set -- failed TOKEN
        elif ! TOKEN=$(cat <"$TOKEN_FILE" && printf /); then
            wigwag_tell 'cannot read the file that `TOKEN_FILE` names for the environment variable `TOKEN`'
            set -- failed TOKEN
        elif [ -f "$TOKEN_FILE" ] && [ "$(tr -cd '\000' <"$TOKEN_FILE" | wc -c)" -ne 0 ]; then
            wigwag_tell 'the file that `TOKEN_FILE` names has a NUL byte, which the environment variable `TOKEN` cannot hold'
            set -- failed TOKEN
        else
            TOKEN=${TOKEN%/}
            export TOKEN="${TOKEN%
}"
        fi
    fi
    unset -v TOKEN_FILE
    [ -n "${TOKEN:+set}" ] || [ "${2-}" = TOKEN ] || {
        wigwag_tell 'the environment variable `TOKEN` is required, and is not set or empty; `TOKEN_FILE` may name a file that has it: see the manual'
        set -- failed
    }
    [ "$#" -eq 0 ]
}
wigwag_environment || exit 125

# As whom to run: user, group, and supplementary groups if they are named, with a : before each. Prints the HOME to set,
# a :, and the words that change the user, none if there is nothing to change; or says why it cannot be, and prints nothing.
# Only /etc/passwd and /etc/group count, as for Docker. A subshell, so that its variables hide none of the environment.
wigwag_as() (
    set -f
    export PATH
    own_user=$(id -u) && own_group=$(id -g) && own_groups=$(id -G) || exit
    user=$own_user group=$own_group name='' home='' failed=''
    # Other lines are skipped, as by glibc: comments, those for NIS, and those without a number where one belongs.
    is_entry() {
        case $1 in '' | [#+-]*) return 1 ;; esac
        case :$2: in *[!0-9:]* | *::*) return 1 ;; esac
    }
    is_number() {
        case $1 in *[!0-9]*) return 1 ;; esac
    }
    find_user() {
        home=/
        ! is_number "$1" || user=$1
        [ ! -r /etc/passwd ] || while IFS=: read -r entry _ uid gid _ directory _ || [ -n "$entry" ]; do
            is_entry "$entry" "$uid:$gid" || continue
            if is_number "$1"; then [ "$uid" = "$1" ]; else [ "$entry" = "$1" ]; fi || continue
            name=$entry user=$uid group=$gid home=${directory:-/}
            return
        done </etc/passwd
        is_number "$1" || {
            wigwag_tell "there is no user \`$1\` in /etc/passwd"
            failed=1
        }
    }
    # Sets gid.
    find_group() {
        gid=$1
        ! is_number "$1" || return 0
        [ ! -r /etc/group ] || while IFS=: read -r entry _ gid _ || [ -n "$entry" ]; do
            [ "$entry" != "$1" ] || ! is_entry "$entry" "$gid" || return 0
        done </etc/group
        wigwag_tell "there is no group \`$1\` in /etc/group"
        failed=1 gid=''
    }
    find_memberships() {
        [ ! -r /etc/group ] || while IFS=: read -r entry _ gid members || [ -n "$entry" ]; do
            is_entry "$entry" "$gid" || continue
            IFS=$(printf ', \t\r')
            for member in $members; do
                [ "$member" != "$name" ] || groups="$groups $gid"
            done
        done </etc/group
    }
    # Whether all of the first list are on the second one.
    are_among() {
        IFS=' '
        for item in $1; do
            case " $2 " in *" $item "*) ;; *) return 1 ;; esac
        done
    }
    # Prints the words if a tool gives what is asked for, which differs from tool to tool, and among their versions. By its
    # path, because a shell may have one of that name in itself (busybox).
    try() {
        tool=$1
        shift
        IFS=:
        for place in $PATH; do
            case $place in '' | *[!A-Za-z0-9_./+-]*) continue ;; esac
            [ ! -x "$place/$tool" ] || ! gives "$place/$tool" "$@" || {
                IFS=' '
                printf '%s:%s\n' "$home" "$place/$tool $*"
                exit
            }
        done
    }
    gives() {
        given=$("$@" /bin/sh -c 'echo "$(id -u) $(id -g) $(id -G)"' </dev/null 2>/dev/null) || return
        case $given in "$user $group "*) ;; *) return 1 ;; esac
        given=${given#* }
        are_among "$groups" "$given" && are_among "$given" "$groups"
    }

    [ -z "$1" ] || find_user "$1"
    [ -z "$2" ] || {
        find_group "$2"
        group=$gid
    }
    # Its group is always on the list, as after initgroups(3).
    groups=$group
    if [ -n "$3" ]; then
        IFS=:
        for one in ${3#:}; do
            find_group "$one"
            groups="$groups $gid"
        done
    elif [ -z "$2" ] && [ -n "$name" ]; then
        find_memberships
    fi
    [ -z "$failed" ] || exit
    # A HOME that was given to this very user stays.
    [ "$user" != "$own_user" ] || [ -z "${HOME:+set}" ] || home=''

    if [ "$user $group" = "$own_user $own_group" ]; then
        # Without privileges, the platform's groups stay; those that are named must be among them.
        if are_among "$groups" "$own_groups"; then
            if [ "$own_user" -ne 0 ] || are_among "$own_groups" "$groups"; then
                printf '%s:\n' "$home"
                exit
            fi
        elif [ "$own_user" -ne 0 ] && [ -z "$3" ]; then
            printf '%s:\n' "$home"
            exit
        fi
    fi
    IFS=' '
    who="user $user, group $group, groups $groups"
    if [ "$own_user" -ne 0 ]; then
        wigwag_tell "cannot change from user $own_user, group $own_group, groups $own_groups to $who: start the container as these, or as root"
        exit
    fi
    commas='' plus=''
    for one in $groups; do
        commas=$commas,$one plus=$plus,+$one
    done
    # These keep the process: su, sudo and runuser would stay in between. gosu comes last: it leaves the group itself off
    # the list of groups, which makes a difference only to a process that takes another group (CVE-2022-36109).
    try setpriv --reuid="$user" --regid="$group" --groups="${commas#,}"
    try chroot --skip-chdir --userspec="+$user:+$group" --groups="${plus#,}" /
    try su-exec "$user"
    try su-exec "$user:$group"
    try gosu "$user"
    try gosu "$user:$group"
    wigwag_tell "cannot change to $who: it takes \`setpriv\` of util-linux, \`chroot\` of coreutils, \`su-exec\` or \`gosu\`, with CAP_SETUID and CAP_SETGID"
)

# Executes a command as wigwag_as says.
wigwag_exec() {
    case $1 in
    '') exit 125 ;;
    :*) ;;
    *) export HOME="${1%%:*}" ;;
    esac
    case $1 in
    *:) shift ;;
    *)
        # The tools look for programs in ways of their own, have exit codes of their own, and some set HOME: so they
        # execute a shell, which does all that as it is done here.
        set -- "$1" /bin/sh -c 'if [ -n "$1" ]; then export HOME="$2"; else unset -v HOME; fi
            shift 3
            : "${PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}"
            exec "$@"' wigwag "${HOME+set}" "${HOME-}" "$@"
        # Plain words, by wigwag_as.
        eval "shift; set -- ${1#*:} \"\$@\""
        ;;
    esac
    exec "$@"
}

# Writes a file from a template: which, to where, its mode, and the variables. By awk, because among shells yash stops at what is
# no text, and mksh needs minutes. In a subshell; its parameters alone, because awk must see every variable as it is.
wigwag_template() (
    [ -r "$1" ] || {
        wigwag_tell "cannot read \`$1\`"
        exit 1
    }
    [ "$(tr -cd '\000' <"$1" | wc -c)" -eq 0 ] || {
        wigwag_tell "\`$1\` has a NUL byte, which awk cannot hold"
        exit 1
    }
    [ ! -d "$2" ] || {
        wigwag_tell "\`$2\` is a directory"
        exit 1
    }
    umask 077
    # Nobody can have put a link there.
    rm -f "$2.wigwag" && set -C
    # The / keeps a newline at the end, or that there is none.
    { cat "$1" && printf /; } | LC_ALL=C awk -v names="$4" -v template="$1" '
        BEGIN {
            ORS = ""
            count = split(names, list, " ")
            for (at = 1; at <= count; at++) known[list[at]]
        }
        {
            if (NR > 1) print text "\n"
            text = ""
            rest = $0
            while (match(rest, /[$][{][A-Za-z_][A-Za-z_0-9]*[}]/)) {
                name = substr(rest, RSTART + 2, RLENGTH - 3)
                word = substr(rest, RSTART, RLENGTH)
                if (name in known) {
                    if (name in ENVIRON) word = ENVIRON[name]
                    else if (!(name in unset)) {
                        unset[name]
                        print "wigwag: the environment variable `" name "` is not set, which `" template "` has\n" | "cat >&2"
                        failed = 1
                    }
                }
                text = text substr(rest, 1, RSTART - 1) word
                rest = substr(rest, RSTART + RLENGTH)
            }
            text = text rest
        }
        END {
            if (failed || substr(text, length(text)) != "/") exit 1
            print substr(text, 1, length(text) - 1)
        }
    ' >"$2.wigwag" && chmod "$3" "$2.wigwag" && mv -f "$2.wigwag" "$2" && exit
    rm -f "$2.wigwag"
    exit 1
)

# Tries a command every so often: for how many seconds, what is waited for, and the command. Not in a subshell, which the trap
# for the stop signal would have to wait for.
wigwag_wait() {
    set -- "$(($(date +%s) + $1))" "$@"
    until (
        shift 3
        "$@"
    ) </dev/null >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$1" ] || {
            wigwag_tell "\`$3\` is not there after $2s"
            return 1
        }
        sleep 0.2 2>/dev/null || sleep 1 || return
    done
}

# Waits for a port that takes connections: for how many seconds, what is said of it, host and port.
wigwag_wait_for_tcp() {
    case $(nc -h 2>&1 </dev/null) in
    *-z* | *z]*) wigwag_connect() { nc -z -w 1 "$1" "$2"; } ;;
    # That of some busyboxes.
    *'-e PROG'*) wigwag_connect() { nc -w 1 "$1" "$2" -e true; } ;;
    *)
        command -v bash >/dev/null || {
            wigwag_tell 'nothing in this image can connect to a port: it takes `nc` or `bash`'
            return 1
        }
        if command -v timeout >/dev/null; then
            wigwag_connect() { timeout 2 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"; }
        else
            wigwag_connect() { bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2"; }
        fi
        ;;
    esac
    wigwag_wait "$1" "$2" wigwag_connect "$3" "$4"
}

wigwag_wait_for_tcp 2 '[::1]:5432' ::1 5432 || {
    wigwag_tell 'pre-start hook `wait-for [::1]:5432` failed: exit status '"$?"
}

wigwag_wait 30 '/run/it'\''s ready' test -e '/run/it'\''s ready' || {
    wigwag_tell 'pre-start hook `wait-for /run/it\'\''s ready` failed: exit status '"$?"
    exit 125
}

[ -e '/var/lib/it'\''s done' ] || {
(
    # In the byte order of their names, whatever the locale is.
    set -- "${LC_ALL+set}" "${LC_ALL-}"
    LC_ALL=C
    set -- "$@" '/docker entrypoint.d'/*
    if [ -n "$1" ]; then LC_ALL=$2; else unset -v LC_ALL; fi
    shift 2
    while [ "$#" -ne 0 ]; do
        [ ! -f "$1" ] || [ ! -x "$1" ] || (wigwag_exec "$(wigwag_as postgres postgres '')" "$1" </dev/null) || {
            wigwag_tell "\`$1\` failed: exit status $?"
            exit 1
        }
        shift
    done
) && printf '' >'/var/lib/it'\''s done'
} || {
    wigwag_tell 'pre-start hook `/docker entrypoint.d` failed: exit status '"$?"
    exit 125
}

(
    wigwag_template /etc/app.conf.template /etc/app.conf 0640 'PORT TOKEN LEVEL NAME'
) || {
    wigwag_tell 'pre-start hook `/etc/app.conf` failed: exit status '"$?"
    exit 125
}

# Arguments are for the command; without any, it has the default ones.
if [ "$#" -eq 0 ]; then
    set -- httpd -DFOREGROUND -X
else
    set -- httpd -DFOREGROUND "$@"
fi
wigwag_exec "$(wigwag_as www-data '' '')" "$@"
