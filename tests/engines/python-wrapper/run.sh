#!/bin/sh
# A start script as there are many: it does not exec.
python3 signals.py
