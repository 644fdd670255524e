#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# dist/presence-relay: optimised, stripped, the Swift libraries linked in. It needs only the system libraries that
# deploy/Dockerfile installs.

set -euo pipefail
cd "$(dirname "$0")/.."

arguments=(--configuration release --product presence-relay --static-swift-stdlib)
swift build "${arguments[@]}"
mkdir -p dist
strip -o dist/presence-relay "$(swift build "${arguments[@]}" --show-bin-path)/presence-relay"
ls -l dist/presence-relay
ldd dist/presence-relay | awk '{ print "  needs " $1 }' | sort
