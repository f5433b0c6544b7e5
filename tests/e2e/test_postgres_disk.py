# SPDX-License-Identifier: Apache-2.0
"""The disk of PostgreSQL is full: nothing is lost or counted, and processing resumes when there is space. Needs
root."""
import os
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

import servers
from worker_harness import BIN, Postgres, Redis, WorkerTest, message, wait_for

EVENTS = 300


class Disk(WorkerTest):
    @classmethod
    def setUpClass(cls):
        cls.disk = tempfile.mkdtemp(prefix="trunkline-disk-")
        os.chmod(cls.disk, 0o755)
        mounted = (
            os.geteuid() == 0
            and subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=240m", "none", cls.disk], check=False, capture_output=True
            ).returncode
            == 0
        )
        if not mounted:
            os.rmdir(cls.disk)
            raise unittest.SkipTest("needs root: a small tmpfs")
        cls.addClassCleanup(os.rmdir, cls.disk)
        cls.addClassCleanup(subprocess.run, ["umount", "-l", cls.disk], check=False)
        # The data folder is on the small disk.
        with mock.patch.object(servers, "_temp_folder", lambda kind: os.path.join(cls.disk, kind)):
            os.mkdir(os.path.join(cls.disk, "postgres"))
            cls.postgres = Postgres(max_wal_size="64MB", min_wal_size="32MB")
        cls.redis = Redis()
        cls.postgres.migrate(os.path.join(BIN, "trunkline"))

    def test_full_and_emptied_again(self):
        worker = self.worker(batch=20)
        worker.wait_ready()
        ballast = os.path.join(self.disk, "ballast")
        with open(ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
        for n in range(EVENTS):
            self.add(message(n, f"{n} " * 20_000))
        # A table that cannot grow is 53100; a log that cannot grow ends the server, which is then unreachable.
        wait_for(lambda: worker.ready()[0] == 503, "readiness to end")
        reasons = worker.ready()[1].get("reasons")
        os.remove(ballast)
        began = time.monotonic()
        if not self.postgres._answers():
            if self.postgres.alive():
                self.postgres.stop()
            self.postgres.start()
        self.wait_states(processed=EVENTS, deadline=120)
        self.wait_drained()
        worker.wait_ready()
        print(
            f"measured: Postgres disk full ({reasons}), all {EVENTS} rows after: {time.monotonic() - began:.2f} s",
            file=sys.stderr,
        )
        self.assertEqual(self.count("webhook_events where attempts > 0 or claims > 0"), 0)
        self.assertEqual(self.count("activities"), EVENTS)
