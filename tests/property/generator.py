# SPDX-License-Identifier: Apache-2.0
"""Dense random sets of events: few ids, times, numbers and conversations, so that events contradict each other.

Sparse sets do not find wrong merges: two events rarely meet in one register, and times are never equal.
"""
import collections
import json
import random

from contents import Contents

# A delivery: the bytes, and the provider's delivery id where the Standard scheme verified one (else "").
Delivery = collections.namedtuple("Delivery", "body delivery", defaults=("",))

OURS = ("+14155550100", "+14155550101")
THEIRS = ("+14155550142", "+14155550143", "+14155550144")
NOBODY = ("anonymous", "Blocked", "restricted", "UNKNOWN")
SHORT_CODE = "72645"
ABSENT = object()
NOTHING = (ABSENT, None, "", "unavailable")
BAD_TIMES = (
    "yesterday",
    "1999-12-31T23:59:59.999Z",
    "2100-01-01T00:00:00.000001Z",
    "2026-13-01T00:00:00Z",
    "2026-11-20T17:03:00",
    "2026-11-20T24:00:00Z",
    "2026-11-20T17:03:60Z",
    "2026-11-20T17:03:00+15:00",
)
ODD_TIMES = (
    "2000-01-01T00:00:00Z",
    "2100-01-01T00:00:00Z",
    "2026-11-20t17:03:01z",
    "2026-11-20 12:03:01-0500",
    "2026-11-20T17:03:01.1234567Z",
    "2026-11-20T19:03:01+02",
)
# Wrong types and sizes: each costs only the fact of that member, never the event.
ODD = (0, 7, 1.5, True, False, {}, [], [None], ["x"], {"value": "x"}, "x" * 256, " ", "a\0b", "\ud800", "300", "tel:")

MESSAGES = (
    "message.received",
    "message.sent",
    "message.delivered",
    "message.failed",
    "message.undelivered",
    "message.created",
    "message.updated",
)
CALLS = (
    "call.ringing",
    "call.started",
    "call.answered",
    "call.completed",
    "call.ended",
    "call.missed",
    "call.forwarded",
    "call.menu.selected",
)
RECORDINGS = ("call.recording.completed",)
SUMMARIES = ("call.summary.completed", "call_summary.created", "call_summary.updated", "callSummary")
TRANSCRIPTS = ("call.transcript.completed", "call_transcript.created", "call_transcript.updated", "callTranscript")
VOICEMAILS = ("call.voicemail.completed", "voicemail.received")
CONTACTS = ("contact.updated",) * 4 + ("contact.created", "contact.deleted")
OTHERS = ("task.created", "integration.updated", "token.validated", "billing.invoice.paid")
# The emphasis of a set: weights of messages, calls, recordings, AI content, voicemail, cards, others.
FLAVOURS = {
    "all": (5, 6, 1, 2, 1, 2, 1),
    "messages": (9, 1, 0, 0, 0, 1, 0),
    "calls": (1, 7, 3, 3, 2, 0, 0),
    "cards": (2, 1, 0, 0, 0, 8, 0),
    "structure": (6, 5, 0, 0, 1, 1, 0),
}
GENERATIONS = ("seed", "full", "v2", "v3", "v4", "new")


def make_set(seed, flavour=None):
    """Returns (deliveries, own numbers of the settings): the same for the same seed, on every machine."""
    return Generator(random.Random(seed), flavour).set()


