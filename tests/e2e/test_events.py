# SPDX-License-Identifier: Apache-2.0
"""trunkline events list, show, tail and retry on a real PostgreSQL and Redis, as the read-only roles."""
import json
import subprocess
import time
import unittest

import json_schema
from event_rows import TRUNKLINE, Commands, insert, many
from seeds import limit
from servers import Postgres, Redis, clean_environment, free_port

STREAM = "{trunkline}:deliveries"
HOSTILE = "\x1b[2Jgone\nforged"


class Events(Commands, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.redis, cls.postgres = Redis(), Postgres()
        cls.postgres.migrate(TRUNKLINE)
        cls.redis_url = cls.redis.url_of("operator")

    @classmethod
    def tearDownClass(cls):
        cls.redis.close()
        cls.postgres.close()

    def setUp(self):
        self.redis.command("FLUSHALL")
        self.postgres.psql(
            "truncate webhook_events, event_copies, activities, contacts, conversations, own_numbers, "
            "contact_cards restart identity"
        )

    def listed(self, *filters):
        return [event["id"] for event in self.json("events list", *filters)["events"]]

    def talk(self):
        """Inserts one activity with its contact and conversation, and two of its events."""
        self.postgres.psql(
            "insert into contacts (phone, name) values ('+14155550142', 'Ann');"
            "insert into conversations (openphone_id, contact_id) values ('CN1', 1);"
            "insert into own_numbers values ('+14155550100', false);"
            "insert into activities (openphone_id, activity_type, direction_k, from_number, to_numbers, parties, "
            "contact_id, conversation_id, body) values ('AC1', 'message', '2incoming', '+14155550142', "
            "'{+14155550100}', '{+14155550100,+14155550142}', 1, 1, 'the secret words')"
        )
        insert(self.postgres, 1, activity="AC1", ago="3 minutes")
        insert(self.postgres, 2, activity="AC1", ago="2 minutes")
        insert(self.postgres, 3, activity="AC9", ago="1 minute")

    def test_list_newest_first(self):
        insert(self.postgres, 1, ago="2 hours")
        insert(self.postgres, 2, "retrying", error="value 100% Too_Long", ago="1 hour", attempts=3)
        insert(self.postgres, 3, "dead", error="not JSON", kind="call.completed", ago="3 days")
        insert(self.postgres, 4, "ignored", kind="task.created", ago="1 minute")
        lines = self.ok("events list").splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["ID", "4", "2", "1", "3"])
        self.assertRegex(lines[2], r"^2 +20\S+Z +retrying +3 +message.received +EV2 +value 100% Too_Long$")
        for filters, expected in (
            (("--state", "retrying,dead"), [2, 3]),
            (("--state", "ignored"), [4]),
            (("--state", "processed,dead"), [1, 3]),
            (("--type", "call.completed"), [3]),
            (("--error", "too_long"), [2]),
            (("--error", "1__%"), []),
            (("--received-after", "90m"), [4, 2]),
            (("--received-after", "3h", "--received-before", "30m"), [2, 1]),
            (("--received-before", "2020-01-01"), []),
            (("--received-after", "2020-01-01 10:00", "--received-before", "2099-01-01T00:00:00+02:00"), [4, 2, 1, 3]),
        ):
            self.assertEqual(self.listed(*filters), expected, filters)
        self.assertEqual(self.ok("events list", "--type", "none"), "no events match\n")
        refused = self.command("events list", "--state", "paused")  # no event has that state
        self.assertEqual(refused.returncode, 78)
        self.assertIn("processed, ignored, retrying", refused.stderr)

    def test_the_canonical_name_of_a_type_means_all_its_spellings(self):
        """Rows keep the provider's spelling of a type; commands accept and print the name that metrics use."""
        kinds = [
            "call.started",
            "call.ringing",
            "call_summary.created",
            "callSummary",
            "call.summary.completed",
            "task.linked",
            "acme.new",
            "call.ended",
        ]
        for number, kind in enumerate(kinds, 1):
            insert(self.postgres, number, kind=kind)
        for kind, expected in (
            ("call.ringing", [1, 2]),
            ("call.started", [1]),
            ("call.summary.completed", [3, 4, 5]),
            ("callSummary", [4]),
            ("task", [6]),
            ("task.linked", [6]),
            ("task.created", []),
            ("acme.new", [7]),
            ("unknown", []),
            ("call.completed", [8]),
        ):
            self.assertEqual(sorted(self.listed("--type", kind)), expected, kind)
            tailed = self.ok("events tail", "--type", kind, "--stop-at", "1ms", "--json").splitlines()
            self.assertEqual(sorted(json.loads(line)["id"] for line in tailed), expected, kind)

    def test_pages(self):
        many(self.postgres, 25, "processed")
        seen, more = [], ()
        while True:
            page = self.json("events list", "--limit", "10", *more)
            seen += [event["id"] for event in page["events"]]
            if page["next"] is None:
                break
            more = ("--before", str(page["next"]))
        self.assertEqual(seen, list(range(25, 0, -1)))
        self.assertIn("continue with --before 16", self.ok("events list", "--limit", "10"))
        unknown = self.command("events list", "--before", "4711")
        self.assertEqual((unknown.returncode, "4711" in unknown.stderr), (1, True), unknown.stderr)

    def test_by_phone_and_conversation(self):
        self.talk()
        body = '{"from": "+14155550142", "conversationId": "CN1"}'
        insert(self.postgres, 4, "dead", error="broken", body=body, ago="1 second")
        for filters in (("--phone", "+14155550142"), ("--conversation", "CN1")):
            self.assertEqual(self.listed(*filters), [4, 2, 1], filters)
        self.assertEqual(self.listed("--phone", "+14155550100"), [2, 1], "one of ours")
        self.assertEqual(self.listed("--phone", "+14155550199"), [])

    def test_by_any_id(self):
        self.talk()
        self.postgres.psql("insert into event_copies values ('1800000000000-0', sha256('one2'), now())")
        for name, expected in (
            ("AC1", [2, 1]),
            ("EV3", [3]),
            ("DEL3", [3]),
            ("1700000000003-0", [3]),
            ("3", [3]),
            ("1800000000000-0", [2]),
            ("nothing", []),
        ):
            self.assertEqual(self.listed("--id", name), expected, name)

    def test_show_prints_every_effect(self):
        self.talk()
        self.postgres.psql("insert into event_copies values ('1800000000000-0', sha256('one2'), now())")
        for name in ("2", "EV2", "DEL2", "1700000000002-0", "1800000000000-0"):
            out = self.ok("events show", name, within=2)
            for line in (
                r"state +processed",
                r"scheme +standard, key 1",
                r"copies +1",
                r"copy +1800000000000-0, received 20",
                r"activities +id 1, openphone_id AC1",
                r"contacts +id 1, phone \+14155550142, name Ann",
                r"conversations +id 1, openphone_id CN1",
                r"stream entry +deleted",
            ):
                self.assertRegex(out, line)
            self.assertNotIn("secret words", out)
        event = self.json("events show", "2")["events"][0]
        self.assertEqual([row["table"] for row in event["touched"]], ["activities", "contacts", "conversations"])
        self.assertEqual((event["in_stream"], event["copies"][0]["entry_id"]), (False, "1800000000000-0"))
        both = self.json("events show", "AC1")["events"]
        self.assertEqual([event["id"] for event in both], [1, 2])
        self.assertEqual(self.command("events show", "2", "--raw").stdout, '{"id": "EV2"}')

    def test_show_of_an_event_that_is_only_in_redis(self):
        body = '{"id": "EVnew", "data": {"object": {"id": "ACnew"}}}'
        entry = self.redis.command(
            "XADD",
            STREAM,
            "*",
            "d",
            "01KAYQ8S6M6J0Y6V0W2T4X8Z1B",
            "t",
            "1795194181310",
            "s",
            "standard",
            "k",
            "1",
            "w",
            "msg_7",
            "b",
            body,
        )
        for name in (entry, "msg_7", "EVnew", "ACnew"):
            out = self.ok("events show", name, within=2)
            self.assertRegex(out, r"state +\S.*Redis")
            self.assertRegex(out, r"reader +none")
            self.assertNotIn("object", out)
            self.assertEqual(self.ok("events show", name, "--raw"), body)
        self.redis.command("XGROUP", "CREATE", STREAM, "workers", "0")
        self.redis.command("XREADGROUP", "GROUP", "workers", "host-1", "COUNT", "1", "STREAMS", STREAM, ">")
        waiting = self.json("events show", entry)["waiting"]
        self.assertEqual((waiting["reader"], waiting["times_read"], waiting["size"]), ("host-1", 1, len(body)))
        self.assertEqual(self.command("events show", "unheard-of").returncode, 1)

    def test_show_of_an_event_that_waits_for_the_end_of_a_pause(self):
        entry = self.redis.command(
            "XADD",
            STREAM,
            "*",
            "d",
            "01KAYQ8S6M6J0Y6V0W2T4X8Z1B",
            "t",
            "1795194181310",
            "s",
            "standard",
            "k",
            "1",
            "w",
            "msg_7",
            "b",
            '{"id": "EVnew"}',
        )
        self.redis.command("XGROUP", "CREATE", STREAM, "workers", "0")
        self.redis.command("XREADGROUP", "GROUP", "workers", "released", "COUNT", "1", "STREAMS", STREAM, ">")
        self.postgres.psql(
            "insert into controls (name, value, changed_at, reason, changed_by)"
            " values ('pause', 'on', now(), 'moving', 'ann@ops1')"
        )
        self.addCleanup(self.postgres.psql, "delete from controls where name = 'pause'")
        out = self.ok("events show", entry, within=2)
        self.assertRegex(out, r"(?m)^reader +none")
        self.assertRegex(out, r"(?m)^applying +\S+ by ann@ops1 since \S+: moving$")
        self.assertEqual(self.json("events show", entry)["pause"]["reason"], "moving")

    def test_show_when_redis_is_unreachable(self):
        insert(self.postgres, 1)
        nowhere = f"redis://127.0.0.1:{free_port()}/0"
        command = [TRUNKLINE, "events", "show", "--postgres", self.postgres.url_of("readonly"), "--redis", nowhere]

        def run(*more):
            return subprocess.run([*command, *more], capture_output=True, text=True, env=clean_environment())

        there = run("EV1", "--json")
        self.assertEqual(there.returncode, 0, there.stderr)
        self.assertIsNone(json_schema.check("events show", there.stdout)["events"][0]["in_stream"])
        missing = run("EV2")
        self.assertEqual(missing.returncode, 3)
        self.assertIn("Redis", missing.stderr)

    def test_hostile_text_cannot_move_the_cursor(self):
        insert(self.postgres, 1, "dead", error=HOSTILE, kind="a\x1b]0;t\x07b")
        for verb in (("events list",), ("events show", "1"), ("events tail", "--count", "1"), ("dead groups",)):
            out = self.ok(*verb)
            self.assertNotIn("\x1b", out)
            self.assertRegex(out, r"\\x1b\[[2N]Jgone\\x0aforged")

    def tail(self, *arguments):
        process = subprocess.Popen(
            [
                TRUNKLINE,
                "events",
                "tail",
                "--interval",
                "100ms",
                *arguments,
                "--postgres",
                self.postgres.url_of("readonly"),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def test_tail_follows_outcomes(self):
        insert(self.postgres, 1)
        waits = insert(self.postgres, 2, "retrying", error="broken", attempts=1)
        tail = self.tail("--last", "1", "--count", "5", "--json", "--stop-at", "2m")
        first = json_schema.check("events tail", tail.stdout.readline())
        self.assertEqual(first["id"], 2, "the newest row")
        # A row number that is committed after a higher one.
        self.postgres.psql("select nextval(pg_get_serial_sequence('webhook_events', 'id'))")
        insert(self.postgres, 4)
        self.assertEqual(json_schema.check("events tail", tail.stdout.readline())["id"], 4)
        self.postgres.psql(
            "insert into webhook_events (id, event_key, event_id, event_type, state, received_at, finished_at, "
            "delivery_id, entry_id, scheme, key_index, parser_version, payload) overriding system value values (3, "
            "sha256('late'), 'EVlate', 'x', 'processed', now(), now(), 'D', '1-1', 'hex', 0, 1, '{}')"
        )
        self.assertEqual(json_schema.check("events tail", tail.stdout.readline())["event_id"], "EVlate")
        self.postgres.psql(f"update webhook_events set attempts = 2, next_attempt_at = now() where id = {waits}")
        again = json_schema.check("events tail", tail.stdout.readline())
        self.assertEqual((again["id"], again["state"], again["attempts"]), (waits, "retrying", 2))
        self.assertGreater(again["outcome_at"], again["received_at"])
        self.postgres.psql(
            f"update webhook_events set state = 'processed', next_attempt_at = null, "
            f"finished_at = now() where id = {waits}"
        )
        done = json_schema.check("events tail", tail.stdout.readline())
        self.assertEqual((done["id"], done["state"]), (waits, "processed"))
        self.assertEqual(tail.wait(10), 0)

    def test_tail_of_few_lines_shows_the_newest(self):
        many(self.postgres, 12, "processed")
        lines = self.ok("events tail", "--count", "2").splitlines()
        self.assertEqual([line.split()[2] for line in lines], ["11", "12"])

    def test_tail_filters_and_ends(self):
        start = time.monotonic()
        self.assertEqual(self.ok("events tail", "--stop-at", "300ms", "--interval", "100ms"), "")
        self.assertLess(time.monotonic() - start, limit(5))
        tail = self.tail("--state", "dead", "--count", "1")
        insert(self.postgres, 1)
        insert(self.postgres, 2, "dead", error="broken")
        self.assertRegex(tail.stdout.readline(), r"Z  dead       2  message.received           EV2  broken$")
        self.assertEqual(tail.wait(10), 0)

    def test_tail_prints_the_time_of_each_outcome_in_columns(self):
        waits = insert(self.postgres, 1, "retrying", error="broken", attempts=1, ago="2 hours")
        insert(self.postgres, 2, ago="1 hour", kind="call.transcript.completed")
        for _ in range(9):
            self.postgres.psql("select nextval(pg_get_serial_sequence('webhook_events', 'id'))")
        tail = self.tail("--count", "5", "--stop-at", "2m")
        lines = [tail.stdout.readline(), tail.stdout.readline()]
        self.assertRegex(lines[0], r"^- {25}retrying   1  message\.received {11}EV1  attempt 1  broken$")
        start = self.postgres.psql("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
        self.postgres.psql(f"update webhook_events set attempts = 2 where id = {waits}")
        lines.append(tail.stdout.readline())
        insert(self.postgres, 3, "retrying", error="slow", attempts=1, ago="3 hours")
        lines.append(tail.stdout.readline())
        self.postgres.psql(
            f"update webhook_events set state = 'processed', next_attempt_at = null, "
            f"finished_at = now() where id = {waits}"
        )
        lines.append(tail.stdout.readline())
        self.assertEqual(
            [line.split()[1:3] for line in lines[2:]], [["retrying", "1"], ["retrying", "12"], ["processed", "1"]]
        )
        times = [line.split()[0] for line in lines[2:]]
        self.assertEqual(times, sorted(times), "not when it was received")
        self.assertLessEqual(start, times[0])
        self.assertEqual({line.index(" EV") for line in lines[3:]}, {lines[3].index(" EV")}, lines)
        self.assertEqual(tail.wait(10), 0)

    def test_tail_survives_a_restart_of_postgres(self):
        insert(self.postgres, 1)
        tail = self.tail("--count", "2", "--last", "1", "--stop-at", "60s")
        self.assertIn("EV1", tail.stdout.readline())
        self.postgres.stop()
        self.postgres.start()
        insert(self.postgres, 2)
        self.assertIn("EV2", tail.stdout.readline())
        self.assertEqual(tail.wait(10), 0)

    def test_retry_makes_due(self):
        for number in (1, 2, 3):
            insert(self.postgres, number, "retrying", error="mended" if number < 3 else "other")
        insert(self.postgres, 4, "dead", error="mended")
        self.postgres.psql(
            "update webhook_events set claims = 1, leased_until = now() + interval '1 minute' " "where id = 2"
        )

        def due():
            return self.postgres.psql(
                "select string_agg(id::text, ' ' order by id) from webhook_events " "where next_attempt_at <= now()"
            )

        refused = self.command("events retry", "EV1", role="readonly")
        self.assertEqual((refused.returncode, due()), (1, "∅"), refused.stderr)
        done = self.command("events retry", "EV4", "99", role="worker")
        self.assertEqual(done.returncode, 1)
        self.assertIn("dead", done.stderr)
        self.assertIn("99", done.stderr)
        self.assertEqual(self.command("events retry", "--all-due", role="worker").returncode, 1)
        self.assertEqual(due(), "∅")
        result = self.json("events retry", "--all-due", "--error", "mended", "--yes", role="worker")
        self.assertEqual((result["retried"], result["in_hand_or_gone"], due()), (1, 1, "1"))
        self.assertEqual(self.ok("events retry", "EV3", role="worker"), "1 made due now\n")
        self.assertEqual(due(), "1 3")
        self.assertEqual(self.command("events retry", role="worker").returncode, 64)
        self.assertEqual(self.command("events retry", "1", "--all-due", role="worker").returncode, 64)

    def test_wrong_values_are_rejected(self):
        for wrong in (
            ("--state", "lost"),
            ("--received-after", "yesterday"),
            ("--received-before", "2026-13-01"),
            ("--before", "x"),
        ):
            self.assertEqual(self.command("events list", *wrong).returncode, 78, wrong)
        self.assertEqual(self.command("events tail", "--stop-at", "soon").returncode, 78)
        self.assertEqual(self.command("events show").returncode, 64)
