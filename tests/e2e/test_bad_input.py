# SPDX-License-Identifier: Apache-2.0
"""Bad input through the whole pipeline, signed: no crash, always a row with its state and reason, all bytes stored."""
import hashlib
import hmac
import http.client
import json
import unittest

from pipeline import HEX_KEY, Pipeline, wait_for


def event(body_text="hello", **changes):
    """Returns a valid message as text; changes replace members of the object."""
    data = {
        "id": "TRUNKLINE-TEST-B",
        "from": "+14155550142",
        "to": ["+14155550100"],
        "direction": "incoming",
        "body": body_text,
        "createdAt": "2026-03-01T10:00:00.000Z",
        **changes,
    }
    return json.dumps(
        {"id": "EVB", "type": "message.received", "createdAt": "2026-03-01T10:00:00.000Z", "data": {"object": data}}
    )


def nested(depth):
    return (
        '{"id":"EVD","type":"message.received","data":{"object":{"id":"TRUNKLINE-TEST-D","deep":'
        + "[" * depth
        + "]" * depth
        + "}}}"
    )


# name: (body, state, part of the reason or None)
CASES = {
    "not JSON": (b"hello", "dead", "not JSON"),
    "empty body": (b"", "dead", ""),
    "trailing NUL": (event().encode() + b"\0", "dead", "not JSON"),
    "byte order mark": (b"\xef\xbb\xbf" + event().encode(), "dead", "not JSON"),
    "200 KB of [": (b"[" * 200_000, "dead", "deep"),
    "depth 1000": (nested(1000).encode(), "dead", "deep"),
    "invalid UTF-8": (event("XX").encode().replace(b"XX", b"\xff\xfe"), "dead", "UTF-8"),
    "NUL escape": (event("a\0b").encode(), "processed", None),
    "lone high surrogate": (event("XX").encode().replace(b"XX", rb"\ud800"), "processed", None),
    "lone low surrogate": (event("XX").encode().replace(b"XX", rb"\udc00"), "processed", None),
    "duplicate keys": (event("XX").encode().replace(b'"body"', b'"id":"OTHER","body"'), "dead", "duplicate key"),
    "number out of range": (event(duration="N").encode().replace(b'"N"', b"1e400"), None, None),
    "huge integer": (event(duration="N").encode().replace(b'"N"', b"9" * 400), None, None),
    "array": (b"[]", "dead", ""),
    "null": (b"null", "dead", ""),
    "no type": (b'{"id":"EV1","data":{"object":{"id":"x"}}}', "dead", "type"),
    "type is a number": (b'{"id":"EV1","type":5,"data":{"object":{"id":"x"}}}', "dead", "type"),
    "no data": (b'{"id":"EV1","type":"message.received"}', "dead", ""),
    "data null": (b'{"id":"EV1","type":"message.received","data":null}', "dead", ""),
    "no id in the object": (b'{"id":"EV1","type":"message.received","data":{"object":{"body":"x"}}}', "dead", "id"),
    "id is an object": (event(id={}).encode(), "dead", "id"),
    "id of 10 kB": (event(id="x" * 10_000).encode(), "dead", "id"),
    "id with NUL": (event(id="a\0b").encode(), "dead", "NUL"),
    "id with half a surrogate pair": (event(id="XX").encode().replace(b"XX", rb"a\ud800"), "dead", "surrogate"),
    "envelope id of 10 kB": (event(id="TRUNKLINE-TEST-E").encode().replace(b"EVB", b"E" * 10_000), "processed", None),
    "unknown type": (b'{"id":"EV1","type":"fax.received","data":{"object":{"id":"x"}}}', "ignored", None),
    "type of 10 kB": (b'{"id":"EV1","type":"' + b"t" * 10_000 + b'","data":{"object":{"id":"x"}}}', "ignored", None),
    "text of nearly 1 MiB": (event("x" * (1_048_576 - 400), id="TRUNKLINE-TEST-L").encode(), "processed", None),
    "numbers that are none": (
        event(**{"from": "'; drop table activities; --", "to": ["", None, 7]}, id="TRUNKLINE-TEST-N").encode(),
        None,
        None,
    ),
    "5000 recipients": (
        event(to=["+1415555%04d" % (100 + n % 100) for n in range(5000)], id="TRUNKLINE-TEST-R").encode(),
        "processed",
        None,
    ),
    "times from nowhere": (
        event(createdAt="294277-13-45T99:99:99Z", id="TRUNKLINE-TEST-T").encode(),
        "processed",
        None,
    ),
    "recipe body": (b'{"id":"EVR","type":"message.received","data":{"object":{"id":"TEST123"}}}', "processed", None),
}


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipe = Pipeline()

    @classmethod
    def tearDownClass(cls):
        cls.pipe.close()

    def post(self, body):
        signature = hmac.new(HEX_KEY.encode(), body, hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection("127.0.0.1", self.pipe.port, timeout=10)
        try:
            connection.request(
                "POST",
                "/api/webhooks/openphone",
                body,
                {
                    "Content-Type": "application/json",
                    "x-openphone-signature-v1": signature,
                    "Content-Length": str(len(body)),
                },
            )
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("Trunkline-Delivery-Id")
        finally:
            connection.close()

    def row(self, delivery):
        """Returns state, reason and sha256 of the stored bytes."""
        found = self.pipe.postgres.psql(
            "select state, coalesce(error_message, ''), encode(sha256(coalesce(raw, "
            "convert_to(payload::text, 'UTF8'))), 'hex') "
            f"from webhook_events where delivery_id = '{delivery}'"
        )
        return found.rsplit("|", 1)[0].split("|", 1) + [found.rsplit("|", 1)[1]] if found else None

    def test_every_case_has_its_row(self):
        wait_for(lambda: self.post(b"{}")[0] == 200, "the gateway to accept")
        sent = {name: self.post(body) for name, (body, _, _) in CASES.items()}
        for name, (body, state, reason) in CASES.items():
            with self.subTest(case=name):
                status, delivery = sent[name]
                self.assertEqual(status, 200)
                found = wait_for(lambda: self.row(delivery), "the row of: " + name)
                self.assertEqual(found[2], hashlib.sha256(body).hexdigest(), "the bytes kept")
                if state:
                    self.assertEqual(found[0], state, found[1])
                self.assertIn(found[0], ("processed", "ignored", "dead"))
                if found[0] == "dead":
                    self.assertIn(reason or "", found[1])
                    self.assertNotEqual(found[1], "")
        self.assertIsNone(self.pipe.worker.poll(), "the worker is still there")
        self.assertIsNone(self.pipe.gateway.poll(), "the gateway is still there")
        self.assertEqual(self.pipe.postgres.psql("select count(*) from webhook_events where attempts > 0"), "0")
        self.assertEqual(self.pipe.redis.command("XLEN", "{trunkline}:deliveries"), 0)

    def test_other_events_are_not_delayed(self):
        bodies = [body for body, _, _ in CASES.values() if len(body) < 20_000]
        deliveries = []
        for n in range(len(bodies)):
            self.post(bodies[n] + b" " * n)  # other bytes are another event
            deliveries.append(self.post(event(id=f"TRUNKLINE-TEST-G{n}").encode())[1])
        for delivery in deliveries:
            self.assertEqual(wait_for(lambda d=delivery: self.row(d), "a good row")[0], "processed")
