# SPDX-License-Identifier: Apache-2.0
"""For tests with a gateway, a worker and senders on a Redis that fails."""

from gateway_harness import Gateway
from redis_harness import Senders, measured, seconds_until
from seeds import limit
from worker_harness import Redis, Worker, WorkerTest, wait_for


class StateTest(WorkerTest):
    """One Redis per test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.redis.close()

    def setUp(self):
        self.redis = type(self).redis = Redis("--enable-protected-configs", "yes")
        self.addCleanup(self.redis.close)
        super().setUp()

    def begin(self, port=None, **sending):
        """Starts gateway, worker and senders; waits until all are running."""
        self.gateway = Gateway(self.redis.url_of("gateway", port=port), "--threads", "2", log_level="info")
        self.addCleanup(self.gateway.stop)
        if port:
            self.the_worker = Worker(self.behind(port), self.postgres)
            self.workers.append(self.the_worker)
        else:
            self.the_worker = self.worker()
        self.the_worker.wait_ready()
        self.senders = Senders(self.gateway, **{"pause": 0.005, **sending})
        self.addCleanup(self.senders.stop)
        self.senders.wait_acked(20)

    def behind(self, port):
        redis = self.redis

        class ProxiedRedis:
            folder = redis.folder

            def url_of(self, role):
                return redis.url_of(role, port=port)

        return ProxiedRedis()

    def expect_unready(self, *reasons):
        wait_for(lambda: self.gateway.probe("/readyz")[1].get("reason") in reasons, f"unready: {reasons}")
        self.assertEqual(self.gateway.probe("/livez")[0], 200)

    def expect_return(self, what, worker=True):
        """Call it when the cause is removed: waits for the first 200 and for readiness."""
        acked = self.senders.count()
        first = seconds_until(lambda: self.senders.count() > acked, "200 again")
        ready = first + seconds_until(lambda: self.the_worker.ready()[0] == 200, "the worker to be ready")
        wait_for(lambda: self.gateway.probe("/readyz")[0] == 200, "the gateway to be ready")
        measured(f"{what}: Redis back to first 200, to worker ready", f"{first:.2f} s, {ready:.2f} s")
        self.assertLess(first, limit(10))  # 5 s and a margin
        self.assertLess(ready, limit(15))

    def finish(self, since=0.0):
        """Stops the senders; every acknowledged delivery (sent after `since`) must be processed, at the first
        attempt."""
        self.senders.wait_acked(20)
        self.senders.stop()
        self.wait_drained()
        self.assertEqual(set(self.states()), {"processed"})
        rows = set(self.sql("select event_id from webhook_events").split("\n"))
        acked = {name for name in self.senders.acked if self.senders.began[name] > since}
        self.assertEqual(acked - rows, set())
        self.assertEqual(self.count("activities"), len(rows))
        self.assertEqual(self.sql("select count(*) from webhook_events where attempts > 0"), "0")
        self.assertEqual(set(self.senders.answers.values()) - {200, 503}, set())
        self.assertEqual(self.senders.odd, [])


del WorkerTest  # the base class has no tests
