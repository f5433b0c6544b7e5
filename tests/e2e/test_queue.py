# SPDX-License-Identifier: Apache-2.0
"""trunkline queue on real servers: the counts, the verdict, limits, and servers that hang or are unreachable."""
import os
import signal
import subprocess
import time
import unittest

import json_schema
from seeds import limit
from servers import Postgres, Redis, free_port

BIN = os.environ["TRUNKLINE_BIN"]
KEY = "{trunkline}:deliveries"
INSERT = """insert into webhook_events (event_key, event_id, event_type, state, error_message, next_attempt_at,
  received_at, finished_at, delivery_id, entry_id, scheme, key_index, parser_version, payload)
  select sha256(convert_to('{state}' || n, 'UTF8')), 'EV' || n, 'message.received', '{state}', 'broken',
    case when '{state}' = 'dead' then null else now() + interval '1 hour' end, now() - interval '2 hours',
    case when '{state}' = 'dead' then now() end, 'D' || n, n || '-0', 'hex', 0, 1, '{{}}'
  from generate_series(1, {count}) n"""


class Queue(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.redis, cls.postgres = Redis(), Postgres()
        cls.postgres.migrate(f"{BIN}/trunkline")

    @classmethod
    def tearDownClass(cls):
        cls.redis.close()
        cls.postgres.close()

    def setUp(self):
        self.redis.command("FLUSHALL")
        self.postgres.psql("truncate webhook_events")

    def queue(self, *arguments, redis=None, postgres=None):
        start = time.monotonic()
        done = subprocess.run(
            [
                f"{BIN}/trunkline",
                "queue",
                "--redis",
                redis or self.redis.url_of("operator"),
                "--postgres",
                postgres or self.postgres.url_of("readonly"),
                *arguments,
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
        self.assertLess(time.monotonic() - start, limit(2), "two seconds on a quiet machine")
        return done

    def report(self, *arguments, **servers):
        done = self.queue("--json", *arguments, **servers)
        return done.returncode, json_schema.check("queue", done.stdout)

    def worker(self, name="w1", **fields):
        fields = {"state": "running", "rate_1m": "1.5", **fields}
        self.redis.command("HSET", "{trunkline}:worker:" + name, *(x for pair in fields.items() for x in pair))
        self.gateway()

    def gateway(self, state="running", reason=""):
        self.redis.command("HSET", "{trunkline}:gateway:g1", "state", state, "reason", reason)

    def add(self, entry_id="*"):
        return self.redis.command("XADD", KEY, entry_id, "b", "{}")

    def test_nothing_to_do_is_ok(self):
        self.worker()
        done = self.queue()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("OK: "), done.stdout)
        self.assertRegex(done.stdout, r"durability +appendonly yes, appendfsync always")
        self.assertRegex(done.stdout, r"accepted +0.0/s")
        self.assertEqual(done.stderr, "")

    def test_waiting_entries_and_their_ages(self):
        seconds, _ = self.redis.command("TIME")
        self.add(f"{(int(seconds) - 300) * 1000}-0")
        self.add(f"{(int(seconds) - 200) * 1000}-0")
        self.add(f"{(int(seconds) - 100) * 1000}-0")
        self.redis.command("XGROUP", "CREATE", KEY, "workers", "0")
        self.redis.command("XREADGROUP", "GROUP", "workers", "host-1", "COUNT", "1", "STREAMS", KEY, ">")
        self.worker()
        code, report = self.report()
        self.assertEqual(code, 0)
        self.assertEqual((report["ready"]["count"], report["pending"]["count"]), (2, 1))
        self.assertAlmostEqual(report["pending"]["oldest_seconds"], 300, delta=5)
        self.assertAlmostEqual(report["ready"]["oldest_seconds"], 200, delta=5)
        self.assertAlmostEqual(report["last_accepted_seconds"], 100, delta=5)
        self.assertEqual(report["consumers"], 1)

    def test_limits(self):
        self.worker()
        self.add("1700000000000-0")
        self.add()
        late = self.queue("--max-age", "1h")
        self.assertEqual(late.returncode, 2)
        self.assertRegex(late.stdout.splitlines()[0], r"^CRITICAL: oldest delivery waits for \d+ d, limit --max-age 1h")
        self.assertEqual(self.queue("--max-depth", "2").returncode, 0)
        deep = self.queue("--max-depth", "1")
        self.assertEqual(deep.returncode, 2)
        self.assertIn("2 unfinished, limit --max-depth 1", deep.stdout.splitlines()[0])
        self.assertEqual(self.report("--max-depth", "1")[1]["status"], "critical")

    def test_output_that_cannot_be_written_is_a_failure(self):
        self.worker()
        for options in ([], ["--json"], ["--watch", "0.1"]):
            with self.subTest(options), open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run(
                    [
                        f"{BIN}/trunkline",
                        "queue",
                        "--redis",
                        self.redis.url_of("operator"),
                        "--postgres",
                        self.postgres.url_of("readonly"),
                        *options,
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=full,
                    stderr=subprocess.PIPE,
                    text=True,
                    timeout=30,
                )
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertNotEqual(done.stderr, "")

    def test_rows_of_postgres(self):
        self.worker()
        self.postgres.psql(INSERT.format(state="retrying", count=3) + ";" + INSERT.format(state="dead", count=2))
        done = self.queue()
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith("WARNING: 0 waiting, 3 retrying, 2 dead; "), done.stdout)
        _, report = self.report()
        self.assertAlmostEqual(report["retrying"]["oldest_seconds"], 7200, delta=10)
        self.assertAlmostEqual(report["next_retry_seconds"], 3600, delta=10)
        self.assertEqual(self.queue("--max-age", "1h").returncode, 2)

    def test_counting_is_bounded_and_by_index(self):
        self.worker()
        self.postgres.psql(INSERT.format(state="dead", count=100500))
        _, report = self.report()
        self.assertEqual((report["dead"]["count"], report["dead"]["at_least"]), (100000, True))
        self.assertIn("100000+ dead", self.queue().stdout.splitlines()[0])

    def test_workers_and_gateways(self):
        self.worker("w1", rate_1m="2.0")
        self.worker("w2", state="blocked", reason="no connection", rate_1m="0.5")
        done = self.queue()
        self.assertIn("worker w2 is blocked: no connection", done.stdout.splitlines()[0])
        _, report = self.report()
        self.assertEqual([w["state"] for w in report["workers"]], ["running", "blocked"])
        self.assertEqual(report["settled_per_second"], 2.5)

    def test_no_worker_is_a_warning(self):
        done = self.queue()
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith("WARNING: "), done.stdout)
        self.assertIn("no worker is running; no gateway is running", done.stdout.splitlines()[0])

    def test_counters_of_the_gateways(self):
        self.worker()
        minute = int(self.redis.command("TIME")[0]) // 60
        for back, fields in (
            (0, ["accepted", 30]),
            (1, ["accepted", 90, "refused:mismatch", 7]),
            (30, ["refused:mismatch", 2, "refused:path", 5]),
            (75, ["refused:stale", 99]),
        ):
            self.redis.command("HSET", "{trunkline}:minute:%d" % (minute - back), *fields)
        _, report = self.report()
        self.assertEqual(report["rejected_last_hour"], {"mismatch": 9, "path": 5})
        self.assertGreaterEqual(report["accepted_per_second"], 90 / 120)
        self.assertLessEqual(report["accepted_per_second"], 120 / 60)
        self.assertIn("9 rejected in the last hour", self.queue().stdout.splitlines()[0])

    def test_weak_and_hidden_durability(self):
        self.worker()
        self.redis.command("CONFIG", "SET", "appendfsync", "everysec")
        self.addCleanup(self.redis.command, "CONFIG", "SET", "appendfsync", "always")
        self.assertEqual(self.report()[1]["appendfsync"], "everysec")
        self.redis.command("ACL", "SETUSER", "watcher", "on", ">secret", "~*", "&*", "+@all", "-config")
        hidden = f"redis://watcher:secret@127.0.0.1:{self.redis.port}/0"
        code, report = self.report(redis=hidden)
        self.assertEqual((code, report["appendfsync"]), (0, None))
        self.assertRegex(self.queue(redis=hidden).stdout, "durability +unknown")

    def test_values_that_redis_denies_are_unknown(self):
        self.add()
        self.worker()
        for name, what in (("xpending", "pending"), ("xinfo", "consumers")):
            self.redis.command("ACL", "SETUSER", name, "on", ">secret", "~*", "&*", "+@all", "-" + name)
            code, report = self.report(redis=f"redis://{name}:secret@127.0.0.1:{self.redis.port}/0")
            self.assertEqual(code, 3, report["verdict"])
            self.assertIn("NOPERM", report["verdict"])
            self.assertIsNone(report["pending"]["count"] if what == "pending" else report[what])

    def test_an_unavailable_gateway(self):
        self.worker()
        self.gateway("unavailable", "weak_durability")
        self.assertIn("gateway g1 is unavailable: weak_durability", self.queue().stdout.splitlines()[0])
        self.redis.command("HSET", "{trunkline}:gateway:g1", "started", 5000, "seen", 7000)
        self.assertIn("gateway g1 is unavailable: weak_durability", self.queue().stdout.splitlines()[0])
        self.redis.command("HSET", "{trunkline}:gateway:g1", "seen", 5003)  # its first record: not connected yet
        self.assertTrue(self.queue().stdout.startswith("OK: "))

    def test_redis_unreachable(self):
        self.postgres.psql(INSERT.format(state="dead", count=1))
        nowhere = f"redis://:topsecret@127.0.0.1:{free_port()}/0"
        done = self.queue(redis=nowhere)
        self.assertEqual(done.returncode, 3)
        self.assertTrue(done.stdout.startswith("UNKNOWN: Redis is unreachable"), done.stdout)
        self.assertRegex(done.stdout, r"ready +unknown")
        self.assertRegex(done.stdout, r"dead +1 ")
        self.assertNotIn("topsecret", done.stdout + done.stderr)
        code, report = self.report(redis=nowhere)
        self.assertEqual(code, 3)
        self.assertIsNone(report["ready"]["count"])
        self.assertIsNone(report["workers"])
        self.assertEqual(report["dead"]["count"], 1)

    def test_redis_hangs(self):
        self.redis.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.redis.process.send_signal, signal.SIGCONT)
        code, report = self.report()
        self.assertEqual((code, report["pending"]["count"], report["retrying"]["count"]), (3, None, 0))

    def test_postgres_hangs(self):
        self.worker()
        self.postgres.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.postgres.process.send_signal, signal.SIGCONT)
        code, report = self.report()
        self.assertEqual((code, report["ready"]["count"], report["dead"]["count"]), (3, 0, None))
        self.assertTrue(report["verdict"].startswith("UNKNOWN: PostgreSQL is unreachable"), report["verdict"])

    def test_no_schema(self):
        done = self.queue(postgres=self.postgres.new_database("bare"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("trunkline migrate", done.stdout.splitlines()[0])

    def test_wrong_values_are_rejected(self):
        self.assertEqual(self.queue("--max-age", "5").returncode, 78)
        self.assertEqual(self.queue("--max-depth", "many").returncode, 78)
        self.assertEqual(self.queue("--no-such-option").returncode, 64)
