"""One job from the first call to the chunks, with the standard library only. Usage: one_job.py FILE"""

import hashlib
import io
import json
import os
import sys
import time
import urllib.request
import zipfile

BASE = os.environ.get("KNOWHERE_BASE_URL", "http://127.0.0.1:5005")
KEY = os.environ["KNOWHERE_API_KEY"]


def call(method, path, body=None):
    request = urllib.request.Request(
        BASE + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def wait(job_id, timeout=300):
    """Polls with growing pauses, as for any asynchronous API."""
    started, pause = time.time(), 0.2
    while time.time() - started < timeout:
        job = call("GET", f"/v1/jobs/{job_id}")
        if job["status"] == "done":
            return job
        if job["status"] == "failed":
            raise SystemExit(f"failed: {job['error']['message']}")
        if "progress" in job:
            print(f"{job['progress']['processed_pages']}/{job['progress']['total_pages']} pages")
        time.sleep(pause)
        pause = min(pause * 2, 10)
    raise SystemExit("the job did not end in time")


def main(path):
    job = call("POST", "/v1/jobs", {"source_type": "file", "file_name": os.path.basename(path)})
    with open(path, "rb") as file:
        upload = urllib.request.Request(job["upload_url"], method="PUT", data=file.read(), headers=job["upload_headers"])
    urllib.request.urlopen(upload).close()

    job = wait(job["job_id"])
    with urllib.request.urlopen(job["result_url"]) as answer:
        package = answer.read()
    if hashlib.sha256(package).hexdigest() != job["result_checksum"]["value"]:
        raise SystemExit("the package was damaged on the way")

    chunks = json.loads(zipfile.ZipFile(io.BytesIO(package)).read("chunks.json"))["chunks"]
    for chunk in chunks:
        print(chunk["type"], chunk["path"], chunk["metadata"]["page_nums"])


if __name__ == "__main__":
    main(sys.argv[1])
