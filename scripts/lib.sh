# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
# shellcheck shell=bash
#
# Shared by the scripts here and in Benchmarks: processes that always end, and commands that end in time.
# Source it, then: `trap stop_all EXIT`.

started_pids=()
scratch_folders=()

# The process and all that descend from it, deepest first.
process_tree() {
    local child
    for child in $(cat "/proc/$1/task/"*/children 2>/dev/null || true); do
        process_tree "$child"
    done
    echo "$1"
}

# Ends a process and its descendants: SIGTERM, five seconds, SIGKILL.
stop_tree() {
    local pids pid waited
    mapfile -t pids < <(process_tree "$1")
    kill -TERM "${pids[@]}" 2>/dev/null || true
    for ((waited = 0; waited < 50; waited++)); do
        local alive=false
        for pid in "${pids[@]}"; do
            # A zombie has ended; only its parent has not looked yet.
            if [[ -r /proc/$pid/stat ]] && ! grep -qE '^[0-9]+ \(.*\) Z' "/proc/$pid/stat" 2>/dev/null; then alive=true; fi
        done
        $alive || break
        sleep 0.1
    done
    kill -KILL "${pids[@]}" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# Ends everything started through `start`, newest first, and removes the scratch folders.
stop_all() {
    local index
    for ((index = ${#started_pids[@]} - 1; index >= 0; index--)); do
        stop_tree "${started_pids[index]}"
    done
    started_pids=()
    for index in "${!scratch_folders[@]}"; do
        rm -rf "${scratch_folders[index]}"
    done
    scratch_folders=()
}

# scratch NAME: a new folder in the variable NAME, removed by stop_all.
# Underscores: printf -v would set a local of the caller's name, and leave the caller's empty.
scratch() {
    local __made
    __made=$(mktemp -d "${TMPDIR:-/tmp}/presence-relay.XXXXXX")
    scratch_folders+=("$__made")
    printf -v "$1" '%s' "$__made"
}

# start NAME LOG COMMAND…: runs a server in the background with its output in LOG and waits, at most 30 s, until it
# prints its address. Sets the variable NAME to http://127.0.0.1:PORT and NAME_pid to the process.
start() {
    local __name=$1 __log=$2 __url __waited
    shift 2
    # Emptied before the process exists, or the address of a former one would be read.
    : >"$__log"
    "$@" >>"$__log" 2>"$__log.errors" </dev/null &
    local __pid=$!
    started_pids+=("$__pid")
    for ((__waited = 0; __waited < 300; __waited++)); do
        __url=$(grep -aoEm 1 'https?://(127\.0\.0\.1|localhost|\[::1\]):[0-9]+' "$__log" | head -n 1 || true)
        if [[ -n $__url ]]; then
            printf -v "$__name" '%s' "$__url"
            printf -v "${__name}_pid" '%s' "$__pid"
            return 0
        fi
        if [[ ! -d /proc/$__pid ]]; then break; fi
        sleep 0.1
    done
    echo "error: no address from: $*" >&2
    tail -n 20 "$__log" "$__log.errors" >&2
    return 1
}

# within SECONDS COMMAND…: the command's exit code, or 124 after its whole tree was ended at the deadline.
within() {
    local seconds=$1 deadline code=0
    shift
    "$@" </dev/null &
    local pid=$!
    started_pids+=("$pid")
    deadline=$((SECONDS + seconds))
    while [[ -d /proc/$pid ]] && ! grep -qE '^[0-9]+ \(.*\) Z' "/proc/$pid/stat" 2>/dev/null; do
        if ((SECONDS >= deadline)); then
            echo "error: not done after $seconds s, ended: $*" >&2
            stop_tree "$pid"
            unset 'started_pids[-1]'
            return 124
        fi
        sleep 0.2
    done
    wait "$pid" || code=$?
    unset 'started_pids[-1]'
    return "$code"
}
