# SPDX-License-Identifier: Apache-2.0
"""trunkline send: every sample in every scheme through the whole pipeline, and what it leaves behind."""
import json
import os
import re
import subprocess
import tempfile
import unittest

import json_schema  # its folder is on the path since pipeline
from pipeline import HEX_KEY, LEGACY_KEY, STANDARD_KEY, TRUNKLINE, Pipeline, free_port, wait_for

STREAM = "{trunkline}:deliveries"
TABLES = (
    "activities",
    "contacts",
    "contact_cards",
    "conversations",
    "conversation_links",
    "own_numbers",
    "recordings",
    "webhook_events",
)
KINDS = [
    "message.received",
    "message.sent",
    "message.delivered",
    "message.failed",
    "call.started",
    "call.answered",
    "call.completed",
    "call.recording.completed",
    "call_summary.created",
    "call_transcript.created",
    "call.missed",
    "call.forwarded",
]
AI = ["call.completed", "call_summary.created", "call_transcript.created"]
OUTSIDER = json.dumps(
    {
        "type": "message.received",
        "data": {
            "object": {
                "id": "OUTSIDER1",
                "conversationId": "OUTSIDECONV",
                "direction": "incoming",
                "from": "+14155550142",
                "to": ["+14155550100"],
                "text": "kept",
                "createdAt": "2026-11-20T17:03:00.000Z",
            }
        },
    }
)


