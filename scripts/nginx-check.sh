#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# The HTTP vectors to our server and to a stock nginx; what they read differently has to be in docs/http.md:
#   scripts/nginx-check.sh [--update]

set -euo pipefail
cd "$(dirname "$0")/.."
# Debian has it where only root looks.
PATH=$PATH:/usr/sbin
driver=${HTTP_DRIVER:-$(swift build --show-bin-path)/HTTPDriver}
exec python3 Tests/Python/nginx_check.py "$driver" "$@"
