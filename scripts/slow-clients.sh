#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# slowhttptest in its four modes and a slow-body drip against a running relay, and a healthy client beside each:
#   scripts/slow-clients.sh [SECONDS_EACH]      default 30
# Prints its answers, failures, median, p99 and longest time in milliseconds; fails when one of its requests did, or its p99
# is not below 50 ms. SLOW_CONNECTIONS (1000) are the slow clients. Makes a release build, because a debug build is kept busy by
# the parsing alone; or takes RELAY=program.

set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
trap stop_all EXIT

seconds=${1:-30}
connections=${SLOW_CONNECTIONS:-1000}
program=${RELAY:-}
if [[ -z $program ]]; then
    swift build -c release --product presence-relay >&2
    program=$(swift build -c release --show-bin-path)/presence-relay
fi
command -v slowhttptest >/dev/null || { echo "slow-clients: install slowhttptest" >&2; exit 1; }
ulimit -Sn "$(ulimit -Hn)"

# shellcheck disable=SC2034  # set by scratch and start
folder='' relay='' relay_pid=''
scratch folder
# Nothing listens on port 1: a relay takes events while Genesys is down.
cat >"$folder/relay.yaml" <<YAML
server: { listen: "127.0.0.1:0", drainDelay: 0s }
webhook: { authentication: [ { apiKey: { header: X-API-Key, values: [slow-clients-key] } } ] }
admin: { tokens: [slow-clients-token] }
genesys: { apiURL: "http://127.0.0.1:1", loginURL: "http://127.0.0.1:1", clients: [ { id: a, secret: b } ] }
journal: { url: "sqlite:$folder/relay.db" }
statuses: { Break: { presence: Break } }
rules: [ { name: r, when: { outOfOffice: true }, then: { status: Break } } ]
YAML
start relay "$folder/log" "$program" serve --config "$folder/relay.yaml"
port=${relay##*:}

failed=false
printf '%-14s %8s %8s %8s %8s %8s\n' "beside" answers failures p50 p99 max
# beside NAME COMMAND…: the healthy client while the command runs.
beside() {
    local name=$1 pid result answers failures p50 p99 max waited
    shift
    "$@" >"$folder/$name" 2>&1 </dev/null &
    pid=$!
    started_pids+=("$pid")
    result=$(python3 scripts/slow_clients.py healthy "$port" "$seconds")
    # It ends by itself, and has its summary to write.
    for ((waited = 0; waited < 50; waited++)); do
        if [[ ! -d /proc/$pid ]] || grep -qE '^[0-9]+ \(.*\) Z' "/proc/$pid/stat" 2>/dev/null; then break; fi
        sleep 0.2
    done
    stop_tree "$pid"
    unset 'started_pids[-1]'
    read -r answers failures p50 p99 max <<<"$result"
    printf '%-14s %8s %8s %8s %8s %8s\n' "$name" "$answers" "$failures" "$p50" "$p99" "$max"
    if [[ $failures != 0 ]] || ! awk "BEGIN { exit !($p99 < 50) }"; then failed=true; fi
}

slow() {
    # -r connections a second; -p how long a probe may wait; -l seconds in all. It has its own healthy probe as well.
    slowhttptest -c "$connections" -r 500 -l "$seconds" -p 3 -u "$@"
}

beside nothing sleep "$seconds"
beside slow-headers slow "$relay/livez" -H -i 2 -x 24
beside slow-body slow "$relay/v1/events" -B -i 2 -s 100000 -x 24 -t POST
beside range slow "$relay/livez" -R -t HEAD -a 10 -b 3000
beside slow-read slow "$relay/" -X -w 10 -y 20 -n 2 -z 5 -k 3
beside drip python3 scripts/slow_clients.py drip "$port" "$seconds" "$connections"

for name in slow-headers slow-body range slow-read; do
    # What slowhttptest saw last: pending, connected, error, closed, service available.
    echo "$name: $(sed 's/\x1b\[[0-9;]*[A-Za-z]//g' "$folder/$name" | tr '\r' '\n' \
        | grep -aE '^(pending|connected|error|closed|service available):' | tail -n 5 | tr -s ' ' | paste -sd, -)"
done
kill -0 "$relay_pid" || { echo "error: the relay has ended" >&2; exit 1; }
if $failed; then
    echo "error: the healthy client had to wait 50 ms or more, or was not served" >&2
    exit 1
fi
