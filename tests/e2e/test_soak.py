# SPDX-License-Identifier: Apache-2.0
"""Half an hour at 300 deliveries per second with one kill per minute: resource use stays constant, nothing is lost.

TRUNKLINE_SOAK_MINUTES shortens it.
"""
import os
import random
import signal
import sys
import time
import unittest

from checker import Checker
from cluster import STREAM, Cluster
from delivery_client import DeliveryClient
from resource_samples import ResourceSamples
from seeds import seeds, soak_only
from servers import wait_for

MINUTES = float(os.environ.get("TRUNKLINE_SOAK_MINUTES", "30"))
RATE = 300
EVERY = 10.0
# Defaults, except for the option that would keep the consumers of each dead worker for a day.
WORKER = {"consumer-idle": "30s", "reclaim-interval": "2s", "claim-after": "10s"}


def measured(name, value):
    print(f"measured: {name}: {value}", file=sys.stderr)


class Soak(unittest.TestCase):
    """Two gateways and two workers; "gateway 1" and "worker 1" are never killed, so that their growth is visible."""

    @soak_only
    def test_half_an_hour(self):
        seed = seeds()[0]
        cluster = Cluster(workers=2, gateways=2, proxied=False, worker_options=WORKER)
        self.addCleanup(cluster.close)
        checker = Checker(cluster)
        checker.begin()
        ports, draw = list(cluster.gateway_ports.values()), random.Random(seed)
        client = DeliveryClient(lambda: draw.choice(ports), seed, RATE, threads=8, give_up=0.02)
        samples, kills = ResourceSamples(), []
        try:
            self.fill_once(cluster)
            self.run_for(MINUTES * 60, cluster, checker, client, samples, kills)
        finally:
            cluster.repair()
            finished = client.finish(60)
        self.assertTrue(finished, client.summary())
        took = checker.drain(120)
        found = checker.problems({d.key for d in client.sent}, client.acked)
        self.assertEqual(found + client.odd, [], f"seed {seed}\n{cluster.tail()}")
        measured(
            "soak",
            f"{MINUTES:g} min, {len(kills)} kills, {client.summary()}, 0 lost, 0 doubled, " f"drained in {took:.1f} s",
        )
        self.recoveries(checker, client, kills)
        self.assert_flat(cluster, samples)

    def fill_once(self, cluster):
        """Starts with a backlog: batches of the maximum size take memory that is kept (and reused), which is no
        leak."""
        for worker in cluster.workers():
            cluster.freeze(worker)
        wait_for(lambda: cluster.stream()[1] > 10 * RATE, "a backlog", 60)
        for worker in cluster.workers():
            cluster.thaw(worker)
        wait_for(lambda: cluster.stream()[1] < RATE, "the backlog to go", 60)

    def run_for(self, seconds, cluster, checker, client, samples, kills):
        began = time.monotonic()
        victims = ("worker 0", "gateway", "redis", "postgres")
        sample, kill = 0, 0
        while (passed := time.monotonic() - began) < seconds:
            if passed >= sample * EVERY:
                sample += 1
                self.sample(cluster, checker, samples)
            # The last kill is early enough for recovery.
            if passed >= 30 + kill * 60 and passed < seconds - 20:
                victim = victims[kill % len(victims)]
                kill += 1
                cluster.end(victim, signal.SIGKILL)
                cluster.start(victim)
                kills.append((victim, time.time()))
            time.sleep(0.1)

    def sample(self, cluster, checker, samples):
        for part in ("redis", "postgres", *cluster.programs):
            samples.record_process(part, cluster.process(part).pid)
        flat = cluster.redis.command("INFO", "memory")
        samples.note("redis used memory", int(flat.split("used_memory:")[1].split()[0]))
        _, there, pending = cluster.stream()
        samples.note("entries in the stream", there)
        samples.note("pending", pending)
        samples.note("consumers", len(cluster.redis.command("XINFO", "CONSUMERS", STREAM, "workers")))
        oldest = cluster.redis.command("XRANGE", STREAM, "-", "+", "COUNT", "1")
        age = time.time() - int(oldest[0][0].split("-")[0]) / 1000 if oldest else 0.0
        samples.note("age of the oldest entry", max(0.0, age))
        samples.note("connections of postgres", int(checker.ask("select count(*) from pg_stat_activity")))

    def recoveries(self, checker, client, kills):
        finished = checker.finished()
        for what in sorted({victim for victim, _ in kills}):
            for sign, moments in (("first 200", client.acks), ("first row", finished)):
                waits = [
                    next((at for at in moments if at > moment), float("inf")) - moment
                    for victim, moment in kills
                    if victim == what
                ]
                measured(f"{sign} after kill {what}", f"{max(waits):.3f} s at most, of {len(waits)}")
                self.assertLess(max(waits), 10)

    def assert_flat(self, cluster, samples):
        for part in ("gateway 1", "worker 1"):
            name = f"{part} {cluster.process(part).pid}"
            for what, room in (("rss kB", 4096), ("descriptors", 8), ("threads", 0)):
                self.flat(samples, f"{name} {what}", f"{part} {what}", room)
        # What one reclaim leaves behind is gone before the next one.
        for name, room in (
            ("consumers", 12),
            ("pending", 2000),
            ("entries in the stream", 5000),
            ("connections of postgres", 8),
            ("redis used memory", 8 << 20),
            ("age of the oldest entry", 15),
        ):
            self.flat(samples, name, name, room)

    def flat(self, samples, name, shown, room):
        early, late = samples.median(name, 0.1, 0.4), samples.median(name, 0.7, 1.0)
        measured(
            shown,
            f"{early:g} early, {late:g} late, {samples.maximum(name):g} at most, "
            f"{samples.slope(name, 0.1):+.2f} a minute",
        )
        self.assertLessEqual(late, early * 1.1 + room, f"{shown} grows")
