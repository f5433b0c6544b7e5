# SPDX-License-Identifier: Apache-2.0
"""Deliveries while parts fail at random: nothing acknowledged is lost, nothing is applied twice."""
import bisect
import collections
import itertools
import random
import signal
import sys
import time
import unittest

from checker import Checker
from cluster import Cluster
from delivery_client import DeliveryClient
from nemesis import Nemesis
from seeds import SOAK, limit, seeds
from servers import wait_for

LOAD_SECONDS = 5 if SOAK else 1.0
RATE = 300


def measured(name, value):
    print(f"measured: {name}: {value}", file=sys.stderr)


def setUpModule():
    """One cluster for all tests: servers take seconds to start."""
    # Only processes are killed here, so what PostgreSQL wrote survives in any case; after a crash it would first sync
    # a thousand files.
    ClusterTest.cluster = Cluster(workers=2, fsync="on" if SOAK else "off")
    unittest.addModuleCleanup(ClusterTest.cluster.close)
    ClusterTest.checker = Checker(ClusterTest.cluster)


class ClusterTest(unittest.TestCase):
    cluster = checker = None

    def check(self, client, story):
        """All faults have ended: every delivery sent must be there, once."""
        self.cluster.repair()
        if not client.finish():
            self.fail(f"deliveries still unanswered: {client.summary()}\n{story()}\n{self.cluster.tail()}")
        try:
            took = self.checker.drain()
        except TimeoutError as late:
            self.fail(f"{late}, not {self.cluster.stream()}\n{story()}\n{self.cluster.tail()}")
        found = self.checker.problems({d.key for d in client.sent}, client.acked)
        found += [f"answered {status}: {body}" for body, status in client.odd]
        if found:
            self.fail("\n".join([story(), client.summary(), *found[:60]]))
        return took


class Chaos(ClusterTest):
    """One run per seed and kind of fault. Servers and tables are shared: a run begins with empty tables and every part
    running."""

    totals, recoveries = {}, {}

    def faults(self, kind):
        for seed in seeds():
            with self.subTest(kind=kind, seed=seed):
                self.run_of(kind, seed)

    def run_of(self, kind, seed):
        self.checker.begin()
        nemesis = Nemesis(self.cluster, seed, kind)
        client = DeliveryClient(self.cluster.client_port, seed, RATE)
        try:
            nemesis.run(LOAD_SECONDS)
            overtaken = self.checker.ack_before_commit()
        finally:
            client.feeding = False
        self.check(client, nemesis.report)
        self.assertEqual(overtaken, 0, "entries left the stream before their rows were committed: " + nemesis.report())
        self.record(kind, nemesis, client)

    def record(self, kind, nemesis, client):
        """Adds to the sums of the "measured:" lines; each recovery has a generous limit."""
        total = self.totals.setdefault(kind, collections.Counter())
        retried, copies = (
            int(self.checker.ask(f"select count(*) from {rows}"))
            for rows in ("proof.transitions where old = 'retrying'", "event_copies")
        )
        total.update(
            runs=1,
            faults=len(nemesis.done),
            events=len(client.sent),
            acknowledged=len(client.acked),
            deliveries=sum(client.answers.values()),
            copies=copies,
            retried=retried,
        )
        finished = self.checker.finished()
        for what, _, ended in nemesis.done:
            name = what.split(" after ")[0]
            for sign, moments in (("first 200", client.acks), ("first row", finished)):
                later = bisect.bisect_left(moments, ended)
                if later < len(moments):
                    self.recoveries.setdefault((name.rstrip(" 0123456789"), sign), []).append(moments[later] - ended)
                    self.assertLess(moments[later] - ended, limit(10), f"{sign} after {what}: {nemesis.report()}")

    @classmethod
    def tearDownClass(cls):
        for kind, total in sorted(cls.totals.items()):
            measured(f"chaos {kind}", ", ".join(f"{n} {what}" for what, n in total.items()) + ", 0 lost, 0 doubled")
        for (what, sign), times in sorted(cls.recoveries.items()):
            measured(f"{sign} after {what}", f"{max(times):.3f} s at most, of {len(times)}")

    def test_gateway_kills(self):
        self.faults("gateway")

    def test_worker_kills(self):
        self.faults("workers")

    def test_redis_kills(self):
        self.faults("redis")

    def test_postgres_kills(self):
        self.faults("postgres")

    def test_stop_and_continue(self):
        self.faults("stops")

    def test_refused_rows_and_worker_kills(self):
        self.faults("refusals")
        if ("refuse some rows", "first row") in self.recoveries:
            self.assertGreater(self.totals["refusals"]["retried"], 0, "no event was ever retried")

    def test_network(self):
        self.faults("network")

    def test_all_of_it(self):
        self.faults("mixed")


