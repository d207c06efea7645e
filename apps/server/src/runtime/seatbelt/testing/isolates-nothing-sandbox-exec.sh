#!/bin/sh
# Stands in for macOS's sandbox-exec in tests on Linux: takes its two arguments and runs the program WITHOUT ANY SANDBOX.
# What passes with it says something of processes, paths, sockets, logs and limits, and nothing of isolation.
[ "$1" = -p ] || exit 64
case "$2" in "(version 1)"*) ;; *) exit 65 ;; esac
shift 2
exec "$@"
