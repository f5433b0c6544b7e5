# SPDX-License-Identifier: Apache-2.0
"""`trunkline events` and `trunkline dead` have the same filters for all commands; an empty one is rejected."""
import subprocess
import unittest

from event_rows import TRUNKLINE, Commands, insert, many
from servers import Postgres, clean_environment

ANN, LINE = "+14155550142", "+14155550100"
TALK = f"""insert into contacts (phone, name) values ('{ANN}', 'Ann');
  insert into conversations (openphone_id, contact_id) values ('CN1', 1);
  insert into own_numbers values ('{LINE}', false);
  insert into activities (openphone_id, activity_type, direction_k, from_number, to_numbers, parties, contact_id,
    conversation_id) values ('AC1', 'message', '2incoming', '{ANN}', '{{{LINE}}}', '{{{LINE},{ANN}}}', 1, 1)"""
LOOKS = ("dead list", "dead groups")
# What each filter selects of the five rows that setUp() inserts.
FILTERS = (
    (("--phone", ANN), [1, 2]),
    (("--phone", "(415) 555-0142"), [1, 2]),
    (("--phone", LINE), [2]),
    (("--phone", "+14155550199"), []),
    (("--conversation", "CN1"), [1, 2]),
    (("--conversation", "CN9"), []),
    (("--type", "call.completed"), [3]),
    (("--type", "call.ringing"), [4]),
    (("--type", "call.started"), [4]),
    (("--type", "message.received"), [1, 2]),
    (("--type", "message.created"), []),
    (("--type", "acme.new"), [5]),
    (("--type", "unknown"), []),
    (("--error", "100%"), [3]),
    (("--sqlstate", "23514"), [4]),
    (("--received-after", "90m"), [1, 2]),
    (("--received-before", "90m"), [3, 4, 5]),
    (("--received-after", "5h", "--received-before", "150m"), [3, 4]),
    (("--received-after", "2020-01-01T00:00+02:00", "--received-before", "2020-02-01"), [5]),
    (("--phone", ANN, "--type", "x"), []),
)
DEATHS = (
    (("--died-after", "90m"), [1, 2]),
    (("--died-before", "90m"), [3, 4, 5]),
    (("--died-after", "2020-01-01", "--died-before", "2020-02-01T00:00:00Z"), [5]),
    (("--died-after", "2099-01-01"), []),
    (("--died-after", "999999999d"), [1, 2, 3, 4, 5]),
    (("--died-before", "999999999d"), []),
    (("--died-after", "5h", "--died-before", "90m"), [3, 4]),
)


