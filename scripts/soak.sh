#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# The crash, fault, model and fuzz tests in their long form: PRESENCE_RELAY_SOAK=1 and MODEL_SEEDS (5000) tell them to do more.
# Before them the HTTP vectors to the server and to nginx, the targets of Fuzzing/, FUZZ_SECONDS (600) each, and slow clients,
# SLOW_SECONDS (30) of each kind.

set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
trap stop_all EXIT

logs=''
scratch logs
soak() {
    PRESENCE_RELAY_SOAK=1 MODEL_SEEDS="${MODEL_SEEDS:-5000}" SWIFT_BACKTRACE=enable=no \
        swift test --skip-build --no-parallel --filter "${SOAK_FILTER:-Soak|Crash|Model|Fuzz|KillTests|FaultTests}" 2>&1 | tee "$logs/soak"
}
scripts/nginx-check.sh
scripts/fuzz.sh "${FUZZ_SECONDS:-600}"
within 3600 scripts/slow-clients.sh "${SLOW_SECONDS:-30}"
within "${SOAK_TIMEOUT:-3600}" soak

# A filter that finds nothing is a success for `swift test`, not for us.
grep -qaE 'Test run with [1-9][0-9]* test' "$logs/soak" || { echo "error: no soak test was found" >&2; exit 1; }
