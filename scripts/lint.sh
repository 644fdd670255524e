#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# Every check runs; the exit code is that of the worst.

set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
trap stop_all EXIT

failed=()
check() {
    local name=$1
    shift
    if "$@"; then echo "ok      $name"; else
        echo "FAILED  $name"
        failed+=("$name")
    fi
}

swift_format() {
    find Sources Tests Benchmarks Fuzzing Package.swift -name '.build*' -prune -o -name '*.swift' -print0 \
        | xargs -0 swift format lint --strict --parallel
}

shell_scripts() {
    shellcheck -x -P SCRIPTDIR/.. scripts/*.sh .ci/run Benchmarks/*.sh
}

yaml() {
    local files=(.yamllint deploy)
    if [[ -e openapi.yaml ]]; then files+=(openapi.yaml); fi
    yamllint --strict --config-file .yamllint "${files[@]}"
}

openapi() {
    .build-python/bin/openapi-spec-validator openapi.yaml
}

# The service names a binary that is not installed here; everything else in the units is checked as it stands.
systemd_unit() {
    if ! command -v systemd-analyze >/dev/null; then
        echo "        (no systemd-analyze here: unit not checked)"
        return 0
    fi
    local folder='' findings
    scratch folder
    sed 's|/usr/local/bin/presence-relay|/bin/true|' deploy/presence-relay.service >"$folder/presence-relay.service"
    cp deploy/presence-relay.socket "$folder/"
    findings=$(systemd-analyze verify --man=no "$folder/presence-relay.service" "$folder/presence-relay.socket" 2>&1 || true)
    # Only what it says about our unit: the machine's own units are none of our business.
    if grep -F presence-relay <<<"$findings"; then return 1; fi
}

tracked_files() {
    git ls-files 2>/dev/null || find . -type f -not -path './.build*' -not -path './.git/*' -printf '%P\n'
}

no_machine_paths() {
    local pattern='(^|[^A-Za-z0-9_.-])/(root|home/[a-z]|Users/[A-Za-z]|work/|tmp/wt)'
    if tracked_files | grep -v '^scripts/lint.sh$' | tr '\n' '\0' | xargs -0 grep -nIE -- "$pattern"; then return 1; fi
}

no_build_products() {
    if tracked_files | grep -E '(^|/)Package\.resolved$|\.db(-wal|-shm)?$|(^|/)\.build'; then return 1; fi
}

links() {
    .build-python/bin/python scripts/check-links.py
}

check "swift format" swift_format
check "shellcheck" shell_scripts
check "yamllint" yaml
check "OpenAPI document" openapi
check "systemd unit" systemd_unit
check "links between documents" links
check "no paths of one machine" no_machine_paths
check "no build products committed" no_build_products

if [[ ${#failed[@]} -gt 0 ]]; then
    echo "failed: ${failed[*]}" >&2
    exit 1
fi
