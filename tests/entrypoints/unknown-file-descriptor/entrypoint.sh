#!/bin/sh
echo 2147483648 >/dev/null
exec ./server 2147483648>/dev/null
