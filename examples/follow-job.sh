#!/usr/bin/env bash
# Follows a job live by server-sent events, with curl. Usage: follow-job.sh JOB_ID
set -euo pipefail
base=${KNOWHERE_BASE_URL:-http://127.0.0.1:5005}
auth="Authorization: Bearer ${KNOWHERE_API_KEY:?set it to the key in data/api-key}"

# -N: each line as it comes. The stream ends with the job; to resume a broken one send -H "Last-Event-ID: <id>".
curl -sSN --fail-with-body "$base/v1/jobs/$1/events" -H "$auth" | while IFS= read -r line; do
  case $line in
    event:*) event=${line#event: } ;;
    data:*) echo "$event ${line#data: }" ;;
  esac
done
