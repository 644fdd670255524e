#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# The measurements of docs/performance.md on this machine, on loopback alone:
#   Benchmarks/run.sh [front] [idle] [ingest] [latency] [storm] [day] [rules] [state] [replay] [endurance]
# Default: all but the last. ROUNDS (3) makes all but storm, day, rules and state longer or shorter, SECONDS_EACH (5) the first three; STORM_AGENTS
# (10000), STORM_SECONDS (75, at most, for each of three storms), STORM_BULK (50, users in a bulk write), DAY_AGENTS (10000),
# DAY_LOST (10, of a thousand presence events), STATE_AGENTS (100000), IDLE_CONNECTIONS (10000), REPLAY_EVENTS (1000000) and
# REPLAY_AGENTS (1000) the others; ENDURANCE_MINUTES (60), ENDURANCE_RATE (2000 events/s). Raw numbers go to Benchmarks/results/ as tab-separated lines, the tables to standard output.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
trap stop_all EXIT

rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-5}
results=$here/results
parts=("$@")
[[ ${#parts[@]} -gt 0 ]] || parts=(front idle ingest latency storm day rules state replay)
# shellcheck disable=SC2034  # set by scratch and start
folder='' server='' server_pid='' simulator=''
scratch folder
mkdir -p "$results"

wants() { [[ " ${parts[*]} " == *" $1 "* ]]; }

# build FOLDER PRODUCT [OPTION…]: release build; prints the path of the program.
build() {
    swift build --package-path "$1" -c release --product "$2" "${@:3}" >"$folder/build" 2>&1 \
        || { cat "$folder/build" >&2; return 1; }
    echo "$(swift build --package-path "$1" -c release --show-bin-path)/$2"
}

# The relay as `make release` makes it.
build_relay() { build . presence-relay --static-swift-stdlib; }

# stop_server: the newest one that was started.
stop_server() {
    stop_tree "${started_pids[-1]}"
    unset 'started_pids[-1]'
}

# load CONNECTIONS URL: the fields of event.lua's RESULT line. Everything else comes from the environment.
load() {
    local threads=2 line
    [[ $1 -gt 1 ]] || threads=1
    line=$(BODY=${BODY:-$here/event.json} timeout -s KILL $((seconds + 30)) \
        wrk -t"$threads" -c"$1" -d"${seconds}s" --timeout 10s --latency -s "$here/event.lua" "$2/v1/events" \
        | grep '^RESULT')
    echo "${line#RESULT$'\t'}"
}

# Our server, Hummingbird and the floor take turns, so that a slow
# minute of the machine meets all.
front() {
    echo "building the three servers…" >&2
    local -A programs
    programs[ours]=$(build "$here" BarePeer)
    programs[floor]=$(build "$here" EpollFloor)
    programs[peer]=$(build "$here/HummingbirdPeer" HummingbirdPeer)
    : >"$results/front.tsv"
    local connections
    for connections in 1 64 512; do
        front_load "POST 4 KB, kept" "$connections" plain
        PATH_GET=/livez front_load "GET, kept" "$connections" plain
        CLOSE=1 front_load "POST 4 KB, one per request" "$connections" plain
    done
    LENGTH=1000000 front_load "POST 1 MB, kept" 16 plain
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
        -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null
    front_load "TLS, POST 4 KB, kept" 64 tls
    CLOSE=1 front_load "TLS, POST 4 KB, one per request" 64 tls
    local client version
    client=$(build "$here" TLSClient)
    for version in 1.3 1.2; do
        front_load "TLS $version, GET, one per request" "$(nproc)" tls "$client" "$version" full
        front_load "TLS $version, GET, one per request, resumed" "$(nproc)" tls "$client" "$version" resumed
    done
    python3 "$here/tables.py" front "$results/front.tsv"
}

# start_front NAME plain|tls
start_front() {
    local files=()
    [[ $2 == plain ]] || files=("$folder/certificate.pem" "$folder/key.pem")
    start server "$folder/$1" "${programs[$1]}" 0 "${files[@]}"
}

# What TLSClient prints, with as many answers refused as sessions were not resumed although they should have been.
resumed() {
    awk -F '\t' -v OFS='\t' -v "kind=$1" '{ $7 = kind == "resumed" ? $1 - $7 - NPROC : 0; if ($7 < 0) $7 = 0; print }' \
        NPROC="$(nproc)" -
}

# front_load NAME CONNECTIONS plain|tls [CLIENT VERSION full|resumed]: by wrk, or by TLSClient, since wrk never resumes a session.
front_load() {
    local round name before fields
    for ((round = 1; round <= rounds; round++)); do
        for name in ours peer floor; do
            start_front "$name" "$3"
            before=$(processor_ticks "$server_pid")
            if [[ $# -eq 3 ]]; then fields=$(load "$2" "$server"); else
                fields=$(timeout -s KILL $((seconds + 30)) "$4" "${server##*:}" "$seconds" "$5" "$6" | resumed "$6")
            fi
            printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$name" "$2" "$round" "$fields" "$(resident "$server_pid")" \
                "$(($(processor_ticks "$server_pid") - before))" >>"$results/front.tsv"
            stop_server
        done
    done
}

# What an idle connection costs beyond the kernel's part: without TLS it should be less than 4 KB.
idle() {
    local program
    program=$(build "$here" BarePeer)
    ulimit -Sn "$(ulimit -Hn)"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 \
        -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null
    : >"$results/idle.tsv"
    local files count=${IDLE_CONNECTIONS:-10000}
    for files in "" "$folder/certificate.pem $folder/key.pem"; do
        # shellcheck disable=SC2086  # two arguments, or none
        start server "$folder/idle" "$program" 0 $files
        # shellcheck disable=SC2154  # set by start
        python3 "$here/idle.py" "$server" "$server_pid" "$count" >>"$results/idle.tsv"
        stop_server
        # The first of them must still be open when the last one is: TLS takes the client longer.
        count=$((count / 10))
    done
}

# A new folder for a journal. It lies in this checkout, not in /tmp: that may be memory.
disk=$here/.build/durable
scratch_folders+=("$disk")
renew_disk() {
    rm -rf "$disk"
    mkdir -p "$disk"
}

# The relay with all that is behind its webhook, a server that only stores, and the least that a server has to do to answer
# when an event is on the disk, in turn; disk and bare SQLite beside them.
ingest() {
    echo "building the relay, the baseline and the peer…" >&2
    local relay baseline load peer floor round body size connections close name run=0
    relay=$(build_relay)
    baseline=$(build "$here" DiskBaseline)
    load=$(build "$here" EventLoad)
    peer=$(build "$here/HummingbirdPeer" HummingbirdJournalPeer)
    floor=$(build "$here" JournalFloor)
    : >"$results/ingest.tsv"
    for ((round = 1; round <= rounds; round++)); do
        for body in "$here"/event.json "$here"/event-8k.json; do
            size=$(stat --format %s "$body")
            renew_disk
            within 60 "$baseline" "$disk" "$body" "$seconds" 64 "Sources/Journal/Dictionary/events-1.ndjson" \
                | sed "s/^/$round\t$size\t/" >>"$results/ingest.tsv"
            for close in 0 1; do
                for connections in 1 16 64 256; do
                    for name in relay peer floor; do
                        renew_disk
                        case $name in
                            relay) start_relay "$relay" ;;
                            peer) start server "$folder/peer" "$peer" "$disk/peer.db" ;;
                            floor) start server "$folder/floor" "$floor" "$disk/floor.db" ;;
                        esac
                        run=$((run + 1))
                        measure_ingest >>"$results/ingest.tsv"
                        stop_server
                        [[ $name != relay ]] || stop_server
                    done
                done
            done
        done
    done
    python3 "$here/tables.py" ingest "$results/ingest.tsv"
}

# start_relay PROGRAM: a simulator and, in front of it, a relay whose journal is on the disk.
start_relay() {
    start simulator "$folder/simulator" "$1" simulate --listen 127.0.0.1:0
    cat >"$disk/relay.yaml" <<YAML
server: { listen: "127.0.0.1:0", drainDelay: 0s }
webhook: { authentication: [ { apiKey: { header: X-API-Key, values: [benchmark-key] } } ] }
admin: { tokens: [benchmark-admin-token] }
genesys: { apiURL: "$simulator", loginURL: "$simulator", clients: [ { id: simulator, secret: simulator } ] }
journal: { url: "sqlite:$disk/relay.db" }
statuses: { Break: { presence: Break } }
rules: [ { name: flagged, when: { conversation: { attributes.wfm_status: Break } }, then: { status: Break } } ]
YAML
    start server "$folder/relay" "$1" serve --config "$disk/relay.yaml"
}

# One line of results of the server that was started last; the variables are those of ingest.
measure_ingest() {
    local before fields kinds=(kept close)
    before=$(processor_ticks "$server_pid")
    # Taken before size and time are asked for, which must be those after the load.
    fields=$(within $((seconds + 30)) "$load" "${server##*:}" "$connections" "$seconds" "$body" "$run" benchmark-key \
        "${kinds[close]}")
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$round" "$size" "$name" "$close" "$connections" "$fields" \
        "$(resident "$server_pid")" "$(($(processor_ticks "$server_pid") - before))"
}

# Processor time of a process so far, in hundredths of a second (proc(5): utime and stime).
processor_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'; }

# Greatest resident size of a process so far, in MB.
resident() { awk '/^VmHWM:/ { printf "%d", $2 / 1024 }' "/proc/$1/status"; }

latency() {
    echo "building the relay and the probe…" >&2
    local relay probe rate round
    relay=$(build_relay)
    probe=$(build "$here" LatencyProbe)
    : >"$results/latency.tsv"
    for ((round = 1; round <= rounds; round++)); do
        for rate in 100 1000; do
            within 120 "$probe" relay "$relay" "$rate" "$((2 * seconds))" >>"$results/latency.tsv"
            within 120 "$probe" bare "$rate" "$((2 * seconds))" >>"$results/latency.tsv"
        done
    done
    python3 "$here/tables.py" latency "$results/latency.tsv"
}

# Three storms, each against a relay and a simulator of its own; the journal lies on the disk of the ingest part.
storm() {
    echo "building the relay and the probe…" >&2
    local relay probe variant limit=${STORM_SECONDS:-75}
    relay=$(build_relay)
    probe=$(build "$here" StormProbe)
    : >"$results/storm.tsv"
    for variant in known unheard unknown; do
        renew_disk
        TMPDIR=$disk within $((limit + 60)) "$probe" "$relay" "$variant" "${STORM_AGENTS:-10000}" "$limit" >>"$results/storm.tsv"
    done
    python3 "$here/tables.py" storm "$results/storm.tsv"
}

# On a driven clock: the machine decides how long it takes, not what comes out. Fewer agents have as much less of the
# 300 calls a minute.
day() {
    echo "building the probe…" >&2
    local probe agents=${DAY_AGENTS:-10000}
    probe=$(build "$here" DayProbe)
    within 900 "$probe" "$agents" $(((agents * 300 + 9999) / 10000)) "${DAY_LOST:-10}" >"$results/day.tsv"
    python3 "$here/tables.py" day "$results/day.tsv"
}

rules() {
    echo "building the probe…" >&2
    local probe
    probe=$(build "$here" RuleProbe)
    within 300 "$probe" "${RULE_COUNT:-200}" | tee "$results/rules.txt"
}

# The agents of each kind are stored by one process and read by another.
state() {
    echo "building the probe…" >&2
    local probe kind agents=${STATE_AGENTS:-100000}
    probe=$(build "$here" StateProbe)
    : >"$results/state.tsv"
    for kind in idle settled busy; do
        renew_disk
        within 900 "$probe" fill "$kind" "$disk" "$agents"
        within 300 "$probe" load "$kind" "$disk" >>"$results/state.tsv"
    done
    within 300 "$probe" apply >>"$results/state.tsv"
    python3 "$here/tables.py" state "$results/state.tsv"
}

# The journal, 3 GB for a million events, lies on the disk of the ingest part.
replay() {
    echo "building the relay and the probe…" >&2
    local relay probe
    relay=$(build_relay)
    probe=$(build "$here" ReplayProbe)
    renew_disk
    within 1800 "$probe" "$relay" "$disk" "${REPLAY_EVENTS:-1000000}" "${REPLAY_AGENTS:-1000}" "$rounds" \
        | tee "$results/replay.tsv"
    python3 "$here/tables.py" replay "$results/replay.tsv"
}

# Not among the default parts, for it takes an hour. A line for each minute; the table has them ten by ten.
endurance() {
    echo "building the relay and the probe…" >&2
    local relay probe load minutes=${ENDURANCE_MINUTES:-60}
    relay=$(build_relay)
    probe=$(build "$here" EnduranceProbe)
    load=$(build "$here" EventLoad)
    renew_disk
    within $((minutes * 60 + 300)) "$probe" "$relay" "$disk" "$here/event.json" "$load" "$minutes" \
        "${ENDURANCE_RATE:-2000}" \
        | tee "$results/endurance.tsv"
    python3 "$here/tables.py" endurance "$results/endurance.tsv"
}

{
    echo "$(date -u +%Y-%m-%d), $(nproc) cores, $(awk -F ': ' '/model name/ { print $2; exit }' /proc/cpuinfo), Linux $(uname -r)"
    swift --version 2>/dev/null | head -n 1
    echo "load average at the start: $(cut -d ' ' -f 1 /proc/loadavg); $rounds rounds of $seconds s"
} | tee "$results/machine.txt"

for part in front idle ingest latency storm day rules state replay endurance; do
    if wants "$part"; then "$part"; fi
done
