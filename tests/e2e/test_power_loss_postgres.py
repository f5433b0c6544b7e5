# SPDX-License-Identifier: Apache-2.0
"""Power loss of PostgreSQL: what the worker removed from the stream is in the tables afterwards. With commits that do
not wait for the disk rows are lost, which proves that the test can fail."""
import json
import os
import random

from power import Power
from redis_harness import measured
from seeds import seeds
from servers import Postgres, Redis
from worker_harness import BIN, STREAM, WorkerTest, message, wait_for


class PowerLoss(WorkerTest):
    @classmethod
    def setUpClass(cls):
        cls.redis = Redis()

    @classmethod
    def tearDownClass(cls):
        cls.redis.close()

    def setUp(self):
        self.workers = []
        self.redis.command("FLUSHALL")

    def start(self, **settings):
        """A database with tables, restarted with the library: everything before is on the disk."""
        self.postgres = Postgres(checkpoint_timeout="30s", **settings)
        self.addCleanup(self.postgres.close)
        self.postgres.migrate(os.path.join(BIN, "trunkline"))
        self.postgres.stop()
        self.power = Power(self.postgres.data)
        self.addCleanup(self.power.close)
        self.postgres.environment = self.power.environment
        self.postgres.start()

    def lose_power(self, rng, first, number):
        """Feeds these events, fails in the middle; returns (keys of settled events, keys in the tables afterwards)."""
        worker = self.worker(batch=20)
        worker.wait_ready()
        for n in range(first, first + number):
            self.add(message(n))
        left = rng.randrange(number // 10, number - number // 10)
        wait_for(lambda: self.redis.command("XLEN", STREAM) < left, "a part to be settled")
        if rng.random() < 0.3:
            self.sql("checkpoint")  # data pages are under way, not only the log
        self.lost += self.power.loss(self.postgres.process)
        worker.kill()
        unsettled = {
            json.loads(fields[fields.index("b") + 1])["id"]
            for _, fields in self.redis.command("XRANGE", STREAM, "-", "+")
        }
        settled = {f"EV{n}" for n in range(first + number)} - unsettled
        self.postgres.start()
        return settled, set(self.sql("select event_id from webhook_events").split("\n"))

    def test_settled_events_are_there(self):  # I1, I5
        self.lost, first, losses = 0, 0, 0
        self.start()
        for seed in seeds():
            with self.subTest(seed=seed):
                rng = random.Random(seed)
                settled, rows = self.lose_power(rng, first, 400)
                first += 400
                losses += 1
                self.assertEqual(settled - rows, set(), f"seed {seed}")
                last = self.worker(batch=20)
                self.wait_drained()
                self.assertEqual(self.states(), {"processed": first}, f"seed {seed}")
                self.assertEqual(self.count("activities"), first, f"seed {seed}")
                last.kill()
        measured(
            "power losses of Postgres",
            f"{losses} losses, {first} events, 0 lost, 0 doubled, "
            f"{self.lost} unsynced bytes at ends of files dropped",
        )

    def test_control_commits_that_do_not_wait_lose(self):
        self.lost = 0
        self.start(synchronous_commit="off", wal_writer_delay="10s")
        settled, rows = self.lose_power(random.Random(1), 0, 400)
        self.assertGreater(len(settled), 0)
        self.assertGreater(len(settled - rows), 0)
        measured(
            "power loss of Postgres, synchronous_commit off (control run)",
            f"{len(settled)} settled, {len(settled - rows)} lost",
        )


del WorkerTest  # the base class has no tests
