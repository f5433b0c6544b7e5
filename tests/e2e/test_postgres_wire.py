# SPDX-License-Identifier: Apache-2.0
"""The network between worker and PostgreSQL: cut after any byte of a batch, slow, stalled. The rows are the same in
the end."""
import random
import sys
import time

from proxied_worker import ProxiedWorkerTest
from seeds import SOAK, seeds, soak_only

EVENTS = 8


class Sweep:
    """Counts the bytes of connections that process a batch, from its first statement on, and cuts at the k-th."""

    def __init__(self, proxy, direction, at=None):
        self.direction, self.at, self.link, self.passed, self.done = direction, at, None, 0, False
        proxy.watch(self.see)

    def see(self, link, direction, data):
        if self.done:
            return data
        if self.link is None and direction == "up" and b"structure_lock" in data:
            self.link = link
        if link is not self.link or direction != self.direction:
            return data
        self.passed += len(data)
        if self.at is not None and self.passed > self.at:
            self.done = True
            kept = data[: len(data) - (self.passed - self.at)]
            if kept:
                link.ends[direction][1].sendall(kept)
            link.reset()
            return b""
        return data


class Wire(ProxiedWorkerTest):
    def batch(self, sweep, generation):
        numbers = range(generation * EVENTS, (generation + 1) * EVENTS)
        self.to_postgres.cut()  # each batch prepares its statements on a new connection: the same bytes
        self.add_at_once(numbers)
        self.wait_states(processed=(generation + 1) * EVENTS)
        self.wait_drained()
        return sweep

    def test_cut_after_any_byte_of_a_batch(self):
        worker = self.proxied_worker(outage_backoff_min="1ms", probe_interval_max="20ms")
        worker.wait_ready()
        generation, cuts = 0, 0
        for direction in ("up", "down"):
            sweep = self.batch(Sweep(self.to_postgres, direction), generation)
            generation += 1
            length = sweep.passed
            self.assertGreater(length, 100)
            for seed in seeds():
                draw = random.Random(seed)
                for at in [0, 1, *draw.sample(range(2, length), 15 if SOAK else 6)]:
                    with self.subTest(seed=seed, direction=direction, at=at):
                        cuts += self.batch(Sweep(self.to_postgres, direction, at), generation).done
                    generation += 1
        self.assertGreater(cuts, generation // 3)
        print(f"measured: Postgres connections cut inside a batch: {cuts}", file=sys.stderr)
        self.check(generation * EVENTS)

    def slow(self, events, **options):
        began = time.monotonic()
        worker = self.proxied_worker(threads=2, batch=20, **options)
        self.add_messages(range(events))
        self.check(events)
        self.assertEqual(self.process_info(worker).get("redelivered", "0"), "0")
        return time.monotonic() - began

    def test_latency(self):
        self.to_postgres.delay(0.01 if not SOAK else 0.1)  # each way
        took = self.slow(40, claim_after="20s")
        print(
            f"measured: 40 events with {20 if not SOAK else 200} ms more on the Postgres wire: {took:.2f} s",
            file=sys.stderr,
        )

    def test_latency_is_not_a_hang(self):
        """A batch takes far longer than statement_timeout, and is not cut: no statement of it hangs."""
        self.to_postgres.delay(0.05)  # each way: about 30 round trips for the first batch
        self.slow(
            20,
            claim_after="20s",
            postgres_statement_timeout="1s",
            watchdog_grace="100ms",
            postgres_lock_timeout="500ms",
        )

    def test_slow_line(self):
        self.to_postgres.rate(300_000)
        print(
            f"measured: 100 events over a Postgres line of 300 kB/s: {self.slow(100, claim_after='20s'):.2f} s",
            file=sys.stderr,
        )

    def stall(self, seconds, **options):
        worker = self.proxied_worker(**options)
        worker.wait_ready()
        self.to_postgres.stall()
        self.add_at_once(range(20))
        worker.wait_blocked("postgres")
        time.sleep(seconds)
        self.to_postgres.heal()
        began = time.monotonic()
        self.check(20)
        worker.wait_ready()
        print(f"measured: Postgres wire stalled, all rows after: {time.monotonic() - began:.2f} s", file=sys.stderr)

    def test_stall(self):
        self.stall(0.5, postgres_statement_timeout="500ms", watchdog_grace="100ms", postgres_lock_timeout="200ms")

    @soak_only
    def test_stall_of_half_a_minute(self):
        self.stall(
            20, claim_after="30s", postgres_statement_timeout="10s", postgres_lock_timeout="2s", watchdog_grace="1s"
        )
