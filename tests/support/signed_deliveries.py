# SPDX-License-Identifier: Apache-2.0
"""Yields signed deliveries of every kind and generation: synthetic, the same for the same seed."""
import base64
import hashlib
import hmac
import json
import random
import socket
import time

import bodies as plain
from bodies import contact_number  # noqa: F401
from generator import Generator

STREAM = "{trunkline}:deliveries"
PATH = "/api/webhooks/openphone"
HEX_KEY = "test_signing_key_for_tests_0001"
STANDARD_KEY = "whsec_" + base64.b64encode(b"a standard webhooks key of 32 b.").decode()
LEGACY_KEY = "legacy:" + base64.b64encode(b"a legacy key of thirty-two bytes").decode()
KEYS = (HEX_KEY, STANDARD_KEY, LEGACY_KEY)
SECRETS = {
    name: base64.b64decode(key.split("_" if name == "standard" else ":", 1)[1])
    for name, key in (("standard", STANDARD_KEY), ("legacy", LEGACY_KEY))
}


class Delivery:
    """One delivery: its body, the scheme that signs it, and all responses. key: webhook_events.event_key in hex."""

    __slots__ = ("body", "scheme", "provider_id", "key", "answers")

    def __init__(self, body, scheme="hex", provider_id=""):
        self.body, self.scheme = body, scheme
        self.provider_id = provider_id if scheme == "standard" else ""
        self.key = hashlib.sha256(self.provider_id.encode() + b"\0" + body).hexdigest()
        self.answers = []

    @property
    def acked(self):
        return any(status == 200 for _, status in self.answers)

    def request(self):
        """Returns the bytes of a request, signed now."""
        return (
            f"POST {PATH} HTTP/1.1\r\nHost: gateway.test\r\nContent-Type: application/json\r\n{self._signature()}"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        ).encode() + self.body

    def _signature(self):
        if self.scheme == "hex":
            mac = hmac.new(HEX_KEY.encode(), self.body, hashlib.sha256).hexdigest()
            return f"x-openphone-signature-v1: {mac}\r\n"
        stamp = str(int(time.time() * (1000 if self.scheme == "legacy" else 1)))
        signed = f"{self.provider_id}.{stamp}." if self.scheme == "standard" else stamp + "."
        mac = base64.b64encode(hmac.new(SECRETS[self.scheme], signed.encode() + self.body, hashlib.sha256).digest())
        if self.scheme == "legacy":
            return f"openphone-signature: hmac;1;{stamp};{mac.decode()}\r\n"
        return (
            f"webhook-id: {self.provider_id}\r\nwebhook-timestamp: {stamp}\r\n"
            f"webhook-signature: v1,{mac.decode()}\r\n"
        )


def deliveries(seed):
    """Yields the bodies of bodies(seed), in the three schemes in turn."""
    for number, body in enumerate(bodies(seed)):
        yield Delivery(body, ("hex", "standard", "legacy")[number % 3], f"msg_{seed}_{number}")


def feed(redis, arriving, chunk=500):
    """Adds deliveries to the stream, as a gateway does."""
    with socket.create_connection(("127.0.0.1", redis.port), timeout=30) as connection:
        answers = connection.makefile("rb")
        connection.sendall(_command("AUTH", "trunkline-gateway", "gateway-password"))
        if not answers.readline().startswith(b"+"):
            raise RuntimeError("Redis does not know the gateway")
        for start in range(0, len(arriving), chunk):
            part = arriving[start : start + chunk]
            connection.sendall(b"".join(_xadd(delivery) for delivery in part))
            for _ in part:
                if not answers.readline().startswith(b"$"):
                    raise RuntimeError("an XADD was refused")
                answers.readline()


def _xadd(delivery):
    fields = ["d", f"01TEST{random.getrandbits(80):020X}", "t", int(time.time() * 1000), "s", delivery.scheme, "k", 0]
    fields += ["w", delivery.provider_id] if delivery.provider_id else []
    return _command("XADD", STREAM, "*", *fields, "b", delivery.body)


def _command(*words):
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def bodies(seed):
    rng = random.Random(seed)
    usual, world = plain.mixed(1 << 62, seed), None
    for number in range(1 << 62):
        draw = rng.random()
        if draw < 0.78:
            yield next(usual)
        elif draw < 0.9:
            # Events that contradict each other on few ids, with unusual values, as in the property test.
            if number % 40 == 0 or world is None:
                world = _world(rng)
            yield world.event()
        else:
            yield rng.choice((_recording, _contact, _unknown))(rng, f"{seed}-{number}")


def _world(rng):
    made = Generator(random.Random(rng.random()))
    made.ids = [f"AC{rng.getrandbits(64):x}" for _ in made.ids]
    made.refs = [f"CN{rng.getrandbits(64):x}" for _ in made.refs]
    return made


def _event(name, kind, resource, **data):
    return json.dumps(
        {
            "id": "EV" + name,
            "apiVersion": "v4",
            "createdAt": "2026-11-20T17:03:01.310Z",
            "type": kind,
            "data": {"object": resource, **data},
        }
    ).encode()


def _recording(rng, name):
    entry = {"id": "CR" + name, "url": f"https://files.example.com/{name}.mp3", "type": "audio/mpeg", "duration": 12}
    return _event(
        name,
        "call.recording.completed",
        {"id": f"AC{rng.getrandbits(64):x}", "status": "completed", "recordings": [entry]},
    )


def _contact(rng, name):
    number = plain.contact_number(rng.randrange(2000))
    return _event(
        name,
        "contact.updated",
        {
            "id": f"CT{rng.randrange(500)}",
            "firstName": rng.choice(("Ada", "Dana", "Noor")),
            "lastName": name,
            "updatedAt": f"2026-11-20T17:{rng.randrange(60):02}:{rng.randrange(60):02}.000Z",
            "fields": [{"name": "Phone", "type": "phone-number", "value": number}],
        },
    )


def _unknown(rng, name):
    return _event(name, rng.choice(("task.created", "call.teleported", "billing.invoice.paid")), {"id": name})
