# SPDX-License-Identifier: Apache-2.0
"""trunkline dead replay --dry-run: it predicts what a replay does, and it changes nothing."""
import json
import unittest

from event_rows import Commands, insert
from pipeline import Pipeline, wait_for

TABLES = (
    "webhook_events",
    "activities",
    "contacts",
    "contact_cards",
    "conversations",
    "conversation_links",
    "own_numbers",
    "recordings",
)
WORDS = "words that only two people know"


def message(name, line="+14155550100", conversation="CN1"):
    return json.dumps(
        {
            "id": "EV" + name,
            "type": "message.received",
            "createdAt": "2026-11-20T17:03:00.000Z",
            "data": {
                "object": {
                    "id": name,
                    "conversationId": conversation,
                    "direction": "incoming",
                    "from": "+14155550142",
                    "to": [line],
                    "text": WORDS,
                    "createdAt": "2026-11-20T17:03:00.000Z",
                }
            },
        }
    )


class DeadDryRun(Commands, unittest.TestCase):
    role = "worker"

    @classmethod
    def setUpClass(cls):
        cls.pipe = Pipeline()
        cls.postgres = cls.pipe.postgres

    @classmethod
    def tearDownClass(cls):
        cls.pipe.close()

    def setUp(self):
        self.postgres.psql("truncate " + ", ".join(TABLES) + " restart identity")

    def rows(self):
        return [self.postgres.psql(f"select to_jsonb(t) - 'updated_at' from {table} t order by 1") for table in TABLES]

    def test_reports_what_would_be_written_and_writes_nothing(self):
        number = insert(self.postgres, 1, "dead", error="broken", body=message("AC1"))
        before = self.rows()
        result = self.json("dead replay", str(number), "--dry-run")
        self.assertEqual(self.rows(), before)
        (event,) = result["rehearsed"]
        self.assertEqual((event["state"], result["would_be_applied"]), ("processed", 1))
        changes = {(change["change"], change["table"], change["key"]) for change in event["changes"]}
        self.assertEqual(
            changes,
            {
                ("update", "webhook_events", str(number)),
                ("insert", "activities", "AC1"),
                ("insert", "contacts", "+14155550142"),
                ("insert", "conversations", "CN1"),
                ("insert", "conversation_links", "+14155550100,+14155550142"),
                ("insert", "own_numbers", "+14155550100"),
            },
        )
        self.assertNotIn(WORDS, json.dumps(result))
        text = self.ok("dead replay", str(number), "--dry-run")
        self.assertRegex(text, r"1: would be processed\n  update webhook_events 1\n")
        self.assertRegex(text, r"(?m)^    state +'dead' -> 'processed'$")
        self.assertRegex(text, r"(?m)^    body +\(%d bytes\)$" % len(WORDS))
        self.assertIn("1 of 1 tried would be applied; nothing was changed", text)
        # The replay has the predicted outcome.
        self.ok("dead replay", str(number))
        wait_for(lambda: self.postgres.psql("select state from webhook_events") == "processed", "the replay")
        found = {
            ("insert", table, key)
            for table, column in (
                ("activities", "openphone_id"),
                ("contacts", "phone"),
                ("conversations", "openphone_id"),
                ("conversation_links", "party_key"),
                ("own_numbers", "phone"),
            )
            for key in self.postgres.psql(f"select {column} from {table}").split("\n")
        }
        self.assertEqual(found, {change for change in changes if change[0] == "insert"})

    def test_it_names_what_would_fail_again(self):
        insert(self.postgres, 1, "dead", error="broken", body=message("AC1"))
        insert(self.postgres, 2, "dead", error="broken", body='{"type": 1}')
        insert(self.postgres, 3, "dead", error="broken", body=message("AC3"))
        self.postgres.psql("alter table activities add constraint fault check (openphone_id <> 'AC1') not valid")
        self.addCleanup(self.postgres.psql, "alter table activities drop constraint fault")
        done = self.command("dead replay", "--all", "--dry-run")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^1: .*\(SQLSTATE 23514\)$")
        self.assertRegex(done.stdout, r"(?m)^2: .*dead")
        self.assertRegex(done.stdout, r"(?m)^3: .*processed")
        self.assertIn("1 of 3", done.stdout)
        self.assertEqual(self.postgres.psql("select distinct state from webhook_events"), "dead")

    def test_a_login_without_write_permission_counts_no_attempt(self):
        for number in (1, 2):
            insert(self.postgres, number, "dead", error="broken", body=message(f"AC{number}"))
            insert(self.postgres, number + 2, "retrying", error="broken", body=message(f"AC{number + 2}"))
        for verb in (
            ("dead replay", "--all", "--dry-run"),
            ("dead replay", "--all", "--dry-run", "--json"),
            ("dead replay", "--all"),
            ("events retry", "--all-due"),
        ):
            done = self.command(*verb, role="readonly", answer="yes\n")
            self.assertEqual((done.returncode, done.stdout), (1, ""), verb)
            # One line for all of them, without a question before it.
            self.assertRegex(
                done.stderr,
                r"\Atrunkline \w+ \w+: this login may not write; use trunkline_worker or "
                r"trunkline_owner \(.*\)\n\Z",
            )
        done = self.command("dead delete", "--all", role="worker", answer="yes\n")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\Atrunkline dead delete: [^\n]*\n\Z")
        self.assertEqual(self.postgres.psql("select count(*) from webhook_events where state = 'dead'"), "2")

    def test_a_database_of_another_schema(self):
        insert(self.postgres, 1, "dead", error="broken", body=message("AC1"))
        self.postgres.psql(
            "insert into schema_migrations (version, name, checksum, compatible_from) values " "(99, 'later', 'x', 99)"
        )
        self.addCleanup(self.postgres.psql, "delete from schema_migrations where version = 99")
        done = self.command("dead replay", "1", "--dry-run")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\b99\b")

    def test_how_many_of_how_many(self):
        for number in range(1, 24):
            insert(self.postgres, number, "dead", error="broken", body=message(f"AC{number}"), ago=f"{number} minutes")
        for options, tried in (((), 20), (("--limit", "2"), 2), (("--limit", "23"), 23), (("--limit", "1000"), 23)):
            result = self.json("dead replay", "--all", "--dry-run", *options)
            self.assertEqual(
                (len(result["rehearsed"]), result["would_be_applied"], result["chosen"], result["not_rehearsed"]),
                (tried, tried, 23, 23 - tried),
            )
        self.assertEqual(
            [event["id"] for event in self.json("dead replay", "--all", "--dry-run", "--limit", "2")["rehearsed"]],
            [23, 22],
            "the oldest",
        )
        self.assertTrue(
            self.ok("dead replay", "--all", "--dry-run", "--limit", "2").endswith(
                "2 of 2 tried would be applied; nothing was changed\n"
                "tried the oldest 2 of 23 matching events: use --limit N for more\n"
            )
        )
        self.assertTrue(self.ok("dead replay", "--all", "--dry-run", "--limit", "23").endswith("nothing was changed\n"))

    def test_a_replay_of_some(self):
        for number in range(1, 6):
            insert(self.postgres, number, "dead", error="broken", body=message(f"AC{number}"), ago=f"{number} minutes")
        result = self.json("dead replay", "--all", "--yes", "--limit", "2")
        self.assertEqual(([row["id"] for row in result["replayed"]], result["more"]), ([4, 5], True))
        result = self.json("dead replay", "--all", "--yes", "--limit", "3")
        self.assertEqual((result["count"], result["more"]), (3, False))
