# SPDX-License-Identifier: Apache-2.0
"""trunkline workers list and drain."""

from commands import CommandTest
from worker_harness import wait_for


class Workers(CommandTest):
    def listed(self):
        return {w["pid"]: w for w in self.json("workers list", role="readonly")["workers"]}

    def wait_listed(self, *workers):
        pids = {w.process.pid for w in workers}
        wait_for(lambda: set(self.listed()) == pids, "the workers to be listed")
        return [self.listed()[w.process.pid] for w in workers]

    def test_list(self):
        self.assertEqual(self.json("workers list")["workers"], [])
        one, other = self.worker(threads=2), self.worker(threads=1)
        one.wait_ready(), other.wait_ready()
        first, second = self.wait_listed(one, other)
        self.assertEqual((first["threads"], second["threads"]), (2, 1))
        wait_for(lambda: self.listed()[one.process.pid]["state"] == "running", "its state")
        self.assertTrue(first["id"].startswith(f"{first['host']}-{one.process.pid}-"))
        self.assertLess(first["up_seconds"], 60)
        self.assertRegex(self.command("workers", "list").stdout.splitlines()[0], "^ID +VERSION +THREADS +STATE ")
        # Entries in flight while a table is locked.
        end = self.lock_table("activities")
        self.add_at_once(range(30))
        wait_for(lambda: sum(w["in_flight"] for w in self.listed().values()) > 0, "entries in flight")
        end()
        self.wait_drained()
        wait_for(lambda: sum(w["in_flight"] for w in self.listed().values()) == 0, "no entries in flight")
        self.assertGreater(sum(w["events_per_second"] for w in self.listed().values()), 0)

    def test_a_dead_worker_is_listed_with_its_entries(self):
        worker = self.worker(**{"claim-after": "60s"})
        worker.wait_ready()
        self.wait_listed(worker)
        end = self.lock_table("activities")
        self.add_at_once(range(5))
        wait_for(lambda: self.pending() == 5, "entries in flight")
        worker.kill()
        end()
        self.redis.command("DEL", *self.redis.command("KEYS", "{trunkline}:worker:*"))  # would expire in 30 s
        wait_for(lambda: self.listed()[worker.process.pid]["state"] == "gone", "it to be silent for long")
        gone = self.listed()[worker.process.pid]
        self.assertEqual((gone["state"], gone["in_flight"], gone["version"]), ("gone", 5, None))
        self.assertLess(gone["seen_seconds"], 60)
        done = self.command("workers", "drain", gone["id"])
        self.assertEqual(done.returncode, 1)
        self.assertIn(gone["id"], done.stderr)

    def test_a_worker_without_process_information_that_reads_is_not_gone(self):
        """As above maxmemory, where Redis rejects the write of its process information."""
        worker = self.worker(threads=1)
        worker.wait_ready()
        (mine,) = self.wait_listed(worker)
        self.add_messages(range(1))
        self.wait_drained()
        self.redis.command("CONFIG", "SET", "maxmemory", "1")
        self.addCleanup(self.redis.command, "CONFIG", "SET", "maxmemory", "0")
        self.redis.command("DEL", *self.redis.command("KEYS", "{trunkline}:worker:*"))
        listed = self.listed()[worker.process.pid]
        self.assertEqual((listed["id"], listed["state"]), (mine["id"], None))
        self.assertIn("Redis may be full", listed["reason"])
        self.assertEqual(self.json("workers drain", mine["id"], within=None)["drained"], [mine["id"]])
        self.assertEqual(worker.process.wait(10), 0)

    def test_drain_one(self):
        one, other = self.worker(), self.worker()
        one.wait_ready(), other.wait_ready()
        mine, _ = self.wait_listed(one, other)
        result = self.json("workers drain", f"{mine['host']}-{one.process.pid}", within=None)
        self.assertEqual(result["drained"], [mine["id"]])
        self.assertEqual(one.process.wait(10), 0)
        self.assertIsNone(other.process.poll())
        self.assertIn("drain requested by an operator", one.log())
        self.assertEqual(self.sql("select action, target from operator_log"), f"drain|{mine['id']}")
        # Its successor has another id and is not drained.
        again = self.worker()
        again.wait_ready()
        self.add_messages(range(5))
        self.wait_drained()
        self.assertIsNone(again.process.poll())

    def test_drain_all(self):
        workers = [self.worker(), self.worker()]
        for worker in workers:
            worker.wait_ready()
        self.wait_listed(*workers)
        self.add_messages(range(200))
        done = self.command("workers", "drain", "--all", within=None)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([w.process.wait(10) for w in workers], [0, 0])
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertEqual(self.pending(), 0)
        self.assertEqual(self.command("workers", "drain", "--all").returncode, 1)  # no worker is left

    def test_a_worker_that_does_not_end_in_time(self):
        worker = self.worker(threads=1)
        worker.wait_ready()
        (mine,) = self.wait_listed(worker)
        end = self.lock_table("webhook_events")
        self.add_messages(range(3))
        wait_for(lambda: self.pending() > 0, "a batch in flight")
        done = self.command("workers", "drain", mine["id"], "--wait", "1s", within=None)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(mine["id"], done.stderr)
        self.assertIn(f"pid {worker.process.pid}", done.stderr)
        end()
        self.assertEqual(worker.process.wait(20), 0)

    def test_refusals(self):
        worker = self.worker()
        worker.wait_ready()
        (mine,) = self.wait_listed(worker)
        self.assertEqual(self.command("workers", "drain").returncode, 64)
        self.assertEqual(self.command("workers", "drain", mine["id"], "--all").returncode, 64)
        self.assertEqual(self.command("workers", "drain", "nobody").returncode, 1)
        done = self.command("workers", "drain", mine["id"], role="readonly")
        self.assertEqual(done.returncode, 1)
        self.assertIn("trunkline_worker", done.stderr)
        nowhere = "redis://127.0.0.1:1/0"
        self.assertEqual(self.command("workers", "list", redis_url=nowhere).returncode, 3)
        self.assertEqual(self.command("workers", "drain", "--all", redis_url=nowhere).returncode, 3)
        self.assertIsNone(worker.process.poll())
