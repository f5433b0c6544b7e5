# SPDX-License-Identifier: Apache-2.0
"""The address is that of a hot standby: the worker is blocked (read-only); after its promotion processing resumes."""
import subprocess
import sys
import time

from proxy import Proxy
from servers import Postgres, _as_postgres, free_port
from worker_harness import Worker, WorkerTest, wait_for

EVENTS = 50


class Standby(Postgres):
    """A standby of another cluster."""

    def __init__(self, primary):  # noqa: super().__init__ would create a separate cluster
        self.settings, self.bin = dict(primary.settings), primary.bin
        self.folder, self.data = primary.folder, primary.folder + "/standby"
        subprocess.run(
            _as_postgres(
                [
                    f"{self.bin}/pg_basebackup",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    str(primary.port),
                    "-U",
                    "trunkline",
                    "-D",
                    self.data,
                    "-R",
                    "-X",
                    "stream",
                    "-c",
                    "fast",
                    "--no-sync",
                ]
            ),
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        self.port = free_port()
        self.start()

    def close(self):
        if self.alive():
            self.stop()


class Promotion(WorkerTest):
    def test_a_standby_blocks_until_it_is_promoted(self):
        standby = Standby(self.postgres)
        self.addCleanup(standby.close)
        with Proxy(self.postgres.port) as proxy:
            worker = Worker(self.redis, self.postgres, database=self.postgres.url_of("worker", proxy.port))
            self.workers.append(worker)
            worker.wait_ready()
            self.add_messages(range(EVENTS))
            self.wait_states(processed=EVENTS)
            wait_for(lambda: standby.psql("select count(*) from webhook_events") == str(EVENTS), "the copy")
            # The address is now that of the other server, and the old one is stopped.
            proxy.target_port = standby.port
            self.postgres.stop()
            try:
                proxy.cut()
                self.add_messages(range(EVENTS, 2 * EVENTS))
                worker.wait_blocked("25006")
                self.assertEqual(standby.psql("select count(*) from webhook_events"), str(EVENTS))
                standby.psql("select pg_promote()")
                began = time.monotonic()
                wait_for(
                    lambda: standby.psql(
                        "select count(*) from webhook_events where state = 'processed' and "
                        "attempts = 0 and claims = 0"
                    )
                    == str(2 * EVENTS),
                    "all rows",
                )
                worker.wait_ready()
                self.wait_drained()
                print(f"measured: standby promoted, all rows after: {time.monotonic() - began:.2f} s", file=sys.stderr)
            finally:
                worker.close()
                self.postgres.start()
