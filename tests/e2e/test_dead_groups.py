# SPDX-License-Identifier: Apache-2.0
"""trunkline dead groups and delete, and dead replay in batches, on a real PostgreSQL."""
import os
import signal
import subprocess
import time
import unittest

from event_rows import TRUNKLINE, Commands, insert, many
from servers import Postgres, clean_environment, wait_for


class DeadGroups(Commands, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.postgres.migrate(TRUNKLINE)

    @classmethod
    def tearDownClass(cls):
        cls.postgres.close()

    def setUp(self):
        self.postgres.psql("truncate webhook_events, dead_deletions, dead_deleted_events restart identity")

    def states(self):
        return self.postgres.psql(
            "select string_agg(state || ' ' || n, ', ' order by state) from (select state, "
            "count(*) n from webhook_events group by 1) s"
        )

    def test_equal_causes_are_grouped(self):
        insert(self.postgres, 1, "dead", error="not JSON at byte 17", ago="3 days")
        insert(self.postgres, 2, "dead", error="not JSON at byte 4", ago="1 hour")
        insert(self.postgres, 3, "dead", error="not JSON at byte 4", kind="call.completed", ago="2 hours")
        insert(self.postgres, 4, "dead", error="value too long", sqlstate="22001")
        insert(self.postgres, 5, "retrying", error="not JSON at byte 4")
        result = self.json("dead groups")
        found = [(g["count"], g["reason"], g["event_type"], g["sqlstate"], g["sample"]) for g in result["groups"]]
        self.assertEqual(
            found,
            [
                (2, "not JSON at byte N", "message.received", None, 2),
                (1, "not JSON at byte N", "call.completed", None, 3),
                (1, "value too long", "message.received", "22001", 4),
            ],
        )
        self.assertLess(result["groups"][0]["first"], result["groups"][0]["last"])
        self.assertEqual((result["counted"], result["at_least"], result["causes"]), (4, False, 3))
        self.assertEqual(self.ok("dead groups").splitlines()[0], "4 dead, 3 causes")
        self.assertEqual(self.json("dead groups", "--sqlstate", "22001")["counted"], 1)
        self.assertEqual(self.json("dead groups", "--died-after", "1d", "--died-before", "90m")["counted"], 1)
        self.assertEqual(self.ok("dead groups", "--type", "none"), "no dead letters match\n")

    def test_replay_keeps_its_rate(self):
        many(self.postgres, 40, "dead", error="'broken'")
        start = time.monotonic()
        result = self.json("dead replay", "--all", "--yes", "--rate", "20", role="worker")
        self.assertGreater(time.monotonic() - start, 1.7)
        self.assertEqual((result["count"], self.states()), (40, "retrying 40"))

    def test_replay_of_many_continues_and_reports(self):
        many(self.postgres, 2500, "dead", error="'broken'")
        done = self.command("dead replay", "--all", "--yes", "--rate", "1000", role="worker")
        self.assertEqual((done.returncode, self.states()), (0, "retrying 2500"), done.stderr)
        self.assertRegex(done.stderr, r"(?m)^\d+ of 2500, \d+/s$")

    def test_replay_stops_on_a_signal(self):
        many(self.postgres, 100, "dead", error="'broken'")
        process = subprocess.Popen(
            [
                TRUNKLINE,
                "dead",
                "replay",
                "--all",
                "--yes",
                "--rate",
                "10",
                "--postgres",
                self.postgres.url_of("worker"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        wait_for(lambda: "retrying" in self.states(), "the first of them")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 1, err)
        self.assertRegex(out, r"\d+")
        self.assertIn("dead ", self.states())

    def test_delete_asks_and_is_noted(self):
        for number in (1, 2, 3):
            insert(self.postgres, number, "dead", error="broken" if number < 3 else "other")
        insert(self.postgres, 4, "retrying", error="broken")
        insert(self.postgres, 5)
        asked = self.command("dead delete", "--all", answer="no\n", role="owner")
        self.assertEqual(asked.returncode, 1)
        self.assertIn("3 dead letters", asked.stderr)
        refused = self.command("dead delete", "1", "--yes", role="worker")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("owner", refused.stderr)
        self.assertEqual(self.states(), "dead 3, processed 1, retrying 1")
        result = self.json("dead delete", "--all", "--error", "broken", "--reason", "a test", "--yes", role="owner")
        self.assertEqual((result["deleted"], self.states()), (2, "dead 1, processed 1, retrying 1"))
        record = self.postgres.psql(
            f"select role, person, selection, reason, events from dead_deletions where id = " f"{result['record']}"
        )
        user = os.environ.get("USER") or "root"
        self.assertRegex(record, r"^trunkline_owner\|%s@\S+\|--all --error 'broken'\|a test\|2$" % user)
        one = self.command("dead delete", "EV3", "EV4", "EV5", answer="yes\n", role="owner")
        self.assertEqual((one.returncode, self.states()), (1, "processed 1, retrying 1"), one.stderr)
        self.assertRegex(one.stderr, "EV4: .*retrying")
        self.assertEqual(self.ok("dead delete", "--all", "--yes", role="owner"), "0 deleted\n")
        self.assertEqual(self.command("dead delete", role="owner").returncode, 64)

    def test_delete_of_the_old_only(self):
        insert(self.postgres, 1, "dead", error="broken", ago="100 days")
        insert(self.postgres, 2, "dead", error="broken", ago="10 days")
        result = self.json("dead delete", "--all", "--died-before", "90d", "--yes", role="owner")
        self.assertEqual((result["deleted"], self.postgres.psql("select event_id from webhook_events")), (1, "EV2"))
