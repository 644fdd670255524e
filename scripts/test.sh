#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# Every test stage on what `swift build --build-tests` left; all run, and the summary at the end names what failed.

set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
trap stop_all EXIT

logs=''
scratch logs
failed=()
summary=()

# stage NAME SECONDS COMMAND…
stage() {
    local name=$1 seconds=$2 code=0
    shift 2
    echo
    echo "== $name"
    within "$seconds" "$@" || code=$?
    if [[ $code -eq 0 ]]; then
        summary+=("passed  $name")
    else
        summary+=("FAILED  $name (exit $code)")
        failed+=("$name")
    fi
}

swift_test() {
    # One at a time: many tests hold real sockets and processes, and two cores give the tasks of all only two threads.
    SWIFT_BACKTRACE=enable=no swift test --skip-build --no-parallel 2>&1 | tee "$logs/swift-test" || return
    # Finding no test at all is a success for `swift test`, not for us.
    grep -qaE 'Test run with [1-9][0-9]* test' "$logs/swift-test"
}

stage "swift test" "${TEST_TIMEOUT:-1200}" swift_test
# The other targets take minutes to build; what they look for is looked for by Swift tests with seeds, too.
stage "fuzzing, short" 600 scripts/fuzz.sh 10 DecoderFuzz
stage "HTTP vectors to the server and to nginx" 60 scripts/nginx-check.sh
stage "JSON Schemas against the configurations" 60 .build-python/bin/python Tests/Python/schema_check.py
stage "Genesys SDK against the simulator" 120 scripts/sdk-check.sh
stage "OpenAPI against the relay" 240 scripts/schemathesis.sh

echo
echo "== summary"
grep -aE 'Test run with [0-9]+ test' "$logs/swift-test" | tail -n 1 || true
printf '%s\n' "${summary[@]}"
[[ ${#failed[@]} -eq 0 ]]
