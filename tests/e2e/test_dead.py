# SPDX-License-Identifier: Apache-2.0
"""trunkline dead list, show and replay on a real PostgreSQL."""
import os
import subprocess
import unittest

import json_schema
from servers import Postgres, free_port

BIN = os.environ["TRUNKLINE_BIN"]
# A body can contain any byte: NUL, invalid UTF-8, and all others.
RAW = b'{"id": "\x00' + bytes(range(256)) + b"\r\n"
JSON_TEXT = '{ "b":1,  "a":"\\u00e9 \\/",\n"a":2 }\n'


class Dead(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.postgres.migrate(f"{BIN}/trunkline")

    @classmethod
    def tearDownClass(cls):
        cls.postgres.close()

    def setUp(self):
        self.postgres.psql("truncate webhook_events, operator_log restart identity")

    def dead(self, *arguments, answer="", text=True):
        return subprocess.run(
            [f"{BIN}/trunkline", "dead", *arguments, "--postgres", self.postgres.url_of("worker")],
            input=answer if text else answer.encode(),
            capture_output=True,
            text=text,
            timeout=30,
        )

    def insert(self, number, state="dead", kind="message.received", error="it broke", ago="1 minute", raw=None):
        payload = "null" if raw is not None else "'%s'" % JSON_TEXT.replace("'", "''")
        bytes_ = "null" if raw is None else "'\\x%s'" % raw.hex()
        final = state in ("dead", "processed", "ignored")
        return self.postgres.psql(
            "insert into webhook_events (event_key, event_id, event_type, state, error_message, attempts, claims,"
            " next_attempt_at, received_at, finished_at, delivery_id, provider_delivery_id, entry_id, scheme,"
            " key_index, parser_version, payload, raw) values"
            f" (sha256('{number}'), 'EV{number}', '{kind}', '{state}', $${error}$$, 16, 1,"
            f" {'null' if final else 'now()'}, now() - interval '3 hours',"
            f" {'now() - interval ' + chr(39) + ago + chr(39) if final else 'null'},"
            f" 'DEL{number}', 'msg_{number}', '170000000000{number}-0', 'standard', 1, 1, {payload}, {bytes_})"
            " returning id"
        )

    def state(self, number):
        return self.postgres.psql(
            "select state, attempts, claims, error_message, finished_at is null, next_attempt_at <= now()"
            f" from webhook_events where event_id = 'EV{number}'"
        )

    def test_list_newest_first_with_reasons(self):
        self.insert(1, ago="2 days", error="old trouble")
        self.insert(2, ago="5 minutes", error="new trouble")
        self.insert(3, state="retrying")
        self.insert(4, state="processed")
        done = self.dead("list")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 3, done.stdout)
        self.assertRegex(lines[1], r"^2 +5 min +16 +message.received +EV2 +new trouble$")
        self.assertRegex(lines[2], r"^1 +2 d +16 +message.received +EV1 +old trouble$")

    def test_filters(self):
        self.insert(1, kind="call.completed", error="value 100% Too_Long")
        self.insert(2, error="other", ago="3 days")
        self.insert(3, error="other")

        def listed(*filters):
            return [
                d["id"] for d in json_schema.check("dead list", self.dead("list", "--json", *filters).stdout)["dead"]
            ]

        self.assertEqual(listed("--type", "call.completed"), [1])
        self.assertEqual(listed("--error", "too_long"), [1])
        self.assertEqual(listed("--error", "1__%"), [], "no wildcards")
        self.assertEqual(sorted(listed("--died-after", "2d")), [1, 3])
        self.assertEqual(len(listed("--limit", "1")), 1)
        self.assertIn("more dead letters match", self.dead("list", "--limit", "2").stdout)
        self.assertIn("no dead letters match", self.dead("list", "--type", "none").stdout)

    def test_hostile_text_cannot_move_the_cursor(self):
        self.insert(1, error="\x1b[2Jgone\nforged line", kind="a\x1b]0;t\x07b")
        for arguments in (("list",), ("show", "1")):
            out = self.dead(*arguments).stdout
            self.assertNotIn("\x1b", out)
            self.assertNotIn("\nforged", out)
            self.assertIn("\\x1b[2Jgone\\x0aforged line", out)

    def test_show_by_any_id(self):
        row = self.insert(7, error="not JSON: at byte 17")
        for name in (row, "EV7", "DEL7", "msg_7", "1700000000007-0"):
            done = self.dead("show", name)
            self.assertEqual(done.returncode, 0, done.stderr)
            for expected in (
                r"reason +not JSON: at byte 17",
                r"attempts +16",
                r"scheme +standard, key 1",
                r"entry_id +1700000000007-0",
                r"delivery_id +DEL7",
                r"state +dead",
            ):
                self.assertRegex(done.stdout, expected)
        event = json_schema.check("dead show", self.dead("show", row, "--json").stdout)["events"][0]
        self.assertEqual(
            (event["reason"], event["scheme"], event["attempts"]), ("not JSON: at byte 17", "standard", 16)
        )
        missing = self.dead("show", "4711")
        self.assertEqual(missing.returncode, 1)
        self.assertIn("4711", missing.stderr)

    def test_raw_is_exact(self):
        self.insert(1, raw=RAW)
        self.insert(2)
        self.assertEqual(self.dead("show", "1", "--raw", text=False).stdout, RAW)
        self.assertEqual(self.dead("show", "2", "--raw", text=False).stdout, JSON_TEXT.encode())

    def test_replay_one(self):
        self.insert(1)
        done = self.dead("replay", "EV1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"\A1: retrying")
        self.assertEqual(self.state(1), "retrying|0|0|it broke|t|t")
        again = self.dead("replay", "1")
        self.assertEqual(again.returncode, 1)
        self.assertIn("retrying", again.stderr)

    def test_a_replayed_failure_is_still_reported(self):
        self.insert(1, ago="2 days")
        self.insert(2, ago="2 days", error="")
        self.insert(3)
        self.assertEqual(self.dead("replay", "--all", "--yes").returncode, 0)
        self.postgres.psql(
            "update webhook_events set state = 'processed', error_message = null, finished_at = now(),"
            " next_attempt_at = null where event_id = 'EV1'"
        )
        event = json_schema.check("dead show", self.dead("show", "EV1", "--json").stdout)["events"][0]
        self.assertEqual((event["state"], event["attempts"], event["reason"]), ("processed", 0, None))
        (step,) = event["history"]
        self.assertEqual(
            (step["action"], step["login"], step["attempts"], step["reason"]),
            ("replay", "trunkline_worker", 16, "it broke"),
        )
        self.assertLess(step["finished_at"], step["at"])
        self.assertRegex(
            self.dead("show", "EV1").stdout,
            r"(?m)^replay +20\S+ by \S+@\S+ as trunkline_worker: was dead since 20\S+, 16 attempts, it broke$",
        )
        retried = subprocess.run(
            [f"{BIN}/trunkline", "events", "retry", "EV3", "--postgres", self.postgres.url_of("worker")],
            capture_output=True,
            text=True,
            timeout=30,
        )
        self.assertEqual(retried.returncode, 0, retried.stderr)
        steps = json_schema.check("dead show", self.dead("show", "EV3", "--json").stdout)["events"][0]["history"]
        self.assertEqual(
            [(each["action"], each["attempts"], each["finished_at"] is None) for each in steps],
            [("replay", 16, False), ("retry", 0, True)],
        )
        self.assertEqual(self.postgres.psql("select count(*) from operator_log where event_id is not null"), "4")
        self.insert(4)
        self.postgres.psql(
            "insert into operator_log (action, event_id, who) select 'retry', id, 'x'"
            " from webhook_events, generate_series(1, 21) where event_id = 'EV4'"
        )
        self.assertEqual(
            len(json_schema.check("dead show", self.dead("show", "EV4", "--json").stdout)["events"][0]["history"]), 20
        )
        self.assertIn("operator_log", self.dead("show", "EV4").stdout)

    def test_replay_leaves_others_alone(self):
        self.insert(1, state="processed")
        done = self.dead("replay", "1", "99")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "1: .*processed")
        self.assertIn("99: ", done.stderr)
        self.assertIn("0 replayed", done.stdout)

    def test_replay_of_many_asks(self):
        for number in range(1, 4):
            self.insert(number, error="mended" if number < 3 else "other")
        for answer in ("", "y\n", "no\n"):
            refused = self.dead("replay", "--all", answer=answer)
            self.assertEqual(refused.returncode, 1)
        self.assertTrue(self.state(1).startswith("dead|"))
        done = self.dead("replay", "--all", "--error", "mended", answer="yes\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("2 dead letters", done.stderr)
        self.assertEqual([self.state(n).split("|")[0] for n in (1, 2, 3)], ["retrying", "retrying", "dead"])

    def test_replay_all_yes_json(self):
        for number in range(1, 31):
            self.insert(number)
        done = self.dead("replay", "--all", "--yes", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json_schema.check("dead replay", done.stdout)
        self.assertEqual((result["count"], len(result["replayed"])), (30, 30))
        self.assertEqual(self.postgres.psql("select distinct state from webhook_events"), "retrying")

    def test_wrong_words_are_named(self):
        for words, program, problem in (
            (["events", "list", "--", "foo"], "trunkline events list", "unexpected argument: foo"),
            (["bogus"], "trunkline", "unknown command 'bogus'"),
            (["dead"], "trunkline dead", "a command is required"),
            (["dead", "bogus"], "trunkline dead", "unknown command 'bogus'"),
        ):
            done = subprocess.run([os.path.join(BIN, "trunkline"), *words], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (64, f"{program}: {problem}\nTry '{program} --help'.\n"))

    def test_exit_codes(self):
        self.assertEqual(self.dead("replay").returncode, 64)
        self.assertEqual(self.dead("replay", "1", "--all").returncode, 64)
        self.assertEqual(self.dead("replay", "1", "--type", "x").returncode, 64)
        self.assertEqual(self.dead("list", "--died-after", "soon").returncode, 78)
        self.assertEqual(self.dead("show").returncode, 64)
        away = subprocess.run(
            [f"{BIN}/trunkline", "dead", "list", "--postgres", f"postgresql://nobody@127.0.0.1:{free_port()}/none"],
            capture_output=True,
            timeout=30,
        )
        self.assertEqual(away.returncode, 3)
