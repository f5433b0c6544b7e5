# SPDX-License-Identifier: Apache-2.0
"""trunkline migrate against a real PostgreSQL: apply, status, errors, exit codes."""
import os
import subprocess
import threading
import unittest

import json_schema
from servers import Postgres, free_port, wait_for

BIN = os.environ["TRUNKLINE_BIN"]


def migrate(url, *arguments):
    return subprocess.run(
        [f"{BIN}/trunkline", "migrate", "--postgres", url, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


class Migrate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()

    @classmethod
    def tearDownClass(cls):
        cls.postgres.close()

    def setUp(self):
        self.name = self.id().rsplit(".", 1)[1]
        self.postgres.new_database(self.name)
        self.postgres.grant_roles(self.name)
        self.url = self.postgres.url_of("owner", database=self.name)

    def psql(self, sql):
        return self.postgres.psql(sql, database=self.name)

    def test_applies_once_and_prints_each(self):
        self.assertEqual(migrate(self.url, "status").returncode, 1)
        first = migrate(self.url)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertIn("0001_initial", first.stdout)
        again = migrate(self.url, "up")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertNotIn("0001_initial", again.stdout)
        status = migrate(self.url, "status")
        self.assertEqual(status.returncode, 0)
        self.assertTrue(status.stdout.startswith("OK: "), status.stdout)
        self.assertEqual(self.psql("select count(*) from webhook_events"), "0")
        self.assertRegex(self.psql("select checksum from schema_migrations where version = 1"), "^[0-9a-f]{64}$")

    def test_json(self):
        before = json_schema.check("migrate", migrate(self.url, "status", "--json").stdout)
        self.assertEqual((before["current"], before["migrations"][0]["applied"]), (False, False))
        done = json_schema.check("migrate", migrate(self.url, "--json").stdout)
        self.assertEqual(done["applied"][0], {"version": 1, "name": "0001_initial"})
        self.assertEqual(json_schema.check("migrate", migrate(self.url, "--json").stdout)["applied"], [])
        after = json_schema.check("migrate", migrate(self.url, "status", "--json").stdout)
        self.assertEqual((after["current"], after["problem"]), (True, None))

    def test_a_changed_migration_refuses(self):
        migrate(self.url)
        self.psql("update schema_migrations set checksum = repeat('0', 64)")
        for arguments in ([], ["status"]):
            refused = migrate(self.url, *arguments)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("0001_initial", refused.stdout + refused.stderr)

    def test_a_newer_schema_is_reported(self):
        migrate(self.url)
        self.psql("insert into schema_migrations values (9999, '9999_later', repeat('0', 64))")
        refused = migrate(self.url)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("9999_later", refused.stderr)

    def test_a_failing_migration_leaves_nothing(self):
        self.psql("create table recordings (mine integer)")  # conflicts with the last table of 0001
        failed = migrate(self.url)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("0001_initial", failed.stderr)
        self.assertEqual(
            self.psql("select to_regclass('webhook_events') is null, count(*) from schema_migrations"), "t|0"
        )

    def test_two_at_once_apply_once(self):
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(migrate(self.url))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([a.returncode for a in answers], [0] * 4, [a.stderr for a in answers])
        self.assertEqual(sum("0001_initial" in a.stdout for a in answers), 1)

    def test_waiting_for_the_lock_is_bounded(self):
        holder = subprocess.Popen(["psql", "-X", "-q", self.url], stdin=subprocess.PIPE, text=True)
        self.addCleanup(holder.communicate, "")
        holder.stdin.write("select pg_advisory_lock(7021956601) \\g /dev/null\n")
        holder.stdin.flush()
        wait_for(lambda: self.psql("select count(*) from pg_locks where locktype = 'advisory'") == "1", "the lock")
        refused = migrate(self.url, "--lock-wait", "200ms")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("another session holds the lock", refused.stderr)
        self.assertEqual(self.psql("select to_regclass('webhook_events') is null"), "t")

    def test_exit_codes(self):
        away = migrate(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
        self.assertEqual(away.returncode, 3)
        self.assertIn("PostgreSQL is unreachable", away.stderr)
        self.assertEqual(migrate(self.url, "sideways").returncode, 64)
        self.assertEqual(migrate(self.url, "--lock-wait", "5").returncode, 78)
        self.assertIn("use --lock-wait", migrate(self.url, "--lock-timeout", "5s").stderr)
