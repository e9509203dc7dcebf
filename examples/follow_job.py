"""Follows a job by long polls: each call answers at the job's next change. Usage: follow_job.py JOB_ID"""

import json
import os
import sys
import urllib.request

BASE = os.environ.get("KNOWHERE_BASE_URL", "http://127.0.0.1:5005")
KEY = os.environ["KNOWHERE_API_KEY"]
WAIT_S = 30


def get(path, timeout):
    request = urllib.request.Request(BASE + path, headers={"Authorization": f"Bearer {KEY}"})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.load(answer)


def follow(job_id):
    # The first look answers at once; a job that is over already would never change again.
    job = get(f"/v1/jobs/{job_id}", timeout=60)
    while True:
        yield job
        if job["status"] in ("done", "failed"):
            return
        job = get(f"/v1/jobs/{job_id}?wait={WAIT_S}", timeout=WAIT_S + 30)


for job in follow(sys.argv[1]):
    progress = job.get("progress")
    print(job["status"], f"{progress['processed_pages']}/{progress['total_pages']} pages" if progress else "")
    if job["status"] == "failed":
        raise SystemExit(f"failed: {job['error']['message']}")
