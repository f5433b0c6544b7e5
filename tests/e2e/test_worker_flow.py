# SPDX-License-Identifier: Apache-2.0
"""The worker without failures: entries in, rows out; duplicates; several workers; draining; the consumer group."""
import os
import subprocess
import unittest

from worker_harness import BIN, STREAM, WorkerTest, clean_environment, message, wait_for


class Flow(WorkerTest):
    def test_entries_become_rows_and_leave_the_stream(self):
        worker = self.worker()
        entry = self.add(message(1, "first"), delivery_id="01FIRST")
        self.add('{"id":"EV2","type":"no.such.event","data":{"object":{"id":"x"}}}')
        self.add("not JSON")
        self.wait_states(processed=1, ignored=1, dead=1)
        self.wait_drained()
        self.assertEqual(
            self.sql(
                "select entry_id, delivery_id, attempts, processed from webhook_events " "where state = 'processed'"
            ),
            f"{entry}|01FIRST|0|t",
        )
        self.assertEqual(self.sql("select activity_type, direction, body from activities"), "message|incoming|first")
        self.assertEqual(
            self.sql("select convert_from(raw, 'UTF8') from webhook_events where state = 'dead'"), "not JSON"
        )
        result = {"state": "running", "reason": "", "threads": "2", "processed": "1", "ignored": "1", "dead": "1"}

        def heard():  # its other thread may still be at its first read when the events are done
            card = self.process_info(worker)
            return {name: card.get(name) for name in result} == result

        wait_for(heard, "the heartbeat")
        self.assertLessEqual(self.redis.command("TTL", self.redis.command("KEYS", "{trunkline}:worker:*")[0]), 30)

    def test_duplicates_over_two_workers_of_two_threads_have_one_effect(self):
        workers = [self.worker(batch=20), self.worker(batch=20)]
        for _ in range(5):
            self.add_messages(range(200))
        self.wait_drained()
        self.assertEqual(self.states(), {"processed": 200})
        self.assertEqual(self.count("activities"), 200)

        def counted():
            cards = [self.process_info(w) for w in workers]
            return all(cards) and [sum(int(c[k]) for c in cards) for k in ("processed", "duplicates")] == [200, 800]

        wait_for(counted, "800 duplicates to be counted")

    def test_sigterm_in_a_backlog_leaves_nothing_pending(self):
        self.add_messages(range(2000))
        worker = self.worker(batch=20)
        wait_for(lambda: self.count() > 100, "some rows")
        self.assertEqual(worker.terminate(), 0)
        done = self.count()
        self.assertEqual(self.redis.command("XLEN", STREAM), 2000 - done)
        self.assertEqual([c["name"] for c in self.consumers() if c["name"] != "released"], [])
        self.assertEqual(self.redis.command("KEYS", "{trunkline}:worker:*"), [])
        self.worker()
        self.wait_drained()
        self.assertEqual(self.states(), {"processed": 2000})

    def test_sigterm_while_a_row_is_locked_releases_the_batch(self):
        worker = self.worker(drain_timeout="500ms", postgres_lock_timeout="2s")
        worker.wait_ready()
        lock = self.lock_table("webhook_events")
        self.add_at_once(range(30))  # added one by one, the first would be read alone
        wait_for(lambda: self.pending() == 30, "the batch to be in hand")
        self.assertEqual(worker.terminate(), 0)
        held = {c["name"]: c["pending"] for c in self.consumers()}
        self.assertEqual(held, {"released": 30})
        counts = {row[3] for row in self.redis.command("XPENDING", STREAM, "workers", "-", "+", 100)}
        self.assertEqual(counts, {0})
        lock()
        self.worker()
        self.wait_states(processed=30)

    def test_group_and_stream_may_vanish(self):
        worker = self.worker()
        worker.wait_ready()
        self.add_messages(range(10))
        self.wait_states(processed=10)
        self.redis.command("FLUSHALL")
        self.add_messages(range(5, 15))
        self.wait_states(processed=15)
        self.wait_drained()
        self.redis.command("XGROUP", "DESTROY", STREAM, "workers")
        self.add_messages(range(15, 20))
        self.wait_states(processed=20)
        self.wait_drained()

    def test_entries_from_before_the_group_are_read(self):
        self.add_messages(range(40))
        self.worker()
        self.wait_states(processed=40)

    def test_batches_are_bounded_in_bytes(self):
        self.add_messages([1])
        for n in range(2, 40):
            self.add(message(n, "x" * 10000))
        self.worker(batch_bytes="64KiB")
        self.wait_states(processed=39)
        self.wait_drained()


class Options(unittest.TestCase):
    def run_worker(self, *flags, **environment):
        return subprocess.run(
            [os.path.join(BIN, "trunkline-worker"), *flags],
            capture_output=True,
            text=True,
            env={**clean_environment(), **environment},
            timeout=20,
        )

    def test_defaults_are_valid_and_shown(self):
        done = self.run_worker("--check-config", "--postgres", "postgresql://w:s3cret@db/t")
        self.assertEqual(done.returncode, 0, done.stderr)
        for text in (
            "threads = 3",
            "batch = 500",
            "batch-bytes = 4MiB",
            "claim-after = 30s",
            "retry-base = 10s",
            "retry-cap = 6h",
            "max-attempts = 16",
            "ops-listen = 127.0.0.1:5002",
        ):
            self.assertIn(text, done.stdout)
        self.assertNotIn("s3cret", done.stdout)

    def test_all_problems_are_reported_together(self):
        done = self.run_worker(
            "--threads",
            "0",
            "--claim-after",
            "soon",
            "--own-number",
            "555",
            "--ops-listen",
            "nowhere",
            TRUNKLINE_RETRY_BASE="7h",
        )
        self.assertEqual(done.returncode, 78)
        lines = done.stderr.strip().split("\n")
        for key in ("--threads", "--claim-after", "--own-number", "--ops-listen", "RETRY_BASE"):
            self.assertEqual(sum(key in line for line in lines), 1, f"{key} in {done.stderr}")
        self.assertEqual(len(lines), 5)