class Filters(Commands, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.postgres.migrate(TRUNKLINE)
        cls.postgres.psql(TALK)

    @classmethod
    def tearDownClass(cls):
        cls.postgres.close()

    def setUp(self):
        self.fill("dead")

    def fill(self, state):
        self.postgres.psql("truncate webhook_events restart identity")
        insert(
            self.postgres, 1, state, error="broken", body=f'{{"from": "{ANN}", "conversationId": "CN1"}}', ago="1 hour"
        )
        insert(self.postgres, 2, state, error="broken", activity="AC1", ago="70 minutes")
        insert(self.postgres, 3, state, error="value 100% long", kind="call.completed", ago="3 hours")
        insert(self.postgres, 4, state, error="violates", kind="call.started", sqlstate="23514", ago="4 hours")
        insert(self.postgres, 5, state, error="oldest", kind="acme.new")
        when = "received_at = '2020-01-15', finished_at = " + ("'2020-01-15'" if state == "dead" else "null")
        self.postgres.psql(f"update webhook_events set {when} where id = 5")

    def left(self, state):
        """Rows that have left that state, or no longer exist."""
        rows = self.postgres.psql(
            f"select n from generate_series(1, 5) n where not exists (select from webhook_events "
            f"where id = n and state = '{state}') order by n"
        )
        return [int(row) for row in rows.split()]

    def test_lists_and_groups(self):
        for filters, expected in FILTERS + DEATHS:
            found = [letter["id"] for letter in self.json("dead list", *filters)["dead"]]
            self.assertEqual(sorted(found), expected, filters)
            self.assertEqual(self.json("dead groups", *filters)["counted"], len(expected), filters)
        for filters, expected in FILTERS:
            found = [event["id"] for event in self.json("events list", "--state", "dead", *filters)["events"]]
            self.assertEqual(sorted(found), expected, filters)

    def test_replay(self):
        for filters, expected in FILTERS + DEATHS:
            with self.subTest(filters):
                result = self.json("dead replay", "--all", "--yes", *filters, role="worker")
                self.assertEqual((result["count"], self.left("dead")), (len(expected), expected))
                self.fill("dead")

    def test_delete(self):
        for filters, expected in FILTERS + DEATHS:
            with self.subTest(filters):
                result = self.json("dead delete", "--all", "--yes", *filters, role="owner")
                self.assertEqual((result["deleted"], self.left("dead")), (len(expected), expected))
                self.fill("dead")

    def test_retry(self):
        for filters, expected in FILTERS:
            with self.subTest(filters):
                self.fill("retrying")
                result = self.json("events retry", "--all-due", "--yes", *filters, role="worker")
                due = self.postgres.psql("select id from webhook_events where next_attempt_at <= now() order by id")
                self.assertEqual((result["retried"], due.split()), (len(expected), [str(n) for n in expected]))

    def test_an_empty_filter_is_no_filter_for_all(self):
        """dead delete --all --phone "$PHONE" in a script where PHONE is not set."""
        for option in (
            "--type",
            "--error",
            "--sqlstate",
            "--phone",
            "--conversation",
            "--received-after",
            "--received-before",
        ):
            for verb in (
                ("dead delete", "--all", "--yes"),
                ("dead replay", "--all", "--yes"),
                ("events retry", "--all-due", "--yes"),
                ("dead list",),
                ("dead groups",),
                ("events list",),
            ):
                done = self.command(*verb, option, "", role="owner")
                self.assertEqual((done.returncode, done.stdout), (78, ""), (verb, option))
                self.assertIn(f"{option}: ", done.stderr)
        for option in ("--died-after", "--died-before"):
            self.assertEqual(self.command("dead delete", "--all", "--yes", option, "", role="owner").returncode, 78)
        self.assertEqual(self.command("events tail", "--state", "").returncode, 78)
        self.assertEqual(self.left("dead"), [])

    def test_an_empty_id_is_rejected(self):
        for verb in ("dead delete", "dead replay", "dead show", "events show", "events retry"):
            done = self.command(verb, "", role="owner")
            self.assertEqual((done.returncode, done.stdout), (64, ""), verb)

    def test_wrong_times(self):
        for verb in ("dead list", "dead groups", "dead replay", "dead delete"):
            for option in ("--died-after", "--died-before", "--received-after", "--received-before"):
                done = self.command(verb, option, "yesterday", role="owner")
                self.assertEqual(done.returncode, 78, done.stderr)
                self.assertIn(option, done.stderr)

    def test_a_login_without_write_permission_is_reported(self):
        for verb in (("dead replay", "1"), ("events retry", "--all-due", "--yes"), ("dead delete", "1", "--yes")):
            self.fill("retrying" if verb[0] == "events retry" else "dead")
            done = self.command(*verb)
            self.assertEqual((done.returncode, done.stdout), (1, ""), verb)
            self.assertRegex(done.stderr, "trunkline_worker|owner")

    def test_a_reader_that_leaves_and_a_full_disk(self):
        many(self.postgres, 3000, "dead", first=10, error="'broken'")
        command = f"{TRUNKLINE} dead list --limit 3000 --postgres {self.postgres.url_of('readonly')}"

        def run(rest):
            return subprocess.run(
                ["bash", "-o", "pipefail", "-c", command + rest],
                capture_output=True,
                text=True,
                env=clean_environment(),
                check=False,
            )

        head = run(" | head -n 1")
        self.assertEqual((head.returncode, head.stderr, head.stdout[:2]), (0, "", "ID"))
        full = run(" > /dev/full")
        self.assertEqual((full.returncode, full.stderr), (1, "trunkline: cannot write to standard output\n"))
