#!/bin/sh
echo starting
/app --port 80
