#!/usr/bin/env python3
"""A webhook receiver: verifies signatures, takes every event once, answers fast.

    WEBHOOK_SECRET=whsec_... python3 receiver.py [port]

Needs nothing but Python 3.9. While a secret is replaced, WEBHOOK_SECRET may hold
both, separated by a blank. Put it behind a server that speaks https.
"""
import base64
import binascii
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE = 300  # seconds a delivery may be old, or the clocks differ
MOST = 64 * 1024  # bytes of a body


def key(secret):
    return base64.b64decode(secret.removeprefix("whsec_"), validate=True)


def verify(headers, body, keys, now):
    """Return the id of a delivery that is certainly from whom it says, or None."""
    delivery, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    try:
        fresh = abs(now - int(sent)) <= TOLERANCE
    except ValueError:
        return None
    if not fresh or not delivery or "." in delivery:
        return None
    signed = f"{delivery}.{sent}.".encode() + body
    fits = False
    for one in headers.get("webhook-signature", "").split():
        version, _, encoded = one.partition(",")
        try:
            got = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            continue
        if version == "v1":  # others are passed over
            for k in keys:
                fits |= hmac.compare_digest(got, hmac.new(k, signed, hashlib.sha256).digest())
    return delivery if fits else None


class Events:
    """What was taken. The id is kept for good: a delivery is repeated for days,
    and staff can send it again after that."""

    def __init__(self, path):
        self.path = path
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, body BLOB NOT NULL)")

    def take(self, delivery, body):
        """Keep an event and report whether it is new. Work on it later: whoever
        sent it waits for the answer."""
        with sqlite3.connect(self.path) as db:
            return db.execute("INSERT INTO event VALUES (?, ?) ON CONFLICT DO NOTHING", (delivery, body)).rowcount == 1


class Receiver(BaseHTTPRequestHandler):
    keys, events = [], None

    def do_POST(self):
        try:
            length = int(self.headers.get("content-length", ""))
        except ValueError:
            return self.answer(411)
        if not 0 <= length <= MOST:
            return self.answer(413)
        body = self.rfile.read(length)  # the bytes as they came: what was signed
        delivery = verify(self.headers, body, self.keys, time.time())
        if delivery is None:
            return self.answer(403)
        if self.events.take(delivery, body):
            event = json.loads(body)
            print(event["type"], event["data"].get("number", ""), flush=True)
        return self.answer(204)  # for a repeated one, too

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    Receiver.keys = [key(s) for s in os.environ["WEBHOOK_SECRET"].split()]
    Receiver.events = Events(os.environ.get("WEBHOOK_EVENTS", "events.db"))
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8090
    server = ThreadingHTTPServer(("127.0.0.1", port), Receiver)
    print(f"listening on {server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
