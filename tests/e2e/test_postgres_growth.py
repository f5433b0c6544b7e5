# SPDX-License-Identifier: Apache-2.0
"""Inserts stay fast with many rows in the table. Takes minutes."""
import sys
import time

from seeds import soak_only
from worker_harness import STREAM, WorkerTest, message

EVENTS, PART = 300_000, 10_000


class Growth(WorkerTest):
    def load(self, first):
        """Returns the seconds that the next part takes."""
        self.redis.command("XGROUP", "DESTROY", STREAM, "workers")  # fill first, then start the worker
        for start in range(first, first + PART, 500):
            self.redis.command(
                "EVAL",
                "for i = 1, #ARGV do redis.call('XADD', KEYS[1], '*', 'd', '01TEST', 't', "
                "'1772359200000', 's', 'hex', 'k', '0', 'b', ARGV[i]) end",
                1,
                STREAM,
                *[message(n) for n in range(start, start + 500)],
            )
        began = time.monotonic()
        worker = self.worker(batch=200)
        self.wait_drained(300)
        took = time.monotonic() - began
        worker.close()
        return took

    @soak_only
    def test_the_last_part_takes_no_longer_than_twice_the_first(self):
        self.add(message(0))
        self.worker().wait_ready()
        self.wait_drained()
        self.workers[-1].close()
        self.load(PART)  # the first part warms the caches
        took = [self.load(first) for first in range(2 * PART, EVENTS, PART)]
        first, last = sorted(took[:3])[1], sorted(took[-3:])[1]
        print(f"measured: {PART} events into {PART} rows: {first:.1f} s, into {EVENTS}: {last:.1f} s", file=sys.stderr)
        self.assertEqual(self.count(), EVENTS - PART + 1)
        self.assertLess(last, 2 * first)
