#!/bin/bash
if [ "$DEBUG" = 1 ]; then
    exec ./server --debug
else
    ./server
fi
