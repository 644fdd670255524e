#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# Fails with a message that says what to do when there is no Swift, or one that is too old:
#   scripts/check-swift.sh [MINIMUM]     default 6.2, which the dependencies ask for

set -euo pipefail

minimum=${1:-6.2}
advice="Install Swift $minimum or newer: https://www.swift.org/install/linux/ (Debian 12), and put it in PATH."

if ! command -v swift >/dev/null; then
    echo "error: swift is not in PATH. $advice" >&2
    exit 1
fi
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+(\.[0-9]+)?).*/\1/p' | head -n 1)
if [[ -z $version ]]; then
    echo "error: cannot read the version of $(command -v swift). $advice" >&2
    exit 1
fi
oldest=$(printf '%s\n%s\n' "$minimum" "$version" | sort -V | head -n 1)
if [[ $oldest != "$minimum" ]]; then
    echo "error: $(command -v swift) is Swift $version. $advice" >&2
    exit 1
fi
