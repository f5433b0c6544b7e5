# SPDX-License-Identifier: Apache-2.0
"""Synthetic events of two of the provider's generations: fictitious numbers, 0.3 to 4 kB."""
import base64
import hashlib
import hmac
import json
import random
import time

SIGNING_KEY = "whsec_" + base64.b64encode(hashlib.sha256(b"trunkline bench").digest()).decode()
OWN_NUMBER = "+14155550100"
PATH = "/api/webhooks/openphone"
WORDS = (
    "we are on our way the door code is on the note please call back when the parts for the heater arrive "
    "thanks for the quick answer yesterday the invoice is paid see you on monday at nine"
).split()


def _text(rng, size):
    words = []
    while sum(map(len, words)) + len(words) < size:
        words.append(rng.choice(WORDS))
    return " ".join(words)


def contact_number(index):
    """Returns the index-th of 2,000 fictitious numbers, 555-01xx in twenty area codes."""
    return f"+1{201 + index // 100 % 20}555{100 + index % 100:04d}"


def _event(rng, kind, resource, contact, call=False):
    context = {
        "orgId": "OR7kTq2LmZ",
        "phoneNumberId": "PNr3VdYk2s",
        "conversationId": f"CN{contact:032x}",
        "userId": "US4hZwQm9T",
        "contacts": {"ids": [], "lookupStatus": "none"},
    }
    number = contact_number(contact)
    if call:
        context |= {
            "phoneNumberType": "shared",
            "participants": {"workspace": [OWN_NUMBER], "external": [number], "resolution": "available"},
        }
    elif resource["direction"] == "incoming":
        context |= {"senderIdentifier": number, "recipientIdentifiers": [OWN_NUMBER]}
    else:
        context |= {"senderIdentifier": OWN_NUMBER, "recipientIdentifiers": [number]}
    return json.dumps(
        {
            "id": f"EV{rng.getrandbits(128):032x}",
            "apiVersion": "2026-03-30",
            "createdAt": "2026-11-20T17:03:01.310Z",
            "type": kind,
            "data": {"resource": resource, "context": context, "links": {"quo": None}},
        },
        separators=(",", ":"),
    ).encode()


def message(rng, contact, size):
    incoming = rng.random() < 0.6
    return _event(
        rng,
        "message.received" if incoming else "message.delivered",
        {
            "id": f"AC{rng.getrandbits(128):032x}",
            "direction": "incoming" if incoming else "outgoing",
            "text": _text(rng, size),
            "media": [],
            "status": "received" if incoming else "delivered",
            "createdAt": "2026-11-20T17:03:00.120Z",
        },
        contact,
    )


def seed_message(rng, contact, size):
    """The form of OpenPhone's integration guide: no envelope id."""
    return json.dumps(
        {
            "type": "message.received",
            "data": {
                "object": {
                    "id": f"AC{rng.getrandbits(128):032x}",
                    "conversationId": f"CN{contact:032x}",
                    "direction": "incoming",
                    "from": contact_number(contact),
                    "to": [OWN_NUMBER],
                    "text": _text(rng, size),
                    "media": [],
                    "status": "received",
                    "createdAt": "2026-11-20T17:03:00.120Z",
                }
            },
        },
        separators=(",", ":"),
    ).encode()


def call(rng, contact, call_id):
    return _event(
        rng,
        "call.completed",
        {
            "id": call_id,
            "direction": rng.choice(["incoming", "outgoing"]),
            "status": "answered",
            "createdAt": "2026-11-20T17:04:00.000Z",
            "answeredAt": "2026-11-20T17:04:05.000Z",
            "completedAt": "2026-11-20T17:09:05.000Z",
            "updatedAt": "2026-11-20T17:09:05.000Z",
            "duration": 300,
            "hasVoicemail": False,
        },
        contact,
        call=True,
    )


def summary(rng, contact, call_id):
    return _event(
        rng,
        "call.summary.completed",
        {
            "callId": call_id,
            "processingStatus": "completed",
            "summary": [_text(rng, 200), _text(rng, 150)],
            "nextSteps": [_text(rng, 40)],
            "fromPhoneNumber": contact_number(contact),
            "handledByAiAgent": False,
            "answeredByUserId": "US4hZwQm9T",
            "jobs": [],
        },
        contact,
        call=True,
    )


def transcript(rng, contact, call_id):
    lines = [
        {
            "userId": None,
            "identifier": contact_number(contact) if i % 2 else OWN_NUMBER,
            "content": _text(rng, 60),
            "start": i * 4.2,
            "end": i * 4.2 + 3.9,
        }
        for i in range(rng.randint(8, 20))
    ]
    return _event(
        rng,
        "call.transcript.completed",
        {
            "callId": call_id,
            "createdAt": "2026-11-20T17:04:00.000Z",
            "duration": 300,
            "processingStatus": "completed",
            "dialogue": lines,
        },
        contact,
        call=True,
    )


def mixed(count, seed=1):
    """Yields 70 % messages, 20 % calls, 10 % AI content of such calls; every event is distinct, 2,000 contacts."""
    rng = random.Random(seed)
    calls = []
    for _ in range(count):
        draw, contact = rng.random(), rng.randrange(2000)
        if draw < 0.7:
            kind = message if rng.random() < 0.5 else seed_message
            yield kind(rng, contact, min(1500, int(rng.expovariate(1 / 150))))
        elif draw < 0.9 or not calls:
            calls.append((contact, f"AC{rng.getrandbits(128):032x}"))
            yield call(rng, *calls[-1])
        else:
            yield rng.choice([summary, transcript])(rng, *rng.choice(calls))


def sign(body, number, seconds=None):
    """Returns Standard Webhooks header fields for a body, valid for five minutes."""
    seconds = str(int(seconds or time.time()))
    message_id = f"msg_{number:028d}"
    digest = hmac.new(
        base64.b64decode(SIGNING_KEY.removeprefix("whsec_")), f"{message_id}.{seconds}.".encode() + body, hashlib.sha256
    ).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def write_requests(path, count, seed=7, host="127.0.0.1"):
    """Writes signed requests of the mix, each as a line with its length and then its bytes, for load.lua and
    bench-pacer. Another seed makes distinct events. They are valid for five minutes."""
    with open(path, "wb") as out:
        for number, body in enumerate(mixed(count, seed)):
            fields = {"Host": host, "Content-Length": len(body), **sign(body, seed * 10_000_000 + number)}
            head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
            request = f"POST {PATH} HTTP/1.1\r\n{head}\r\n".encode() + body
            out.write(b"%d\n" % len(request) + request)
