# SPDX-License-Identifier: Apache-2.0
"""Half an hour at 300 deliveries a second with a kill a minute: everything stays flat, nothing is lost.

TRUNKLINE_SOAK_MINUTES shortens it.
"""
import os
import random
import signal
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from checker import Checker  # noqa: E402
from gauges import Gauges  # noqa: E402
from house import STREAM, House  # noqa: E402
from ledger import Ledger  # noqa: E402
from seeds import seeds, soak_only  # noqa: E402
from servers import wait_for  # noqa: E402

MINUTES = float(os.environ.get("TRUNKLINE_SOAK_MINUTES", "30"))
RATE = 300
EVERY = 10.0
# Defaults, but for what would leave the consumers of each dead worker in place for a day.
WORKER = {"consumer-idle": "30s", "sweep-every": "2s", "claim-after": "10s"}


def measured(name, value):
    print(f"measured: {name}: {value}", file=sys.stderr)


class Soak(unittest.TestCase):
    """Two gateways and two workers; "gateway 1" and "worker 1" are never killed, so that their growth would show."""

    @soak_only
    def test_half_an_hour(self):
        seed = seeds()[0]
        house = House(workers=2, gateways=2, proxied=False, worker_options=WORKER)
        self.addCleanup(house.close)
        checker = Checker(house)
        checker.begin()
        ports, draw = list(house.gateway_ports.values()), random.Random(seed)
        ledger = Ledger(lambda: draw.choice(ports), seed, RATE, threads=8, give_up=0.02)
        gauges, kills = Gauges(), []
        try:
            self.fill_once(house)
            self.run_for(MINUTES * 60, house, checker, ledger, gauges, kills)
        finally:
            house.mend()
            finished = ledger.finish(60)
        self.assertTrue(finished, ledger.summary())
        took = checker.drain(120)
        found = checker.problems({d.key for d in ledger.sent}, ledger.acked)
        self.assertEqual(found + ledger.odd, [], f"seed {seed}\n{house.tail()}")
        measured("soak", f"{MINUTES:g} min, {len(kills)} kills, {ledger.summary()}, 0 lost, 0 doubled, "
                 f"drained in {took:.1f} s")
        self.recoveries(checker, ledger, kills)
        self.assert_flat(house, gauges)

    def fill_once(self, house):
        """A backlog first: batches as large as they get take memory that is kept (and reused), which is no leak."""
        for worker in house.workers():
            house.freeze(worker)
        wait_for(lambda: house.stream()[1] > 10 * RATE, "a backlog", 60)
        for worker in house.workers():
            house.thaw(worker)
        wait_for(lambda: house.stream()[1] < RATE, "the backlog to go", 60)

    def run_for(self, seconds, house, checker, ledger, gauges, kills):
        began = time.monotonic()
        victims = ("worker 0", "gateway", "redis", "postgres")
        sample, kill = 0, 0
        while (passed := time.monotonic() - began) < seconds:
            if passed >= sample * EVERY:
                sample += 1
                self.sample(house, checker, gauges)
            # The last kill leaves time to settle.
            if passed >= 30 + kill * 60 and passed < seconds - 20:
                victim = victims[kill % len(victims)]
                kill += 1
                house.end(victim, signal.SIGKILL)
                house.start(victim)
                kills.append((victim, time.time()))
            time.sleep(0.1)

    def sample(self, house, checker, gauges):
        for part in ("redis", "postgres", *house.programs):
            gauges.note_process(part, house.process(part).pid)
        flat = house.redis.command("INFO", "memory")
        gauges.note("redis used memory", int(flat.split("used_memory:")[1].split()[0]))
        _, there, pending = house.stream()
        gauges.note("entries in the stream", there)
        gauges.note("pending", pending)
        gauges.note("consumers", len(house.redis.command("XINFO", "CONSUMERS", STREAM, "workers")))
        oldest = house.redis.command("XRANGE", STREAM, "-", "+", "COUNT", "1")
        age = time.time() - int(oldest[0][0].split("-")[0]) / 1000 if oldest else 0.0
        gauges.note("age of the oldest entry", max(0.0, age))
        gauges.note("connections of postgres", int(checker.ask("select count(*) from pg_stat_activity")))

    def recoveries(self, checker, ledger, kills):
        finished = checker.finished()
        for what in sorted({victim for victim, _ in kills}):
            for sign, moments in (("first 200", ledger.acks), ("first row", finished)):
                waits = [next((at for at in moments if at > moment), float("inf")) - moment
                         for victim, moment in kills if victim == what]
                measured(f"soak: {sign} after kill {what}", f"{max(waits):.3f} s at most, of {len(waits)}")
                self.assertLess(max(waits), 10)

    def assert_flat(self, house, gauges):
        for part in ("gateway 1", "worker 1"):
            name = f"{part} {house.process(part).pid}"
            for what, room in (("rss kB", 4096), ("descriptors", 8), ("threads", 0)):
                self.flat(gauges, f"{name} {what}", f"{part} {what}", room)
        # What one rescue leaves lying is gone before the next one.
        for name, room in (("consumers", 12), ("pending", 2000), ("entries in the stream", 5000),
                           ("connections of postgres", 8), ("redis used memory", 8 << 20),
                           ("age of the oldest entry", 15)):
            self.flat(gauges, name, name, room)

    def flat(self, gauges, name, shown, room):
        early, late = gauges.median(name, 0.1, 0.4), gauges.median(name, 0.7, 1.0)
        measured(f"soak: {shown}", f"{early:g} early, {late:g} late, {gauges.most(name):g} at most, "
                 f"{gauges.slope(name, 0.1):+.2f} a minute")
        self.assertLessEqual(late, early * 1.1 + room, f"{shown} grows")


if __name__ == "__main__":
    unittest.main()
