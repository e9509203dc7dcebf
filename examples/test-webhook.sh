#!/usr/bin/env bash
# Sends a signed test event to a webhook endpoint, with curl, and shows what came of it. Usage: test-webhook.sh URL
set -euo pipefail
base=${KNOWHERE_BASE_URL:-http://127.0.0.1:5005}
auth="Authorization: Bearer ${KNOWHERE_API_KEY:?set it to the key in data/api-key}"

curl -sS --fail-with-body "$base/v1/webhooks/test" -H "$auth" -H 'Content-Type: application/json' -d "{\"url\": \"$1\"}"
echo
# Every try is in the log, newest first.
curl -sS --fail-with-body "$base/v1/webhooks/logs?page_size=1" -H "$auth"
echo
