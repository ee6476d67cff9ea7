#!/bin/sh
trap 'echo bye' TERM
python worker.py &
python server.py
