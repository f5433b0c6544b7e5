# SPDX-License-Identifier: Apache-2.0
"""Many copies of many events over many consumers that are killed: the tables equal those of one undisturbed run. Hot
rows."""
import json
import random
import sys
import time
import unittest

from checker import Checker
from cluster import WORKER, Cluster
from seeds import SOAK, seeds
from signed_deliveries import Delivery, contact_number, deliveries, feed

EVENTS, KILLS = (10_000, 30) if SOAK else (2_000, 8)
CROWD = 2_500
HOT, UNKNOWN = "+14155550142", "+14155550177"


def measured(name, value):
    print(f"measured: {name}: {value}", file=sys.stderr)


def message(number, contact, conversation=None, own="+14155550100"):
    resource = {
        "id": f"AC{number}",
        "from": contact,
        "to": [own],
        "direction": "incoming",
        "status": "received",
        "text": f"text {number}",
        "createdAt": f"2026-11-20T17:{number // 60 % 60:02}:{number % 60:02}.000Z",
    }
    if conversation:
        resource["conversationId"] = conversation
    return Delivery(json.dumps({"type": "message.received", "data": {"object": resource}}).encode())


class Convergence(unittest.TestCase):
    """Four workers with two threads each. The stream is fed as a gateway does it; no proxies, no HTTP."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster(workers=4, gateways=0, proxied=False, max_connections="80")
        cls.addClassCleanup(cls.cluster.close)
        cls.checker = Checker(cls.cluster)

    def setUp(self):
        self.checker.begin()

    def assert_all_is_well(self, events, seed):
        found = self.checker.problems({d.key for d in events}, {d.key: d for d in events})
        self.assertEqual(found, [], f"seed {seed}\n{self.cluster.tail()}")

    def restart_workers(self, **options):
        self.cluster.worker_options = {**WORKER, **options}
        for worker in self.cluster.workers():
            self.cluster.end(worker)
        self.cluster.repair()

    def test_shuffled_copies_and_kills(self):
        for seed in seeds():
            with self.subTest(seed=seed):
                self.checker.begin()
                self.shuffled_copies_and_kills(seed)

    def shuffled_copies_and_kills(self, seed):
        rng, source = random.Random(seed), deliveries(seed)
        distinct = {}
        while len(distinct) < EVENTS:
            delivery = next(source)
            distinct[delivery.key] = delivery
        arriving = [d for d in distinct.values() for _ in range(rng.randint(1, 5))]
        rng.shuffle(arriving)
        began, share = time.monotonic(), len(arriving) // (KILLS + 1) + 1
        for kill in range(KILLS + 1):
            feed(self.cluster.redis, arriving[kill * share : (kill + 1) * share])
            if kill < KILLS:
                time.sleep(rng.uniform(0.0, 0.12))
                victim = rng.choice(self.cluster.workers())
                self.cluster.end(victim)
                self.cluster.start(victim)
        self.checker.drain(300 if SOAK else 60)  # entries hit by several kills are processed one by one
        took = time.monotonic() - began
        self.assert_all_is_well(distinct.values(), seed)
        copies = int(self.checker.ask("select count(*) from event_copies"))
        self.assertEqual(copies, len(arriving) - len(distinct))
        measured(
            "convergence",
            f"{len(distinct)} events in {len(arriving)} entries, 8 consumers, {KILLS} kills: "
            f"0 lost, 0 doubled, {copies} copies counted, {took:.1f} s",
        )

    def test_a_hot_conversation(self):
        """90 % of the events are in one conversation: no deadlock, and no less than 30 % of the rate of an even
        distribution."""

        def spread(number):
            return message(number, contact_number(number % 500), f"CN{number % 500}")

        def hot(number):
            return message(number, HOT, "CNhot")

        first = [spread(n) for n in range(500)] + [hot(500)]  # all conversations exist before the measurement
        even = [spread(1000 + n) for n in range(CROWD)]
        crowded = [hot(1000 + CROWD + n) if n % 10 else spread(1000 + CROWD + n) for n in range(CROWD)]
        seconds = {}
        for name, events in (("first", first), ("even", even), ("crowded", crowded)):
            for worker in self.cluster.workers():
                self.cluster.freeze(worker)
            feed(self.cluster.redis, events)
            began = time.monotonic()
            for worker in self.cluster.workers():
                self.cluster.thaw(worker)
            self.checker.drain()
            seconds[name] = (time.monotonic() - began) / len(events)
        self.assert_all_is_well(first + even + crowded, 0)
        self.assertEqual(self.checker.ask("select deadlocks from pg_stat_database where datname = 'trunkline'"), "0")
        newest = max(json.loads(d.body)["data"]["object"]["createdAt"][11:19] for d in crowded if b"CNhot" in d.body)
        self.assertEqual(
            self.checker.ask(
                "select to_char(last_activity_at at time zone 'UTC', 'HH24:MI:SS') "
                "from conversations where openphone_id = 'CNhot'"
            ),
            newest,
        )
        pace = seconds["even"] / seconds["crowded"]
        measured(
            "crowded conversation",
            f"{1 / seconds['crowded']:.0f} events/s, " f"even spread {1 / seconds['even']:.0f} events/s: {pace:.0%}",
        )
        self.assertGreaterEqual(pace, 0.3)

    def test_an_unknown_number_calls_fifty_times_at_once(self):
        self.restart_workers(batch=2)
        self.addCleanup(self.restart_workers)
        for name, conversation in (("with the provider's id", "CN7"), ("without", None)):
            with self.subTest(conversation=name):
                self.checker.begin()
                events = [message(n, UNKNOWN, conversation) for n in range(50)]
                feed(self.cluster.redis, events)
                self.checker.drain()
                self.assert_all_is_well(events, 0)
                self.assertEqual(self.checker.ask("select phone from contacts"), UNKNOWN)
                self.assertEqual(
                    self.checker.ask(
                        "select count(*), count(distinct conversation_id), count(distinct contact_id), "
                        "(select count(*) from conversations) from activities"
                    ),
                    "50|1|1|1",
                )
                # The events were applied in many transactions.
                self.assertGreater(int(self.checker.ask("select count(distinct tx) from proof.transitions")), 10)
