# SPDX-License-Identifier: Apache-2.0
"""Workers behind a proxy to Redis and one to PostgreSQL, and a checker that records every write."""
import threading

import checker
from proxy import Proxy
from worker_harness import Worker, WorkerTest, wait_for

ENTRY = b"TRUNKLINE-TEST-"  # in every body


class ProxiedRedis:
    """The part of Redis that Worker() uses, at another port."""

    def __init__(self, redis, port):
        self.redis, self.port, self.folder = redis, port, redis.folder

    def url_of(self, role):
        return self.redis.url_of(role, self.port)


class ProxiedWorkerTest(WorkerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        checker.install(cls.postgres)
        cls.to_redis, cls.to_postgres = Proxy(cls.redis.port), Proxy(cls.postgres.port)

    @classmethod
    def tearDownClass(cls):
        cls.to_redis.close()
        cls.to_postgres.close()
        super().tearDownClass()

    def setUp(self):
        self.to_redis.heal()
        self.to_postgres.heal()
        super().setUp()
        self.sql("truncate event_copies, proof.transitions, proof.effects")

    def proxied_worker(self, **options):
        """Starts a worker with one thread that queries PostgreSQL only for what it read."""
        worker = Worker(
            ProxiedRedis(self.redis, self.to_redis.port),
            self.postgres,
            database=self.postgres.url_of("worker", self.to_postgres.port),
            **{"threads": 1, "retry_poll_interval": "1h", "claim_after": "300ms", **options},
        )
        self.workers.append(worker)
        return worker

    def start_over(self):
        for worker in self.workers:
            worker.close()
        self.setUp()

    def wait_no_sessions(self):
        wait_for(
            lambda: self.count("pg_stat_activity where application_name like 'trunkline-worker%'") == 0,
            "the sessions of dead workers to end",
        )

    def check(self, events, copies=0):
        """Waits until the stream is drained; each event and each copy has one row, its effects once, and no attempt
        counts."""
        self.wait_drained(90)  # the proxy may be deliberately slow
        self.assertEqual(self.states(), {"processed": events})
        self.assertEqual(self.sql(checker.DOUBLED), "")
        self.assertEqual(self.sql("select count(*) from proof.effects where target = 'activities'"), str(events))
        self.assertEqual(self.sql("select count(*) from webhook_events where attempts > 0 or claims > 0"), "0")
        self.assertEqual(self.count("event_copies"), copies)


class WireTrigger:
    """Watches one proxy for one point in the processing of a batch and runs an action there, once.

    The point is a direction and bytes; after those of `since` were seen on the same connection, and while when()
    holds. then(link, data) returns what is sent on instead of data.
    """

    def __init__(self, proxy, direction, needle, then, since=None, when=lambda: True):
        self.direction, self.needle, self.then, self.since = direction, needle, then, since
        self.when = when
        self.happened = threading.Event()
        proxy.watch(self.see)

    def see(self, link, direction, data):
        if self.happened.is_set():
            return data
        if self.since:
            if direction == self.since[0] and self.since[1] in data:
                self.since = None
                if direction != self.direction or self.needle not in data:
                    return data
            else:
                return data
        if direction != self.direction or self.needle not in data or not self.when():
            return data
        self.happened.set()
        return self.then(link, data)
