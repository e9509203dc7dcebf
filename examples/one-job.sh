#!/usr/bin/env bash
# One job from the first call to the verified ZIP, with curl. Usage: one-job.sh FILE [OUTPUT.zip]
set -euo pipefail
file=$1
output=${2:-result.zip}
base=${KNOWHERE_BASE_URL:-http://127.0.0.1:5005}
auth="Authorization: Bearer ${KNOWHERE_API_KEY:?set it to the key in data/api-key}"

field() { # the value of a string member of the JSON on standard input
  node -e 'const path = process.argv[1].split("."); let value = JSON.parse(require("fs").readFileSync(0)); for (const name of path) value = value?.[name]; console.log(value ?? "")' "$1"
}

# 1. Create the job.
job=$(curl -sS --fail-with-body "$base/v1/jobs" -H "$auth" -H 'Content-Type: application/json' \
  -d "{\"source_type\": \"file\", \"file_name\": \"$(basename "$file")\"}")
id=$(field job_id <<<"$job")
echo "created $id"

# 2. Upload the file with exactly the headers that were signed; that starts the job.
curl -sS --fail-with-body -X PUT "$(field upload_url <<<"$job")" \
  -H "Content-Type: $(field upload_headers.Content-Type <<<"$job")" --data-binary "@$file"

# 3. Ask until it is over; each call answers at the next change, or after 30 seconds.
while :; do
  job=$(curl -sS --fail-with-body "$base/v1/jobs/$id?wait=30" -H "$auth")
  status=$(field status <<<"$job")
  case $status in
    done) break ;;
    failed) echo "failed: $(field error.message <<<"$job")" >&2; exit 1 ;;
    *) echo "$status $(field progress.processed_pages <<<"$job")/$(field progress.total_pages <<<"$job")" ;;
  esac
done

# 4. Download the package and check that it is whole.
curl -sS --fail-with-body -o "$output" "$(field result_url <<<"$job")"
echo "$(field result_checksum.value <<<"$job")  $output" | sha256sum --check
