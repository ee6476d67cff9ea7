#!/bin/sh
# As start scripts often do, it does not exec.
./server.py
