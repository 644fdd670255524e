#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# Installs the Debian packages of the named groups that are missing, and nothing else:
#   scripts/install-packages.sh build|test|python|lint|bench…
# Says nothing and changes nothing when all are there. Runs as root, or through sudo.

set -euo pipefail

declare -A groups=(
    # g++ brings the C++ library headers that the Swift toolchain's clang needs.
    [build]="g++ libc6-dev libcurl4-openssl-dev libssl-dev libsqlite3-dev libsimdjson-dev libre2-dev libzstd-dev zlib1g-dev ca-certificates git"
    # prometheus is there for promtool alone, which has no package of its own.
    [test]="chromium openssl curl prometheus nginx slowhttptest"
    [lint]="shellcheck yamllint"
    [python]="python3-venv"
    [bench]="wrk curl"
)

wanted=()
for group in "$@"; do
    if [[ -z "${groups[$group]:-}" ]]; then
        echo "install-packages: unknown group '$group' (known: ${!groups[*]})" >&2
        exit 2
    fi
    read -r -a names <<<"${groups[$group]}"
    wanted+=("${names[@]}")
done
[[ ${#wanted[@]} -gt 0 ]] || { echo "usage: $0 build|test|python|lint|bench…" >&2; exit 2; }

if ! command -v dpkg-query >/dev/null; then
    echo "install-packages: not a Debian system; provide these yourself: ${wanted[*]}" >&2
    exit 0
fi

installed=$(dpkg-query --show --showformat='${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1 == "ii" { print $2 }')
missing=()
for name in "${wanted[@]}"; do
    grep -qxF -- "$name" <<<"$installed" || missing+=("$name")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0
# One name may come from two groups.
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

as_root=()
if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "install-packages: as root, run: apt-get install --no-install-recommends ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

echo "installing Debian packages: ${missing[*]}" >&2

# The packages of prometheus and nginx would start their servers, and enable them for the next boot. policy-rc.d keeps
# services from being started during the installation; one that is already there (containers have it) stays.
policy=/usr/sbin/policy-rc.d
own_policy=false
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    own_policy=true
    "${as_root[@]}" chmod 755 "$policy"
fi
remove_policy() {
    if $own_policy; then "${as_root[@]}" rm -f "$policy"; fi
}
trap remove_policy EXIT

"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >&2

for service in prometheus nginx; do
    if [[ " ${missing[*]} " == *" $service "* ]] && command -v systemctl >/dev/null; then
        "${as_root[@]}" systemctl disable --quiet "$service.service" 2>/dev/null || true
    fi
done
