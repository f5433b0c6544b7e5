# SPDX-License-Identifier: Apache-2.0
"""Runs `trunkline` against the servers of a WorkerTest."""
import os
import subprocess
import time

import json_schema
from seeds import limit
from worker_harness import BIN, WorkerTest, clean_environment

TRUNKLINE = os.path.join(BIN, "trunkline")


class CommandTest(WorkerTest):
    def setUp(self):
        super().setUp()
        self.sql("truncate controls, operator_log, minute_figures")

    def command(self, *words, role="worker", env=None, within=2.5, redis="operator", **servers):
        """servers: redis_url, database_url. within: the expected maximum duration in seconds, None for no limit."""
        environment = clean_environment(
            REDIS_URL=servers.get("redis_url") or self.redis.url_of(redis),
            DATABASE_URL=servers.get("database_url") or self.postgres.url_of(role),
            **(env or {}),
        )
        began = time.monotonic()
        done = subprocess.run(
            [TRUNKLINE, *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )
        if within:
            self.assertLess(time.monotonic() - began, limit(within), words)
        return done

    def json(self, name, *options, code=0, **more):
        """Returns what --json prints, after a check against the command's schema."""
        done = self.command(*name.split(), *options, "--json", **more)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json_schema.check(name, done.stdout)