class Send(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipe = Pipeline()

    @classmethod
    def tearDownClass(cls):
        cls.pipe.close()

    def send(self, *words, **env):
        done = subprocess.run(
            [TRUNKLINE, "send", "--url", self.pipe.url, *words],
            env={**self.pipe.env, **env},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr

    def send_ok(self, *words):
        code, out, err = self.send(*words)
        self.assertEqual((code, err), (0, ""), out + err + self.pipe.tail())
        return out

    def file(self, text):
        handle, path = tempfile.mkstemp(suffix=".json")
        self.addCleanup(os.unlink, path)
        with os.fdopen(handle, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        return path

    def counts(self):
        return self.pipe.postgres.psql(" union all ".join(f"select '{t}', count(*) from {t}" for t in TABLES))

    def rows(self, sql):
        return self.pipe.postgres.psql(sql).split("\n")

    def sent_kinds(self, out):
        return re.findall(r"^ok    (\S+)\s+accepted as [0-9A-Z]{26}, stored in \d+ ms$", out, re.M)

    def test_all_in_every_scheme_leaves_nothing(self):
        self.send_ok(self.file(OUTSIDER))  # rows of other events must survive
        before = self.counts()
        for scheme in ("hex", "legacy", "standard"):
            with self.subTest(scheme):
                out = self.send_ok("all", "--scheme", scheme)
                self.assertEqual(self.sent_kinds(out), KINDS, out)
                self.assertIn("rows of this run removed", out)
                self.assertEqual(self.counts(), before)

    def test_numbers_of_other_users_are_left_alone(self):
        sql = self.pipe.postgres.psql
        sql(
            "insert into contacts (phone, name) select '+1' || area || '55501' || lpad(n::text, 2, '0'), 'somebody' "
            "from generate_series(200, 999) area, generate_series(0, 99) n on conflict do nothing"
        )
        self.addCleanup(sql, "delete from contacts where name = 'somebody'")
        code, _, err = self.send("media")
        self.assertEqual(code, 1)
        self.assertIn("fictitious numbers", err)
        sql(
            "delete from contacts where name = 'somebody' and phone in "
            "('+15035550120', '+14045550121', '+12015550122')"
        )
        before = self.counts()
        self.send_ok("all")
        self.assertEqual(self.counts(), before)

    def test_full_is_all_three(self):
        report = json_schema.check("send", self.send_ok("full", "--json"))
        self.assertTrue(report["ok"])
        self.assertTrue(report["removed"])
        self.assertEqual([d["name"] for d in report["deliveries"]], KINDS + ["message.received"] + AI)

    def test_media_keeps_four_urls(self):
        report = json_schema.check("send", self.send_ok("media", "--keep", "--json"))
        self.assertFalse(report["removed"])
        found = self.rows(
            "select jsonb_array_length(media_urls), media_urls ->> 3 from activities "
            f"where openphone_id = '{report['ids']}MEDIA'"
        )
        self.assertEqual(found, ["4|https://media.example.com/4.mp4"])

    def test_ai_stores_all_parts(self):
        out = self.send_ok("ai", "--keep")
        self.assertEqual(self.sent_kinds(out), AI)
        prefix = re.search(r"kept  rows with ids (TRUNKLINE-TEST-\w+-)\.\.\.", out).group(1)
        found = self.rows(
            "select ai_summary, jsonb_array_length(ai_key_points), jsonb_array_length(ai_next_steps), "
            "ai_sentiment, ai_transcript #>> '{dialogue,1,speaker}', duration_seconds, recording_url "
            f"from activities where openphone_id = '{prefix}AICALL'"
        )
        self.assertEqual(
            found,
            [
                "Caller wants a quote for porch windows.|2|1|positive|Customer|300|"
                f"https://api.example.com/recordings/{prefix}AICALL"
            ],
        )

    def test_only_fictitious_numbers(self):
        self.send_ok("all", "--keep")
        foreign = self.rows(
            "select phone from contacts where phone !~ '^\\+1[0-9]{3}55501[0-9]{2}$' union "
            "select phone from own_numbers where phone !~ '^\\+1[0-9]{3}55501[0-9]{2}$'"
        )
        self.assertEqual(foreign, [""])

    def test_a_file_is_sent_unchanged(self):
        body = b'{ "type": "message.received",\n "data": {"object": {"id": "FILE1", "text": "\xc3\xa9"}} }\n'
        path = self.file(body)
        self.assertRegex(self.send_ok(path), "accepted as .*, stored in")
        self.assertEqual(
            self.rows(
                "select encode(convert_to(payload::text, 'UTF8'), 'hex') from webhook_events "
                "where activity_id = 'FILE1'"
            ),
            [body.hex()],
        )
        self.assertIn("duplicate of", self.send_ok(path))
        unknown = self.file('{"type":"something.new","data":{"object":{"id":"FILE2"}}}')
        self.assertIn("ignored after", self.send_ok(path, unknown))

    def test_a_file_that_is_no_event_fails(self):
        code, out, _ = self.send(self.file("nonsense"))
        self.assertEqual(code, 1)
        self.assertRegex(out, "(?m)^FAIL  .* dead after \\d+ ms: the event is dead: ")

    def test_print_signs_and_sends_nothing(self):
        for scheme in ("hex", "legacy", "standard"):
            out = self.send_ok("media", "--print", "--scheme", scheme)
            event = "select state from webhook_events where activity_id = '%sMEDIA'" % re.search(
                r"TRUNKLINE-TEST-\w+-", out
            ).group(0)
            self.assertEqual((self.rows(event), self.pipe.redis.command("XLEN", STREAM)), ([""], 0))
            done = subprocess.run(["sh", "-c", out.rstrip() + " -sS --noproxy '*'"], capture_output=True, text=True)
            self.assertEqual((done.stdout, done.stderr), ('{"status":"accepted"}', ""))
            wait_for(lambda: self.rows(event) == ["processed"], "the printed delivery to be processed")

    def test_the_first_key_chooses_the_scheme(self):
        for key, scheme in (
            (HEX_KEY, "x-openphone-signature-v1: "),
            (LEGACY_KEY, "openphone-signature: hmac;1;"),
            (STANDARD_KEY, "webhook-signature: v1,"),
        ):
            self.assertIn(scheme, self.send_ok("media", "--print", "--signing-key", key))

    def test_a_key_that_the_gateway_does_not_have(self):
        code, out, _ = self.send("media", "--signing-key", "some other key of ours")
        self.assertEqual(code, 1)
        self.assertRegex(out, r"^FAIL  message.received\s+rejected, delivery \w{26}: the gateway responds 403")
        self.assertIn("rows of this run removed", out)

    def test_usage_and_configuration(self):
        self.assertEqual(self.send()[0], 64)
        code, _, err = self.send("everything")
        self.assertEqual(code, 64)
        self.assertIn("all, media, ai, full", err)
        self.assertEqual(self.send("all", "media")[0], 64)
        self.assertEqual(self.send("all", TRUNKLINE_SIGNING_KEYS="")[0], 78)
        self.assertEqual(self.send("all", "--signing-key", HEX_KEY, "--scheme", "standard")[0], 78)
        done = subprocess.run([TRUNKLINE, "send", "all", "--url", "ftp://x"], env=self.pipe.env, capture_output=True)
        self.assertEqual(done.returncode, 78)

    def test_an_unreachable_server(self):
        nowhere = f"http://127.0.0.1:{free_port()}"
        done = subprocess.run(
            [TRUNKLINE, "send", "media", "--url", nowhere], env=self.pipe.env, capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot connect to", done.stdout)
        code, _, err = self.send("all", DATABASE_URL=f"postgresql://trunkline@127.0.0.1:{free_port()}/trunkline")
        self.assertEqual(code, 3)
        self.assertIn("PostgreSQL", err)

    def test_no_worker(self):
        self.pipe.end(self.pipe.worker)
        try:
            code, out, _ = self.send("all", "--wait", "500ms")
        finally:
            self.pipe.worker = self.pipe.start_worker()
            wait_for(lambda: self.pipe.redis.command("XLEN", STREAM) == 0, "the worker to catch up")
        self.assertEqual(code, 1)
        self.assertIn("check that a worker runs", out)
        self.assertEqual(out.count("accepted as"), 1, "the rest would end the same way")
        self.assertIn("may remain", out)

    def test_redis_unreachable(self):
        self.pipe.redis.kill()
        try:
            code, out, _ = self.send("all")
        finally:
            self.pipe.redis.start()
        self.assertEqual((code, out.count("the gateway responds 503")), (1, 1), out)
        wait_for(lambda: self.send("media")[0] == 0, "the gateway to accept again")

    def test_a_database_without_tables(self):
        empty = self.pipe.postgres.new_database("empty", role="owner")
        code, _, err = self.send("all", DATABASE_URL=empty)
        self.assertEqual(code, 1)
        self.assertIn("trunkline migrate", err)
