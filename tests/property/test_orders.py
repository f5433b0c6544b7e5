# SPDX-License-Identifier: Apache-2.0
"""Every order of the events of one message and of one call, each with a repeat: one row, the same for all orders.

All orders run at once, each with its own activity, number and conversation; these names are then removed, and the
remaining rows must be equal.
"""
import itertools
import json
import random
import re
import unittest

import bodies as plain
from database import Driver, Session, migrate, start_postgres
from generator import Delivery

AT = "2026-11-20T17:04:{:02}.000Z".format


def event(kind, resource, world, at=1, call=True):
    """Returns an event of the newest generation with the number and conversation of that world."""
    body = json.loads(plain._event(random.Random(f"{kind} {world}"), kind, resource, world, call=call))
    body["createdAt"] = AT(at)
    return Delivery(json.dumps(body).encode())


def message_events(world):
    resource = {"id": f"AC{world:05}", "direction": "outgoing", "text": "hello", "media": [], "createdAt": AT(0)}
    return [
        event("message.sent", {**resource, "status": "sent"}, world, 1, call=False),
        event("message.delivered", {**resource, "status": "delivered", "deliveredAt": AT(3)}, world, 3, call=False),
        event(
            "message.failed",
            {
                **resource,
                "status": "failed",
                "failedAt": AT(2),
                "errorCode": "30007",
                "errorMessage": "Message blocked",
            },
            world,
            2,
            call=False,
        ),
    ]


def call_events(world):
    call = {"id": f"AC{world:05}", "direction": "incoming", "createdAt": AT(0)}
    answered = {**call, "answeredAt": AT(5), "answeredByUserId": "US1"}
    recording = {"id": f"CR{world:05}", "url": "https://files.example.com/1", "type": "audio/mpeg", "duration": 30}
    return [
        event("call.ringing", {**call, "status": "ringing"}, world, 1),
        event("call.answered", {**answered, "status": "answered"}, world, 5),
        event(
            "call.completed",
            {**answered, "status": "completed", "completedAt": AT(35), "duration": 30, "hasVoicemail": False},
            world,
            35,
        ),
        event("call.recording.completed", {**call, "recordings": [recording]}, world, 40),
        event(
            "call.summary.completed",
            {
                "callId": call["id"],
                "processingStatus": "completed",
                "summary": ["one", "two"],
                "nextSteps": ["call"],
                "jobs": [],
            },
            world,
            41,
        ),
        event(
            "call.transcript.completed",
            {
                "callId": call["id"],
                "processingStatus": "completed",
                "dialogue": [{"content": "hello", "start": 1, "end": 2, "identifier": plain.OWN_NUMBER}],
            },
            world,
            42,
        ),
    ]


def nth_order(events, number):
    """Returns the orders, each with one event twice."""
    orders, rng = list(itertools.permutations(events)), random.Random(number)
    order = list(orders[number % len(orders)])
    order.insert(rng.randint(0, len(order)), rng.choice(order))
    return order


