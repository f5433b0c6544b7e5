# SPDX-License-Identifier: Apache-2.0
"""The facts of one body, parsed by the model: pure functions that share no code with what they check.

Where the provider's format is ambiguous, docs/events.md "Choices" decides.
"""
import json

from content import Content
from jsontext import parse
from kinds import AI, CALLS, KINDS, MESSAGES, OWN_TIME, PLACE, SAME
from people import People
from values import FOREVER, members, present, short, time, url, whole


class Event:
    """The facts of one body: the row that it affects and how; dead and ignored events have none."""

    def __init__(self, state, activity=None, recordings=(), card=None, own_numbers=(), named=()):
        self.state, self.activity, self.recordings, self.card = state, activity, list(recordings), card
        self.own_numbers, self.named = set(own_numbers), set(named)


def normalise(body):
    try:
        event = _event(body)
    except ValueError:
        return Event("dead")
    if not isinstance(event, dict) or not isinstance(event.get("type"), str) or not event["type"]:
        return Event("dead")
    kind = KINDS.get(event["type"])
    if kind is None:
        return Event("ignored")
    if not isinstance(event.get("data"), dict):
        return Event("dead")
    reader = Reader(kind, event)
    return reader.contact_card() if kind.startswith("contact") else reader.activity()


def _once(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("the same key twice")
    return dict(pairs)


def _event(body):
    json.loads(body, object_pairs_hook=_once)
    event = parse(body)
    if isinstance(event, dict) and "type" not in event and members(event.get("object")).get("object") == "event":
        event = event["object"]
    return event


class Reader(People, Content):
    """Reads one event of a known kind. resource, context and link are defined in docs/events.md."""

    def __init__(self, kind, event):
        self.kind, self.event, data = kind, event, event["data"]
        self.resource = next((data[name] for name in ("resource", "object") if isinstance(data.get(name), dict)), data)
        self.context = members(data.get("context"))
        self.link = url(data.get("deepLink")) or url(members(data.get("links")).get("quo")) or ""
        self.row, self.recordings, self.own, self.named = {}, [], set(), set()

    def of(self, *names):
        """Returns the first of these members of the resource that is a short text."""
        return next((short(self.resource.get(name)) for name in names if short(self.resource.get(name))), None)

    def name(self, member):
        """Returns an id that a row can have. Ids with a NUL or half a surrogate pair could become equal: they have
        none."""
        found = self.of(member)
        return found if found and "\ufffd" not in found else None

    def here_or_context(self, name):
        return short(self.resource.get(name)) or short(self.context.get(name))

    def activity(self):
        key = self.key()
        if key is None:
            return Event("dead")
        self.row = {
            "openphone_id": key,
            "activity_type": "message" if self.kind in MESSAGES else "call",
            "stamp": self.stamp(),
            "created_at": time(self.resource.get("createdAt")),
        }
        self.people()
        self.references()
        if self.kind in MESSAGES + CALLS + ("recording",):
            self.life()
        {
            "summary": self.summary,
            "transcript": self.transcript,
            "voicemail": self.voicemail,
            "recording": self.recorded,
        }.get(self.kind, self.message if self.kind in MESSAGES else self.call)()
        row = {name: value for name, value in self.row.items() if value not in (None, [], ())}
        return Event("processed", row, self.recordings, None, self.own, self.named)

    def contact_card(self):
        key = self.name("id")
        if key is None:
            return Event("dead")
        card = self.card_record(key)
        return Event("processed", card=card, named=card["phones"])

    def key(self):
        if self.kind in AI:
            return self.name("callId")
        if self.kind not in ("recording", "voicemail"):
            return self.name("id")
        if present(self.resource.get("callId")):
            return self.name("callId")
        return None if self.kind == "recording" and "url" in self.resource else self.name("id")

    def stamp(self):
        resource = self.resource
        if self.kind == "contact deleted":
            found = [t for t in (time(resource.get("updatedAt")), time(self.event.get("createdAt"))) if t is not None]
            if found:
                return max(found)
        inside = members(resource.get(self.kind)).get("updatedAt") if self.kind in AI else None
        found = (
            resource.get("updatedAt"),
            inside,
            self.event.get("createdAt"),
            resource.get(OWN_TIME.get(self.kind)),
            resource.get("createdAt"),
        )
        return next((t for t in map(time, found) if t is not None), FOREVER)

    # Life cycle --------------------------------------------------------------------------------------------------

    def life(self):
        """Times, duration and status of messages, calls and recordings."""
        row, resource = self.row, self.resource
        if self.kind not in MESSAGES:
            row["answered_at"], row["completed_at"] = time(resource.get("answeredAt")), time(
                resource.get("completedAt")
            )
            if self.kind == "missed" and row["completed_at"] is None:
                row["completed_at"] = time(resource.get("missedAt"))
        if self.kind == "completed" or self.kind == "recording" and isinstance(resource.get("recordings"), list):
            row["duration_r"] = next(
                (n for n in (whole(resource.get("duration")), whole(resource.get("durationSeconds"))) if n is not None),
                None,
            )
        if self.kind == "recording":
            return
        known = [row[name] for name in ("created_at", "answered_at", "completed_at") if row.get(name) is not None]
        row["active_at"] = max(known, default=None)
        shown = self.status()
        if shown:
            row["status_r"], (row["status_level"], row["status_rank"]) = shown, PLACE[shown]

    def status(self):
        stated = self.of("status")
        stated = SAME.get(stated, stated)
        if self.kind in ("missed", "forwarded"):
            return self.kind
        if self.kind == "menu":
            return None
        if self.kind == "received" and stated == "delivered" and self.row["direction_k"].endswith("incoming"):
            return "received"
        if self.kind != "completed":
            return stated if stated in PLACE else self.kind
        shown = "completed" if stated == "answered" or stated not in PLACE else stated
        unanswered_at = "answeredAt" in self.resource and self.resource["answeredAt"] is None
        if stated in ("unanswered", "no-answer") or (
            shown == "completed" and unanswered_at and not self.row["duration_r"]
        ):
            self.row["unanswered"] = True
        return shown
