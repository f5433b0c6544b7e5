# SPDX-License-Identifier: Apache-2.0
"""The stack of OpenPhone's integration guide: Flask behind gunicorn, rows written inside the request. Each thread keeps its
connection; the event row, contact, conversation and activity are one transaction."""
import base64
import hashlib
import hmac
import os
import threading
import time
import uuid

import psycopg2
import rows
from flask import Flask, request

SECRET = base64.b64decode(os.environ["SIGNING_KEY"].removeprefix("whsec_"))
REFUSED = ({"status": "refused"}, 403)
app = Flask(__name__)
own = threading.local()


def verified(headers, body):
    message_id, seconds = headers.get("webhook-id"), headers.get("webhook-timestamp", "")
    if not message_id or not seconds.isdigit() or abs(time.time() - int(seconds)) > 300:
        return False
    digest = hmac.new(SECRET, f"{message_id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    return any(hmac.compare_digest(one, expected) for one in headers.get("webhook-signature", "").split(" "))


def connection():
    if getattr(own, "connection", None) is None or own.connection.closed:
        own.connection = psycopg2.connect(os.environ["DATABASE_URL"])
    return own.connection


@app.post("/api/webhooks/openphone")
def ingest():
    body = request.get_data()
    if not verified(request.headers, body):
        return REFUSED
    delivery_id = str(uuid.uuid4())
    try:
        with connection() as transaction, transaction.cursor() as cursor:
            rows.write(cursor, delivery_id, request.headers["webhook-id"], body)
    except psycopg2.OperationalError:
        own.connection = None
        return {"status": "refused"}, 503, {"Retry-After": "10"}
    return {"status": "accepted"}, 200, {"Trunkline-Delivery-Id": delivery_id}
