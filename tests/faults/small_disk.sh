#!/bin/sh
# Runs a command on a small disk that gets full, and once more when there is room. The disk is there only in a name space
# of its own, as in `unshare --mount sh small_disk.sh FOLDER SIZE ROOM KEPT COMMAND...`: it goes with the last process.
#
# What lies on FOLDER after the first and the second run is copied to KEPT/1 and KEPT/2, their exit codes to KEPT/1.code
# and KEPT/2.code. Exit code 77: not permitted here.
set -u
folder=$1 size=$2 room=$3 kept=$4
shift 4
mount -t tmpfs -o "size=$size" tmpfs "$folder" || exit 77
for run in 1 2; do
    "$@" >"$kept/$run.out" 2>"$kept/$run.err"
    echo $? >"$kept/$run.code"
    cp -a "$folder" "$kept/$run"
    mount -o "remount,size=$room" tmpfs "$folder" || exit 77
done
