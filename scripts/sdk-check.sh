#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# The official Genesys Cloud SDK for Python against `presence-relay simulate`.

set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
trap stop_all EXIT

relay=${RELAY_BINARY:-$(swift build --show-bin-path)/presence-relay}
python=${PYTHON:-.build-python/bin/python}

folder='' simulator=''
scratch folder
start simulator "$folder/simulator" "$relay" simulate --listen 127.0.0.1:0
within 100 "$python" Tests/Python/sdk_check.py "$simulator"
