"""Follows a job live by server-sent events, with the standard library. Usage: stream_job.py JOB_ID"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

BASE = os.environ.get("KNOWHERE_BASE_URL", "http://127.0.0.1:5005")
KEY = os.environ["KNOWHERE_API_KEY"]
# The server says something at least every 15 seconds.
SILENCE_S = 60


def events(job_id):
    """Yields (event, data) until the job is over; a broken stream goes on behind the last event that came."""
    last_id = "0"
    while True:
        headers = {"Authorization": f"Bearer {KEY}", "Last-Event-ID": last_id}
        request = urllib.request.Request(f"{BASE}/v1/jobs/{job_id}/events", headers=headers)
        name = ""
        try:
            with urllib.request.urlopen(request, timeout=SILENCE_S) as stream:
                for line in stream:
                    field, _, value = line.decode().rstrip("\n").partition(": ")
                    if field == "id":
                        last_id = value
                    elif field == "event":
                        name = value
                    elif field == "data":
                        data = json.loads(value)
                        yield name, data
                        if name == "state" and data["status"] in ("done", "failed"):
                            return
        except urllib.error.HTTPError:
            raise
        except OSError:
            pass
        time.sleep(1)


for event, data in events(sys.argv[1]):
    if event == "progress":
        print(f"{data['processed_pages']}/{data['total_pages']} pages")
    else:
        print(data["status"] if event == "state" else data["message"])
