#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# The official Genesys Cloud SDK for Python against `presence-relay simulate`, and then as a witness of what a relay does.

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

# A simulator of its own, in which nothing has happened yet.
witness='' server=''
start witness "$folder/witness" "$relay" simulate --listen 127.0.0.1:0
cat >"$folder/relay.yaml" <<END
server: { listen: "127.0.0.1:0", drainDelay: 0s }
webhook: { authentication: [ { apiKey: { header: X-API-Key, values: [sdk-check] } } ] }
admin: { tokens: [sdk-check-admin] }
genesys: { apiURL: "$witness", loginURL: "$witness", clients: [ { id: simulator, secret: simulator } ] }
journal: { url: "sqlite:$folder/relay.db" }
tags: { to: customAttributes, schema: { name: Presence Relay check, create: true } }
statuses: { Break: { presence: Break } }
rules:
  - name: flagged
    when: { conversation: { media: call, attributes.wfm_status: Break } }
    then:
      status: Break
      explain: { minutes: 15, status: Approved, notes: "set by \${rule}" }
      tag: { wfm_status: "\${status}", rule: "\${rule}" }
END
start server "$folder/server" "$relay" serve --config "$folder/relay.yaml"
curl -sS --fail --max-time 10 -o "$folder/webhook" -X POST "$witness/simulator/webhook" \
    -d "{\"url\":\"$server/v1/events\",\"headers\":{\"X-API-Key\":\"sdk-check\"}}"
within 100 "$python" Tests/Python/relay_check.py "$witness" "$server" sdk-check-admin
