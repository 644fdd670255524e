#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 the Presence Relay authors
#
# Requests generated from openapi.yaml against a relay that has the simulator behind it. Any answer that the document
# does not allow is a failure. SCHEMATHESIS_SECONDS is the time budget; SCHEMATHESIS_SEED makes other requests.

set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib.sh
source scripts/lib.sh
trap stop_all EXIT

root=$PWD
relay=${RELAY_BINARY:-$(swift build --show-bin-path)/presence-relay}
schemathesis=${SCHEMATHESIS:-$root/.build-python/bin/schemathesis}
seconds=${SCHEMATHESIS_SECONDS:-60}
admin_token="schemathesis-admin-token"
webhook_key="schemathesis-webhook-key"

folder='' simulator='' server=''
scratch folder
start simulator "$folder/simulator" "$relay" simulate --listen 127.0.0.1:0

cat >"$folder/relay.yaml" <<YAML
server: { listen: "127.0.0.1:0", drainDelay: 0s }
webhook: { authentication: [ { apiKey: { header: X-API-Key, values: ["\${env:WEBHOOK_KEY}"] } } ] }
admin: { tokens: ["\${env:ADMIN_TOKEN}"] }
genesys:
  apiURL: "$simulator"
  loginURL: "$simulator"
  clients: [ { id: simulator, secret: simulator } ]
journal: { url: "sqlite:$folder/relay.db" }
statuses: { Break: { presence: Break } }
rules:
  - name: flagged
    when: { conversation: { attributes.wfm_status: Break } }
    then: { status: Break }
YAML
start server "$folder/relay" \
    env WEBHOOK_KEY="$webhook_key" ADMIN_TOKEN="$admin_token" "$relay" serve --config "$folder/relay.yaml"

# Until it has a token and the presence definitions, a resync is 503, and rightly so.
for _ in {1..100}; do
    if curl --silent --max-time 2 "$server/healthz" | grep -q '"status" *: *"pass"'; then break; fi
    sleep 0.1
done

# /v1/stream never ends, so a generator that waits for the end of an answer cannot test it.
# Run in the scratch folder on a copy of the document: it leaves files beside both.
cp "$root/openapi.yaml" "$folder/"
cd "$folder"
code=0
export PYTHONPATH=$root/scripts SCHEMATHESIS_HOOKS=schemathesis_hooks
within $((seconds + 90)) "$schemathesis" --no-color --config-file "$root/scripts/schemathesis.toml" run openapi.yaml \
    --url "$server" \
    --header "Authorization: Bearer $admin_token" \
    --header "X-API-Key: $webhook_key" \
    --exclude-path /v1/stream \
    --checks all \
    --max-time "$seconds" --max-examples 50 --workers 2 \
    --seed "${SCHEMATHESIS_SEED:-1}" --request-timeout 10 --generation-database none || code=$?

# A server that died or lost its footing would show as failures above; being sound afterwards is asked for as well.
curl --fail --silent --show-error --max-time 5 --output /dev/null "$server/livez" || code=1
curl --fail --silent --show-error --max-time 5 --output /dev/null "$server/readyz" || code=1
if [[ $code -ne 0 ]]; then
    echo "--- last lines of the relay's log"
    # A crash begins with its reason; what follows it is long.
    grep -aE -m 1 -A 60 'Simultaneous|Fatal|crashed' "$folder/relay.errors" || tail -n 20 "$folder/relay.errors"
fi
exit "$code"
