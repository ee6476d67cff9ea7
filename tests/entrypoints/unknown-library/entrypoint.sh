#!/bin/bash
. /opt/app/scripts/libapp.sh
print_welcome_page
run_app "$@"
