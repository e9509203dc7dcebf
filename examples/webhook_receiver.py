"""Receives webhooks and believes only signed ones, with the standard library only.

Usage: webhook_receiver.py [PORT]     the secret (whsec_...) comes from KNOWHERE_WEBHOOK_SECRET

A receiver needs to check one of the two signatures; this one shows both. They are made over the bytes of the body as
they were sent: parse the JSON afterwards. A webhook may come more than once, always under the same webhook-id.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = os.environ["KNOWHERE_WEBHOOK_SECRET"]
TOLERANCE_S = 300
MAX_BODY_BYTES = 1_000_000
seen = set()  # a real receiver keeps these ids for a day, where its other processes can see them


def is_fresh(timestamp):
    """Old messages are refused: somebody may have kept one to send it again."""
    return timestamp.isdigit() and abs(time.time() - int(timestamp)) <= TOLERANCE_S


def is_signed(header, body):
    """X-Knowhere-Signature: t=UNIX,v1=HEX[,v1=HEX]; two while a secret is being rotated."""
    parts = [part.split("=", 1) for part in header.split(",") if "=" in part]
    timestamp = next((value for name, value in parts if name == "t"), "")
    expected = hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    given = [value for name, value in parts if name == "v1"]
    return is_fresh(timestamp) and any(hmac.compare_digest(expected, value) for value in given)


def is_signed_by_the_standard(message_id, timestamp, header, body):
    """webhook-signature: "v1,BASE64 v1,BASE64" (standardwebhooks.com)."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    expected = base64.b64encode(digest).decode()
    given = [part.removeprefix("v1,") for part in header.split() if part.startswith("v1,")]
    return is_fresh(timestamp) and any(hmac.compare_digest(expected, value) for value in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > MAX_BODY_BYTES:
            return self.answer(413)
        body = self.rfile.read(length)
        message_id = self.headers.get("webhook-id", "")
        timestamp = self.headers.get("webhook-timestamp", "")
        standard = self.headers.get("webhook-signature", "")
        if not is_signed(self.headers.get("X-Knowhere-Signature", ""), body):
            return self.answer(401)
        if not is_signed_by_the_standard(message_id, timestamp, standard, body):
            return self.answer(401)
        if message_id in seen:
            return self.answer(200)
        seen.add(message_id)
        message = json.loads(body)
        print(message["event"], message["job_id"], message["status"], flush=True)
        # Answer soon and do the work elsewhere: after ten seconds the webhook is sent again.
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8000), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
