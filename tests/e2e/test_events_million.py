# SPDX-License-Identifier: Apache-2.0
"""A million rows: the read commands end within two seconds, whatever the filter excludes."""
import time
import unittest

from event_rows import TRUNKLINE, Commands, insert, many
from seeds import limit
from servers import Postgres, Redis

REASON = "'value ' || n || ' violates check constraint ' || n % 3"

# 200,000 activities of 2,000 contacts; the events above belong to the first 1000.
TALK = """insert into own_numbers values ('+14155550100', true);
  insert into contacts (phone, name) select '+1415556' || lpad(n::text, 4, '0'), 'x' from generate_series(1, 2000) n;
  insert into conversations (openphone_id, contact_id) select 'CN' || n, n from generate_series(1, 2000) n;
  insert into activities (openphone_id, activity_type, from_number, to_numbers, parties, contact_id, conversation_id)
  select 'AC' || n, 'message', '+1415556' || lpad((n % 2000 + 1)::text, 4, '0'), '{+14155550100}',
    array['+14155550100', '+1415556' || lpad((n % 2000 + 1)::text, 4, '0')], n % 2000 + 1, n % 2000 + 1
  from generate_series(0, 199999) n"""


class Million(Commands, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.redis = Redis()
        cls.postgres = Postgres(fsync="off", synchronous_commit="off", max_wal_size="4GB")
        cls.postgres.migrate(TRUNKLINE)
        cls.redis_url = cls.redis.url_of("operator")
        insert(cls.postgres, 7, activity="ACold", ago="100 days", kind="oldest.of.all")
        many(cls.postgres, 800000, "processed", first=200001)
        many(cls.postgres, 150000, "dead", first=1, error=REASON, sqlstate="'23514'")
        many(cls.postgres, 50000, "retrying", first=150001, error="'slow'")
        cls.postgres.psql(TALK)
        cls.postgres.psql("analyze")

    @classmethod
    def tearDownClass(cls):
        cls.redis.close()
        cls.postgres.close()

    def test_lists(self):
        for filters in (
            (),
            ("--state", "dead"),
            ("--state", "dead,retrying"),
            ("--type", "message.received"),
            ("--received-after", "1d", "--received-before", "20h"),
            ("--error", "constraint 2"),
            ("--id", "EVM77"),
            ("--state", "dead", "--error", "value 77 "),
        ):
            page = self.json("events list", *filters, within=2)
            self.assertTrue(page["events"] or page["next"], filters)

    def test_a_rare_match_is_found_or_the_list_names_where_to_continue(self):
        found, more = [], ()
        for _ in range(60):
            page = self.json("events list", "--type", "oldest.of.all", *more, within=2)
            found += page["events"]
            if page["next"] is None:
                break
            self.assertIsNotNone(page["searched_back"])
            more = ("--before", str(page["next"]))
        self.assertEqual([event["event_id"] for event in found], ["EV7"])

    def test_about_a_number_or_a_conversation(self):
        for filters in (("--phone", "+14155560008"), ("--conversation", "CN8")):
            page = self.json("events list", *filters, within=2)
            self.assertEqual({event["activity_id"] for event in page["events"]}, {"AC7"}, filters)
        for filters in (("--phone", "+14155550100"), ("--phone", "+14155561900"), ("--conversation", "CN1900")):
            page = self.json("events list", *filters, within=2)
            self.assertTrue(page["events"] or page["next"], filters)

    def test_show_by_ids(self):
        for name in ("EVM900000", "D900000", "1700000900000-0", "1"):
            self.assertIn(self.command("events show", name, within=2).returncode, (0, 3), name)
        self.assertEqual(self.json("events show", "EVM900000", within=2)["events"][0]["delivery_id"], "D900000")

    def test_dead_letters(self):
        self.assertEqual(len(self.json("dead list", within=2)["dead"]), 50)
        needle = self.json("dead list", "--error", "value 77 ", within=2)
        self.assertTrue(needle["dead"] or needle["searched_back"], needle)
        result = self.json("dead groups", within=2)
        self.assertEqual([group["reason"] for group in result["groups"]], ["value N violates check constraint N"])
        self.assertTrue(result["at_least"])
        self.assertLessEqual(result["counted"], 110000)
        self.assertIn("+ dead, 1+ causes", self.ok("dead groups", within=2))
        for filters in (
            ("--phone", "+14155560008"),
            ("--phone", "+14155550100"),
            ("--conversation", "CN8"),
            ("--received-after", "1d", "--received-before", "20h"),
            ("--died-before", "2020-01-01"),
            ("--sqlstate", "23505"),
        ):
            self.json("dead list", *filters, within=2)
            self.json("dead groups", *filters, within=2)

    def test_tail(self):
        start = time.monotonic()
        self.assertEqual(len(self.ok("events tail", "--count", "5").splitlines()), 5)
        self.ok("events tail", "--last", "0", "--stop-at", "300ms", "--interval", "100ms")
        self.assertLess(time.monotonic() - start, limit(4))
