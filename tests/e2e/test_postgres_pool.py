# SPDX-License-Identifier: Apache-2.0
"""PgBouncer between the worker and PostgreSQL: session mode with our settings works; with any other mode the worker is
blocked."""
import unittest

from pooler import PGBOUNCER, pooled
from worker_harness import WorkerTest, wait_for

# The settings of docs/postgresql.md for poolers that drop startup options.
OF_THE_ROLE = {
    "lock_timeout": "2s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "15s",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}


@unittest.skipUnless(PGBOUNCER, "needs pgbouncer")
class Pool(WorkerTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.sql, "alter role trunkline_worker reset all")

    def set_for_the_role(self, but=""):
        self.sql(
            "".join(
                f"alter role trunkline_worker set {name} = '{value}';"
                for name, value in OF_THE_ROLE.items()
                if name != but
            )
        )

    def pooled(self, mode, **more):
        return pooled(self, mode, **more)

    def go(self, url):
        worker = self.worker(database=url, threads=2)
        self.add_messages(range(200))
        self.wait_states(processed=200)
        self.wait_drained()
        worker.wait_ready()
        self.assertEqual(self.count("webhook_events where attempts > 0 or claims > 0"), 0)
        return worker

    def test_session_mode_works(self):
        self.set_for_the_role()
        self.go(self.pooled("session"))

    def test_a_session_without_our_settings_blocks(self):
        self.set_for_the_role(but="lock_timeout")
        worker = self.worker(database=self.pooled("session"))
        self.add_messages(range(20))
        worker.wait_blocked("the session lacks our settings (lock_timeout)")
        self.assertEqual(self.count(), 0)
        self.set_for_the_role()
        # The pooler keeps its sessions.
        self.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'trunkline_worker'")
        self.wait_states(processed=20)
        self.wait_drained()
        worker.wait_ready()
        self.assertEqual(self.count("webhook_events where attempts > 0 or claims > 0"), 0)

    def test_fewer_connections_than_threads_hold(self):
        self.set_for_the_role()
        worker = self.worker(database=self.pooled("session", default_pool_size=1, query_wait_timeout=1), threads=4)
        self.add_messages(range(50))
        self.wait_states(processed=50)
        self.assertIsNone(worker.process.poll())

    def test_transaction_mode_blocks_with_its_reason(self):
        url = self.pooled("transaction", default_pool_size=3, server_round_robin=1)
        at_start = self.worker(database=url)
        at_start.wait_logged("the session lacks our settings (lock_timeout, statement_timeout")
        at_start.close()
        self.set_for_the_role()
        self.sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'trunkline_worker'")
        # A client session changes its server session with each transaction, so prepared statements are missing.
        worker = self.worker("--log-level", "debug", threads=8, batch=5, outage_backoff_max="100ms", database=url)
        worker.wait_blocked("must be in session mode")
        self.add_messages(range(200))
        wait_for(lambda: worker.log().count("must be in session mode") > 20, "more refusals")
        self.assertEqual(self.count("webhook_events where attempts > 0 or claims > 0 or state <> 'processed'"), 0)
        worker.close()
        self.worker(claim_after="300ms")
        self.wait_states(processed=200)
        self.wait_drained()
        self.assertEqual(self.count("webhook_events where attempts > 0 or claims > 0"), 0)
