#!/bin/sh
./app.sh
exit