class Orders(ClusterTest):
    """All parts stop in one order and start in the same order, under load."""

    def test_restart_in_every_order(self):
        orders = list(itertools.permutations(("gateway", "workers", "redis", "postgres")))
        for order in orders if SOAK else random.sample(orders, 2):
            with self.subTest(order=" ".join(order)):
                self.restart(order)

    def restart(self, order):
        self.checker.begin()
        client = DeliveryClient(self.cluster.client_port, random.randrange(10**6), RATE)
        try:
            wait_for(lambda: len(client.acks) > 50, "deliveries to be answered")
            for part in order:
                for each in self.cluster.workers() if part == "workers" else [part]:
                    self.cluster.end(each, signal.SIGINT if part == "postgres" else signal.SIGTERM)
            for part in order:
                for each in self.cluster.workers() if part == "workers" else [part]:
                    self.cluster.start(each)
            up = time.time()
            wait_for(lambda: client.acks[-1] > up, "a delivery to be answered 200 again")
            wait_for(lambda: self.checker.finished()[-1:] > [up], "an event to be processed again")
        finally:
            client.feeding = False
        self.check(client, lambda: f"restarted in this order: {order}")
        measured(
            "restart of all parts, " + " ".join(order),
            "first 200 after "
            f"{next(at for at in client.acks if at > up) - up:.2f} s, first row after "
            f"{next(at for at in self.checker.finished() if at > up) - up:.2f} s",
        )


class Controls(ClusterTest):
    """The checker finds each kind of fault: each is made by hand, and undone."""

    @classmethod
    def setUpClass(cls):
        cls.checker.begin()
        cls.client = DeliveryClient(cls.cluster.client_port, 7, 400, again=0.3)
        wait_for(lambda: len(cls.client.acked) >= 200, "200 events")
        cls.client.finish()
        cls.checker.drain()
        cls.sent, cls.acked = {d.key for d in cls.client.sent}, cls.client.acked
        clean = cls.checker.problems(cls.sent, cls.acked)
        if clean:
            raise AssertionError("\n".join(clean[:60]))

    def problems(self, *statements):
        """Returns what the checker finds after these statements of a superuser, without the comparison of tables,
        which takes longest."""
        self.cluster.postgres.psql("; ".join(statements))
        return [*self.checker.lost(self.sent, self.acked), *self.checker.unbalanced(), *self.checker.doubled()]

    def saved(self, *tables):
        for table in tables:
            self.cluster.postgres.psql(f"create table proof.saved_{table} as select * from {table}")
            self.addCleanup(self.restore, table)

    def restore(self, table):
        columns = self.cluster.postgres.psql(
            "select string_agg(attname, ', ' order by attnum) from pg_attribute where attrelid = "
            f"'{table}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''"
        )
        self.cluster.postgres.psql(
            f"set session_replication_role = replica; delete from {table};"
            f"insert into {table} ({columns}) overriding system value select {columns} from proof.saved_{table};"
            f"drop table proof.saved_{table}; delete from proof.transitions where tx > {self.mark};"
            f"delete from proof.effects where tx > {self.mark}"
        )

    def setUp(self):
        self.mark = self.cluster.postgres.psql("select txid_current()")

    def assert_found(self, problems, text):
        self.assertTrue(any(text in line for line in problems), f"{text!r} is not in {problems[:10]}")

    def test_a_lost_row(self):
        self.saved("webhook_events")
        found = self.problems("delete from webhook_events where id = (select max(id) from webhook_events)")
        self.assert_found(found, "was answered 200 and has no row")
        self.assert_found(found, "conservation: ")
        self.assert_found(found, "had its row and has none")

    def test_an_acknowledged_body_that_was_dropped(self):
        # As if the gateway had answered without an entry: only the client has a trace of it.
        dropped = {"0" * 64: None, **self.acked}
        self.assert_found(self.checker.lost(self.sent, dropped), f"lost: {'0' * 64}")

    def test_a_lost_effect(self):
        self.saved("activities")
        self.problems("delete from activities where id = (select max(id) from activities)")
        self.assert_found(self.checker.different(), "tables differ")

    def test_an_effect_outside_of_its_events_transaction(self):
        self.saved("activities")
        found = self.problems(
            "update activities set body = body || '!' where id = (select max(id) from activities " "where body <> '')"
        )
        self.assert_found(found, "effect without its event: activities")

    def test_an_event_that_is_applied_twice(self):
        self.saved("webhook_events")
        found = self.problems(
            "update webhook_events set state = 'retrying', finished_at = null, next_attempt_at = 'infinity'"
            " where id = (select max(id) from webhook_events where state = 'processed')",
            "update webhook_events set state = 'processed', finished_at = now(), next_attempt_at = null"
            " where state = 'retrying'",
        )
        self.assert_found(found, "became final 2 times")

    def test_a_copy_that_is_not_counted(self):
        self.saved("event_copies")
        found = self.problems("delete from event_copies where entry_id = (select max(entry_id) from event_copies)")
        self.assert_found(found, "conservation: ")

    def test_an_event_that_was_not_sent(self):
        self.assert_found(self.checker.lost(self.sent - {next(iter(self.acked))}, self.acked), "nobody sent")
