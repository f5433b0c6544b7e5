# SPDX-License-Identifier: Apache-2.0
"""Every kind of PostgreSQL outage: no attempt is counted, readiness reports the reason, processing resumes
automatically."""
import os
import signal
import subprocess
import sys
import time

from seeds import limit, soak_only
from worker_harness import BIN, WorkerTest, wait_for

EVENTS = 100


class Outages(WorkerTest):
    def check_nothing_counted(self):
        self.wait_drained()
        self.assertEqual(self.count("webhook_events where attempts > 0 or claims > 0 or state <> 'processed'"), 0)

    def back(self, worker, since, events, what):
        """Waits until everything that arrived during the outage is done; prints how long that took."""
        wait_for(lambda: self.count() > 0, "the first row", 30)
        first = time.monotonic() - since
        self.wait_states(processed=events)
        worker.wait_ready()
        self.check_nothing_counted()
        print(
            f"measured: {what}, first row after: {first:.2f} s, all {events}: {time.monotonic() - since:.2f} s",
            file=sys.stderr,
        )
        self.assertLess(first, limit(15))

    def unreachable(self, seconds, **options):
        worker = self.worker(**options)
        worker.wait_ready()
        self.postgres.stop(signal.SIGQUIT)
        try:
            self.add_messages(range(EVENTS))
            worker.wait_blocked("postgres")
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                self.assertEqual(worker.ready()[0], 503)
                time.sleep(0.1)
        finally:
            self.postgres.start()
        self.back(worker, time.monotonic(), EVENTS, f"Postgres away {seconds} s")

    def test_unreachable_for_two_seconds(self):
        self.unreachable(2)

    @soak_only
    def test_unreachable_for_twenty_seconds_at_the_default_intervals(self):
        self.unreachable(
            20,
            outage_backoff_min="100ms",
            outage_backoff_max="30s",
            probe_interval_max="3s",
            claim_after="30s",
            reclaim_interval="5s",
        )

    def test_hundreds_of_probes_dead_letter_nothing(self):
        # An outage of ten minutes with a probe every 3 s is 200 probes per thread; here they follow every few
        # milliseconds.
        worker = self.worker(
            "--log-level",
            "debug",
            outage_backoff_min="1ms",
            probe_interval_max="10ms",
            outage_backoff_max="10ms",
            claim_after="200ms",
            reclaim_interval="50ms",
        )
        worker.wait_ready()
        self.sql("alter role trunkline_worker nologin")
        self.addCleanup(self.sql, "alter role trunkline_worker login")
        self.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity " "where application_name like 'trunkline-worker%'"
        )
        self.add_messages(range(EVENTS))
        wait_for(lambda: worker.log().count("still blocked") >= 400, "400 probes", 120, every=0.2)
        rows = self.redis.command("XPENDING", "{trunkline}:deliveries", "workers", "-", "+", 1000)
        self.assertLessEqual({row[3] for row in rows}, {0, 1}, "a blocked worker counts no delivery")
        self.sql("alter role trunkline_worker login")
        self.back(worker, time.monotonic(), EVENTS, "no login, 400 probes")

    def test_out_of_connections(self):
        worker = self.worker()
        worker.wait_ready()
        self.sql(
            "alter role trunkline_worker connection limit 0; "
            "select pg_terminate_backend(pid) from pg_stat_activity where "
            "application_name like 'trunkline-worker%'"
        )
        self.addCleanup(self.sql, "alter role trunkline_worker connection limit -1")
        self.add_messages(range(EVENTS))
        worker.wait_blocked("too many connections")
        self.assertEqual(self.count(), 0)
        self.sql("alter role trunkline_worker connection limit -1")
        self.back(worker, time.monotonic(), EVENTS, "out of connections")

    def test_more_threads_than_connections(self):
        self.sql("alter role trunkline_worker connection limit 3")
        self.addCleanup(self.sql, "alter role trunkline_worker connection limit -1")
        worker = self.worker(threads=8, batch=10)
        worker.wait_blocked("too many connections")
        self.add_messages(range(EVENTS))
        self.wait_states(processed=EVENTS)  # the threads with a connection process everything
        self.check_nothing_counted()
        self.sql("alter role trunkline_worker connection limit -1")
        worker.wait_ready()

    def test_a_migration_is_missing(self):
        url = self.postgres.new_database("behind")
        self.postgres.grant_roles("behind")
        owner = self.postgres.url_of("owner", database="behind")
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}

        def migrate():
            subprocess.run(
                [os.path.join(BIN, "trunkline"), "migrate", "--postgres", owner],
                check=True,
                stdout=subprocess.DEVNULL,
                env=environment,
            )
            self.postgres.grant_roles("behind")

        worker = self.worker(database=url)
        worker.wait_blocked("postgres: ")
        migrate()
        worker.wait_ready()
        self.postgres.psql(
            "create table kept as select * from schema_migrations; delete from schema_migrations "
            "where version = (select max(version) from schema_migrations)",
            database="behind",
        )
        self.postgres.psql(
            "select pg_terminate_backend(pid) from pg_stat_activity " "where application_name like 'trunkline-worker%'"
        )
        self.add_messages(range(EVENTS))
        worker.wait_blocked("run trunkline migrate")
        self.postgres.psql(
            "truncate schema_migrations; insert into schema_migrations select * from kept", database="behind"
        )
        began = time.monotonic()
        wait_for(
            lambda: self.postgres.psql(
                "select count(*) from webhook_events where state = 'processed' and " "attempts = 0", database="behind"
            )
            == str(EVENTS),
            "all rows",
        )
        worker.wait_ready()
        print(f"measured: a migration missing, all {EVENTS} after: {time.monotonic() - began:.2f} s", file=sys.stderr)

    def test_a_column_is_missing(self):
        worker = self.worker()
        worker.wait_ready()
        self.sql("alter table activities rename column body to body_")
        try:
            self.add_messages(range(EVENTS))
            worker.wait_blocked("42703")
            self.assertEqual(self.count(), 0)
        finally:
            self.sql("alter table activities rename column body_ to body")
        self.back(worker, time.monotonic(), EVENTS, "a column missing")
