# SPDX-License-Identifier: Apache-2.0
"""Sends many bodies through the whole pipeline over one connection, or to the parser alone."""
import hashlib
import hmac
import http.client
import os
import subprocess

from pipeline import HEX_KEY, wait_for

VERDICTS = os.path.join(os.environ["TRUNKLINE_BIN"], "test-parse-outcome")
SUITES = os.environ.get("TRUNKLINE_SUITES") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "suites"
)


def verdicts(bodies):
    """Returns (what is wrong with it as JSON, state, reason) of each body, from the parser alone."""
    frames = b"".join(b"%d\n%s" % (len(body), body) for body in bodies)
    done = subprocess.run([VERDICTS], input=frames, capture_output=True, check=True)
    lines = done.stdout.decode("utf-8", "replace").split("\n")[:-1]
    assert len(lines) == len(bodies), (len(lines), len(bodies))
    return [tuple(line.split("\t")) for line in lines]


class Sender:
    """Sends signed deliveries over one persistent connection; every response must be 200."""

    def __init__(self, pipe):
        self.pipe = pipe
        self.connection = http.client.HTTPConnection("127.0.0.1", pipe.port, timeout=30)
        wait_for(lambda: self.post(b"{}")[0] == 200, "the gateway to accept")

    def post(self, body):
        self.connection.request(
            "POST",
            "/api/webhooks/openphone",
            body,
            {
                "Content-Type": "application/json",
                "x-openphone-signature-v1": hmac.new(HEX_KEY.encode(), body, hashlib.sha256).hexdigest(),
            },
        )
        answer = self.connection.getresponse()
        answer.read()
        if answer.getheader("Connection") == "close":
            self.connection.close()
        return answer.status, answer.getheader("Trunkline-Delivery-Id")

    def close(self):
        self.connection.close()


def key_of(body):
    """Returns webhook_events.event_key of a body that was delivered without a provider delivery id."""
    return hashlib.sha256(b"\0" + body).hexdigest()


def stored(postgres):
    """Returns {event key: (state, reason, sha256 of the stored bytes, attempts)}."""
    text = postgres.psql(
        "select encode(event_key, 'hex') || ' ' || state || ' ' || attempts || ' ' || "
        "encode(sha256(coalesce(raw, convert_to(payload::text, 'UTF8'))), 'hex') || ' ' || "
        "encode(convert_to(coalesce(error_message, ''), 'UTF8'), 'hex') from webhook_events"
    )
    rows = {}
    for line in text.splitlines():
        key, state, attempts, kept, reason = line.split(" ")
        rows[key] = (state, bytes.fromhex(reason).decode(), kept, int(attempts))
    return rows


def problem_with(body, row, said):
    """Returns what is wrong with the row of a body, given the parser's outcome, or None."""
    if row is None:
        return "no row"
    state, reason, kept, attempts = row
    if kept != hashlib.sha256(body).hexdigest():
        return "other bytes are kept"
    if attempts or state not in ("processed", "ignored", "dead"):
        return f"{state} after {attempts} attempts: {reason}"
    if state != said[1]:
        return f"{state} ({reason}), the parser says {said[1]} ({said[2]})"
    return "dead without a reason" if (state == "dead") != bool(reason) else None