class Orders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = start_postgres()
        cls.addClassCleanup(cls.postgres.close)
        migrate(cls.postgres)
        cls.session, cls.driver = Session(cls.postgres), Driver(cls.postgres.url)
        cls.addClassCleanup(cls.session.close)
        cls.addClassCleanup(cls.driver.close)

    def setUp(self):
        self.session.empty(())

    def worlds(self):
        """Returns {world: {(table, column): text}}, without the names of the world."""
        phones = {plain.contact_number(n): n for n in range(2000)}
        found = {}

        def nameless(text):
            text = re.sub(r"\b(AC|CR)\d{5}\b", r"\1", re.sub(r"\bCN[0-9a-f]{32}\b", "CN", text))
            return re.sub(r"\+1\d{10}", lambda at: "THEIRS" if at[0] in phones else at[0], text)

        for (table, key, column), text in self.session.dump().items():
            if table in ("webhook_events", "own_numbers"):
                continue
            name = re.search(r"\b(?:AC)(\d{5})\b|\bCN([0-9a-f]{32})\b|(\+1\d{10})", key.replace(plain.OWN_NUMBER, ""))
            world = int(name[1]) if name[1] else int(name[2], 16) if name[2] else phones[name[3]]
            found.setdefault(world, {})[table, nameless(key), column] = nameless(text)
        return found

    def assert_alike(self, count, **columns):
        worlds = self.worlds()
        self.assertEqual(sorted(worlds), list(range(count)))
        first = worlds[0]
        for world, rows in worlds.items():
            self.assertEqual(rows, first, f"order {world} is not like order 0")
        for column, text in columns.items():
            self.assertEqual(first["activities", "AC", column], text)
        self.assertEqual(
            {table for table, _, _ in first} - {"recordings"},
            {"activities", "contacts", "conversations", "conversation_links"},
        )

    def step_by_step(self, orders):
        """Applies the nth event of every order in the nth batch."""
        self.driver.apply([(0, [order[n] for order in orders if n < len(order)]) for n in range(max(map(len, orders)))])

    def at_once(self, orders, together=20):
        """Applies all events of an order in one batch, in that order."""
        self.driver.apply(
            [(0, [e for order in orders[at : at + together] for e in order]) for at in range(0, len(orders), together)]
        )

    def test_messages(self):
        orders = [nth_order(message_events(n), n) for n in range(24)]
        for arrive in (self.step_by_step, self.at_once):
            with self.subTest(arrive=arrive.__name__):
                self.session.empty(())
                arrive(orders)
                # The newest of the final states; both are in the rows of the events.
                self.assert_alike(24, status="delivered", body="hello", error_code="30007")
                self.assertEqual(
                    self.session.run(
                        "select count(*) from webhook_events where event_type in "
                        "('message.delivered', 'message.failed')"
                    ),
                    ["48"],
                )

    def test_calls(self):
        orders = [nth_order(call_events(n), n) for n in range(720)]
        for arrive in (self.step_by_step, self.at_once):
            with self.subTest(arrive=arrive.__name__):
                self.session.empty(())
                arrive(orders)
                self.assert_alike(
                    720,
                    status="completed",
                    ai_summary="one\ntwo",
                    duration_seconds="30",
                    recording_url="https://files.example.com/1",
                    contact="THEIRS",
                    conversation="CN",
                )
                self.assertEqual(
                    self.session.run("select count(*) from activities where ai_transcript is not null"), ["720"]
                )
                self.assertEqual(self.session.run("select count(*) from event_copies"), ["720"])

    def test_two_endpoints(self):
        """One event under two delivery ids: two events, one activity."""
        body = message_events(0)[1].body
        self.driver.apply([(0, [Delivery(body, "msg_1"), Delivery(body, "msg_2"), Delivery(body, "msg_1")])])
        self.assertEqual(self.session.run("select count(*) from webhook_events"), ["2"])
        self.assertEqual(self.session.run("select count(*) from activities"), ["1"])

    def test_one_id_with_another_text(self):
        """Both bodies are stored as events; the provider's newer one is the message, in either order."""

        def body(text, at):
            resource = {
                "id": "AC00000",
                "direction": "incoming",
                "text": text,
                "status": "received",
                "createdAt": AT(0),
            }
            changed = json.loads(event("message.received", resource, 0, at, call=False).body)
            return Delivery(json.dumps({**changed, "id": "EV1"}).encode())

        for order in itertools.permutations((body("old", 1), body("new", 2))):
            self.session.empty(())
            self.driver.apply([(0, [one]) for one in order])
            self.assertEqual(self.session.run("select body from activities"), ["new"])
            self.assertEqual(self.session.run("select count(*) from webhook_events where event_id = 'EV1'"), ["2"])

    def test_an_event_of_last_month_comes_again(self):
        now = message_events(0)
        old = json.loads(now[0].body)
        old["createdAt"] = "2026-10-21T17:04:01.000Z"
        old["data"]["resource"]["text"] = "last month"
        self.driver.apply([(0, [now[1]])])
        before = self.worlds()
        again = json.dumps(old).encode()
        self.driver.apply([(0, [Delivery(again)]), (0, [Delivery(again, "msg_1")])])
        self.assertEqual(self.worlds(), before)
        self.assertEqual(self.session.run("select body, status from activities"), ["hello\tdelivered"])
