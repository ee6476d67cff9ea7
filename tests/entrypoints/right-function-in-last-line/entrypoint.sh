#!/usr/bin/env bash
set -o errexit

log() { printf '%s %s\n' "$(date -u +%FT%TZ)" "$*"; }

configure() {
    cat > /etc/haproxy/haproxy.cfg <<EOF
global
    maxconn ${MAXCONN:-1000}
EOF
}

start() {
    local -a options=(-W -db -f /etc/haproxy/haproxy.cfg)
    [[ -n ${DEBUG:-} ]] && options+=(-d)
    log "starting"
    exec haproxy "${options[@]}"
}

main() {
    configure
    start
}

main "$@"
