#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# The Swift tests with a sanitizer of the compiler, in a build folder of its own:
#   scripts/sanitize.sh thread|address [FILTER]
# FILTER is that of `swift test`; the default leaves out what only runs other programs, which are built without. Fails when a
# test fails or the sanitizer has something to say. SANITIZE_TIMEOUT (3600) is the most seconds for the tests.

set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
trap stop_all EXIT

kind=${1:?usage: scripts/sanitize.sh thread|address [FILTER]}
case $kind in
    thread) export TSAN_OPTIONS="halt_on_error=0 suppressions=$PWD/scripts/tsan.suppressions" ;;
    # Not at the end of the process: what Swift's runtime and OpenSSL keep for its life is no leak.
    address) export ASAN_OPTIONS="detect_leaks=0 halt_on_error=1" ;;
    *) echo "sanitize: $kind is neither thread nor address" >&2; exit 2 ;;
esac
filter=${2:-"^(?!PresenceRelayTests|ScenarioTests)"}
arguments=(--sanitize="$kind" --scratch-path ".build-$kind")

log=''
scratch log
swift build --build-tests "${arguments[@]}"
export SWIFT_BACKTRACE=enable=no
run() { swift test "${arguments[@]}" --skip-build --no-parallel --filter "$filter" 2>&1 | tee "$log/output"; }
within "${SANITIZE_TIMEOUT:-3600}" run
grep -qaE 'Test run with [1-9][0-9]* test' "$log/output" || { echo "error: no test was found" >&2; exit 1; }
if grep -aE '(WARNING|ERROR): (Thread|Address)Sanitizer' "$log/output" >&2; then exit 1; fi
