# SPDX-License-Identifier: Apache-2.0
"""A pending list left by a consumer that is gone: many workers that reclaim, a long list, unusual entries."""
import os
import sys
import time

from seeds import SOAK, soak_only
from worker_harness import STREAM, WorkerTest, message, wait_for


class Pending(WorkerTest):
    def leave(self, events):
        """Leaves this number of entries pending for a consumer that died."""
        self.redis.command("XGROUP", "CREATE", STREAM, "workers", "0", "MKSTREAM")
        for first in range(0, events, 500):
            self.redis.command(
                "EVAL",
                "for i = 1, #ARGV do redis.call('XADD', KEYS[1], '*', 'd', '01TEST', 't', "
                "'1772359200000', 's', 'hex', 'k', '0', 'b', ARGV[i]) end",
                1,
                STREAM,
                *[message(n) for n in range(first, min(first + 500, events))],
            )
            self.redis.command("XREADGROUP", "GROUP", "workers", "dead", "COUNT", 500, "STREAMS", STREAM, ">")

    def memory(self, worker):
        with open(f"/proc/{worker.process.pid}/status", encoding="ascii") as file:
            return int(next(line for line in file if line.startswith("VmHWM")).split()[1])

    def cpu(self, worker):
        with open(f"/proc/{worker.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def check_nothing_counted(self):
        self.assertEqual(self.count("webhook_events where attempts > 0 or claims > 0"), 0)

    def test_twenty_reclaiming_threads(self):
        self.leave(1000)
        workers = [self.worker(threads=10, reclaim_interval="50ms", claim_after="2s", batch=20) for _ in range(2)]
        self.wait_states(processed=1000)
        self.wait_drained()
        self.check_nothing_counted()
        wait_for(
            lambda: sum(int(self.process_info(w).get("processed", 0)) for w in workers) == 1000,
            "the process information to agree",
        )
        self.assertEqual({self.process_info(w)["redelivered"] for w in workers}, {"0"}, "each was carried by one owner")
        before, began = sum(map(self.cpu, workers)), time.monotonic()
        wait_for(lambda: time.monotonic() - began > 1, "a second of rest")
        used = (sum(map(self.cpu, workers)) - before) / (time.monotonic() - began)
        print(f"measured: twenty idle sweepers, each 20 times a second: {100 * used:.0f} % of a core", file=sys.stderr)
        if SOAK:
            self.assertLess(used, 0.9)

    def page_through(self, events, deadline):
        self.leave(events)
        began = time.monotonic()
        worker = self.worker(claim_after="300ms")
        wait_for(
            lambda: self.redis.command("XLEN", STREAM) == 0 and self.pending() == 0, "an empty list", deadline, 0.2
        )
        self.assertEqual(self.states(), {"processed": events})
        self.check_nothing_counted()
        print(
            f"measured: pending list of {events}: {time.monotonic() - began:.1f} s, worker at most "
            f"{self.memory(worker) // 1024} MiB",
            file=sys.stderr,
        )
        self.assertLess(self.memory(worker), 300 * 1024)

    def test_a_long_pending_list(self):
        self.page_through(2000, 180)

    @soak_only
    def test_a_very_long_pending_list(self):
        self.page_through(200_000, 1200)

    def test_large_and_odd_entries(self):
        self.add(message(1), zz="of a newer version", another="one")
        self.add("")
        self.add("x" * (512 * 1024))
        self.redis.command("XADD", STREAM, "*", "b", message(2))  # a body, and none of our other fields
        self.redis.command("XADD", STREAM, "*", "hello", "y" * (512 * 1024))
        self.add(message(3, "z" * (512 * 1024)))
        self.worker()
        self.wait_states(processed=3, dead=3)
        self.wait_drained()
        self.assertEqual(self.count("webhook_events where state = 'dead' and length(raw) >= 524288"), 2)