class Generator(Contents):
    def __init__(self, rng, flavour=None):
        self.rng = rng
        self.flavour = flavour or rng.choice(tuple(FLAVOURS) + ("structure",))
        # A structure set omits most fields that affect only their own row, and fewer events name parties and
        # conversation: more events meet in fewer rows.
        self.plain = self.flavour == "structure"
        self.ids = [f"AC{n}" for n in range(1, 1 + (rng.randint(2, 5) if self.plain else rng.randint(1, 3)))]
        self.refs = [f"CN{n}" for n in range(1, 1 + rng.randint(1, 3))]
        self.names_ref = rng.choice((0.1, 0.25, 0.5)) if self.plain else rng.choice((0.3, 0.7, 0.9))
        self.unsided = rng.choice((0.3, 0.6, 0.9)) if self.plain else 0
        self.ours = OURS[: rng.randint(1, 2)]
        self.theirs = THEIRS[: rng.randint(1, 3)]
        self.times, self.fractions = rng.randint(1, 4), rng.choice((".000", ".120"))
        self.gap = rng.choice((0.05, 0.2, 0.4))
        self.odd = rng.choice((0, 0, 0.1))

    def set(self):
        settings = self.rng.choice(((), (), OURS[:1], OURS, THEIRS[:1]))
        bodies = [self.event() for _ in range(self.rng.choice((self.rng.randint(2, 5), self.rng.randint(3, 16))))]
        return [Delivery(body, self.rng.choice(("", "", "", "msg_1", "msg_2"))) for body in bodies], settings

    # Values ------------------------------------------------------------------------------------------------------

    def chance(self, p):
        return self.rng.random() < p

    def time(self):
        if self.chance(0.06):
            return self.rng.choice(BAD_TIMES + ODD_TIMES)
        second = self.rng.randrange(self.times)
        return self.rng.choice(
            (
                f"2026-11-20T17:03:0{second}.000Z",
                f"2026-11-20T17:03:0{second}Z",
                f"2026-11-20T18:03:0{second}.000+01:00",
                f"2026-11-20T17:03:0{second}{self.fractions}Z",
            )
        )

    def number(self, which=None):
        if which is None and self.chance(0.08):
            return self.rng.choice((SHORT_CODE,) + NOBODY)
        text = self.rng.choice(which or self.theirs)
        return self.rng.choice((text,) * 9 + (text[1:], text[2:], f"({text[2:5]}) {text[5:8]}-{text[8:]}"))

    def seconds(self):
        seconds = self.rng.randint(0, 2)
        return self.rng.choice((seconds, seconds, seconds, str(seconds), -1, 1.5))

    def text(self, *choices):
        return self.rng.choice(choices)

    def user(self):
        return self.rng.choice(("US1", "US2", "SY1"))

    def fill(self, target, **members):
        """Adds members to target; each may be missing, null or empty instead."""
        for name, value in members.items():
            if self.chance(self.gap):
                value = self.rng.choice(NOTHING if isinstance(value, str) else (ABSENT, None))
            elif self.chance(self.odd):
                value = self.rng.choice(ODD)
            if value is not ABSENT:
                target[name] = value
        return target

    def sides(self):
        """Returns direction, from and to (a list): usually consistent with such an event, sometimes contradictory."""
        direction = self.rng.choice(("incoming", "outgoing"))
        ours, theirs = [self.number(self.ours)], [self.number()]
        if self.chance(0.2):
            theirs.append(self.number())
        if self.chance(0.1):
            ours, theirs = theirs, ours
        if direction == "incoming":
            return direction, theirs[0], ours + theirs[1:]
        return direction, ours[0], theirs

    def participants(self):
        _, sender, to = self.sides()
        people = [sender] + to
        self.rng.shuffle(people)
        return people[: self.rng.choice((0, 1, 2, 2, 2, 3))]

    def media(self, generation):
        urls = [f"https://media.example.com/{self.text('a', 'b')}" for _ in range(self.rng.randint(0, 2))]
        if generation in ("seed", "full"):
            return urls
        return [
            self.rng.choice(({"url": url}, {"url": url, "type": "image/jpeg"}, {"url": url, "type": None}))
            for url in urls
        ]

    # Events ------------------------------------------------------------------------------------------------------

    def event(self):
        if self.chance(0.02):
            return self.rng.choice(
                (
                    b"",
                    b"not JSON",
                    b"[]",
                    b'{"data":{"object":{"id":"AC1"}}}',
                    b'{"type":"message.received","data":{"object":{"from":"+14155550142"}}}',
                )
            )
        weights = FLAVOURS[self.flavour]
        kinds = (MESSAGES, CALLS, RECORDINGS, SUMMARIES + TRANSCRIPTS, VOICEMAILS, CONTACTS, OTHERS)
        name = self.rng.choice(self.rng.choices(kinds, weights)[0])
        generation = self.rng.choice(GENERATIONS)
        if name in MESSAGES + CALLS and self.chance(self.unsided):
            name, generation = self.text("call.completed", "call.ringing"), self.text("seed", "full", "v4")
        resource, context = {}, {}
        if name in CONTACTS:
            self.contact(resource, generation)
        else:
            self.activity(name, resource, context, generation)
        return self.envelope(name, resource, context, generation)

    def envelope(self, name, resource, context, generation):
        event = {}
        if generation != "seed":
            event["id"] = f"EV{self.rng.randint(1, 3)}"
            version = {"full": "v1", "new": "2026-03-30"}.get(generation, generation)
            self.fill(event, apiVersion=version, createdAt=self.time())
        if generation in ("v2", "v3", "v4"):
            event["object"] = "event"
        event["type"] = name
        link = (
            f"https://my.quo.com/inbox/PN1/c/{self.rng.choice(self.refs)}?at=AC1"
            if self.chance(self.names_ref)
            else "https://my.quo.com/inbox/PN1"
        )
        if generation == "new":
            event["data"] = {"resource": resource, "context": context, "links": {"quo": self.rng.choice((link, None))}}
        elif generation == "full" and self.chance(0.2):
            event["data"] = resource
        else:
            event["data"] = {"object": resource}
            if generation in ("v3", "v4") and self.chance(0.5):
                event["data"]["deepLink"] = link
        if event.get("object") == "event" and self.chance(0.1):
            event = {"object": event}
        text = json.dumps(event, ensure_ascii=self.chance(0.5), separators=(",", ":"))
        return (text if text.isprintable() else json.dumps(event)).encode()  # UTF-8 has no half pairs

    def activity(self, name, resource, context, generation):
        key = self.rng.choice(self.ids)
        if name in SUMMARIES + TRANSCRIPTS:
            resource["callId"] = key
        elif name in VOICEMAILS:
            resource["id"] = self.rng.choice(self.ids)
            self.fill(resource, callId=key)
        elif name in RECORDINGS and generation in ("seed", "full"):
            resource.update(id=f"REC{self.rng.randint(1, 2)}", callId=key)
        else:
            resource["id"] = key
        self.people(name, resource, context, generation)
        if not self.plain or self.chance(0.3):
            self.content(name, resource, generation)
        self.fill(resource, createdAt=self.time())
        if generation in ("v4", "new"):
            self.fill(resource, updatedAt=self.time())
        self.thin(name, resource)

    def thin(self, name, resource):
        """Returns status events with little more than an id and a time."""
        if name in MESSAGES + CALLS and self.chance(0.1):
            kept = {
                key: value
                for key, value in resource.items()
                if key in ("id", "status", "deliveredAt", "failedAt", "missedAt", "answeredAt", "errorCode")
            }
            resource.clear()
            resource.update(kept)

    def people(self, name, resource, context, generation):
        direction, sender, to = self.sides()
        if self.chance(0.03):
            direction = "sideways"
        reference = self.rng.choice(self.refs)
        contact_ids = sorted({f"CT{self.rng.randint(1, 2)}" for _ in range(self.rng.randint(0, 2))})
        if generation == "new":
            self.people_new(name, resource, context, direction, sender, to)
            reference = reference if self.chance(self.names_ref) else None
            self.fill(
                context,
                conversationId=reference,
                phoneNumberId="PN1",
                userId=self.user(),
                contacts={"ids": contact_ids, "lookupStatus": self.text("matched", "matched", "none", "unavailable")},
            )
            return
        if generation != "v4":
            if self.chance(self.names_ref):
                self.fill(resource, conversationId=reference)
        else:
            self.fill(resource, contactIds=contact_ids)
        if generation == "v3" and self.chance(0.3):
            self.fill(resource, contactId=f"CT{self.rng.randint(1, 2)}")
        if name in SUMMARIES + TRANSCRIPTS:
            return
        if name in MESSAGES or generation in ("v2", "v3") or name == "call.started":
            self.fill(resource, direction=direction, **{"from": sender}, to=self.to_form(to, generation))
        elif name not in RECORDINGS:
            self.fill(resource, participants=self.participants())
            if generation == "v4":
                self.fill(resource, direction=direction)
        self.fill(resource, userId=self.user(), phoneNumberId=self.text("PN1", "PN2"))

    def to_form(self, to, generation):
        if generation in ("seed", "full"):
            return to
        return self.rng.choice((to, ",".join(to), ", ".join(to))) if len(to) > 1 else self.rng.choice((to, to[0]))

    def people_new(self, name, resource, context, direction, sender, to):
        if name in MESSAGES:
            self.fill(context, senderIdentifier=sender, recipientIdentifiers=to)
            self.fill(resource, direction=direction)
            return
        ours, theirs = ([to[0]], [sender] + to[1:]) if direction == "incoming" else ([sender], to)
        self.fill(
            context,
            participants={
                "workspace": self.rng.choice((ours, ours, [])),
                "external": self.rng.choice((theirs, theirs, [])),
                "resolution": self.text("available", "available", "unavailable"),
            },
        )
        if name in VOICEMAILS:
            self.fill(resource, **{"from": sender}, to=to[0])
        if name not in ("call.missed", "call.forwarded", "call.menu.selected"):
            self.fill(resource, direction=direction)

    def content(self, name, resource, generation):
        if name in MESSAGES:
            self.message(name, resource, generation)
        elif name in CALLS:
            self.call(name, resource, generation)
        elif name in RECORDINGS:
            self.recording(resource, generation)
        elif name in VOICEMAILS:
            self.fill(
                resource,
                voicemailId="VM1",
                duration=self.seconds(),
                transcript=self.text("call me", "hi"),
                recordingUrl=self.text("https://files.example.com/v1", "https://files.example.com/v2"),
            )
        elif name in SUMMARIES:
            self.summary(resource, generation)
        else:
            self.transcript(resource, generation)
