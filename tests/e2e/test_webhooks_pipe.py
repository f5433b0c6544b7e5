# SPDX-License-Identifier: Apache-2.0
"""trunkline webhooks test and deliveries: the fake of the provider delivers into a whole pipeline."""
import os
import signal
import subprocess
import threading
import unittest

import json_schema
from pipeline import LEGACY_KEY, STANDARD_KEY, TRUNKLINE, Pipeline
from provider_api import KEY, SAMPLE, ProviderApi
from servers import free_port, wait_for


class Pipe(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipe = Pipeline()

    @classmethod
    def tearDownClass(cls):
        cls.pipe.close()

    def setUp(self):
        self.api = ProviderApi(deliver_to=self.pipe.url)
        self.addCleanup(self.api.close)
        self.hook = self.api.hooks["1024"] = self.api.new_hook(
            "1024",
            {"url": "https://hooks.example.com/x", "events": ["message.received", "call.completed"]},
            STANDARD_KEY,
        )
        self.api.hooks["1024"] = self.hook

    def webhooks(self, *arguments, code=0, answer=""):
        env = {**self.pipe.env, "OPENPHONE_API_KEY": KEY, "DATABASE_URL": self.pipe.postgres.url_of("readonly")}
        done = subprocess.run(
            [TRUNKLINE, "webhooks", *arguments, "--api-url", self.api.url],
            env=env,
            input=answer,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def report(self, *arguments, **more):
        done = self.webhooks("deliveries", *arguments, "--json", **more)
        return json_schema.check("webhooks deliveries", done.stdout)

    def listed(self, *arguments, **more):
        return self.report(*arguments, **more)["deliveries"]

    def rows_of_samples(self):
        return int(self.pipe.postgres.psql(f"select count(*) from webhook_events where payload ->> 'id' = '{SAMPLE}'"))

    def tried(self, *arguments, **more):
        return json_schema.check("webhooks test", self.webhooks("test", "1024", *arguments, "--json", **more).stdout)

    def paused_worker(self):
        os.kill(self.pipe.worker.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.pipe.worker.pid, signal.SIGCONT)

    def test_a_test_event_arrives(self):
        done = self.tried()
        self.assertEqual((done["arrived"], done["state"], done["event_id"]), (True, "processed", SAMPLE))
        self.assertEqual(done["delivery"], self.api.deliveries["1024"][-1][0]["id"])
        self.assertRegex(self.webhooks("test", "1024").stdout, r"^arrived after .*: row \d+, processed$")
        self.assertEqual(self.listed()[0]["event_id"], None, "as the provider's log is")

    def test_an_earlier_sample_is_no_arrival(self):
        self.tried()
        good = self.hook["key"]
        self.hook["key"] = ProviderApi.new_key()  # the gateway rejects it
        done = self.webhooks("test", "1024", "--wait", "3s", code=1)
        refused = self.api.deliveries["1024"][-1]
        self.assertIn(f"no test event after 3s; the provider's log shows {refused[0]['id']}: failed", done.stderr)
        self.assertRegex(done.stderr, r"requests rejected meanwhile: 1 \([a-z_]+ 1\)")
        # The provider retries that delivery while the next test runs: it is not the next one.
        self.hook["key"] = good
        before = self.rows_of_samples()
        self.api.deliver_to = None
        again = threading.Thread(target=self.deliver_when_asked, args=refused)
        again.start()
        done = self.tried("--wait", "2s", code=1)
        again.join()
        self.assertEqual((done["arrived"], done["in_redis"]), (False, False))
        self.assertEqual(self.rows_of_samples(), before + 1)

    def deliver_when_asked(self, item, body):
        wait_for(lambda: self.api.deliveries["1024"][-1][0] is not item, "the next test event")
        headers = self.api.sign(self.hook, item, body)
        self.api.deliver_to = self.pipe.url
        self.api.post(headers, item, body)

    def test_a_second_sample_of_the_older_signature_is_a_copy(self):
        self.hook["key"] = LEGACY_KEY.removeprefix("legacy:")
        self.api.old_scheme.add("1024")
        first, second = self.tried("--event", "call.completed"), self.tried("--event", "call.completed")
        self.assertTrue(first["arrived"] and second["arrived"])
        self.assertEqual((second["row"], second["delivery"]), (first["row"], None))
        self.api.deliver_to = None
        self.assertFalse(self.tried("--event", "call.completed", "--wait", "0s", code=1)["arrived"])

    def test_the_place_of_a_waiting_test_event_is_reported(self):
        self.paused_worker()
        done = self.webhooks("test", "1024", "--wait", "1s", code=1)
        self.assertIn("; it waits in Redis for a worker", done.stderr)

    def test_what_is_no_test(self):
        self.assertIn("eventType: not one of", self.webhooks("test", "1024", "--event", "no.such", code=1).stderr)
        self.assertIn("v1 has no test events", self.webhooks("test", "WH1", code=64).stderr)
        away = self.webhooks("test", "1024", "--redis", f"redis://127.0.0.1:{free_port()}", code=3)
        self.assertIn("Redis is unreachable", away.stderr)

    def test_gaps_are_found_and_filled(self):
        for number in range(60):  # more than a page
            self.api.happen(
                self.hook, "message.received", delivered=False, status="failed" if number < 3 else "pending"
            )
        self.webhooks("test", "1024")
        every = self.listed()
        self.assertEqual((len(every), sum(item["row"] is not None for item in every)), (61, 1))
        missing = self.listed("1024", "--missing")
        self.assertEqual(len(missing), 60)
        self.assertTrue(all(item["place"] == "missing" for item in missing))
        self.assertIn("no redelivery requested", self.webhooks("deliveries", "--missing", "--redeliver", code=1).stderr)
        again = self.report("--missing", "--redeliver", "--yes", "--limit", "7")
        self.assertEqual((len(again["deliveries"]), again["more"]), (7, True))
        self.assertEqual(again["redeliveries_requested"], 3, "what is pending comes by itself; --limit is of the list")
        wait_for(lambda: self.report("--missing")["missing"] == 57, "the redelivered ones")

    def test_one_rejected_by_the_provider_does_not_stop_the_others(self):
        for _ in range(3):
            self.api.happen(self.hook, "message.received", delivered=False)
        self.api.faults = [None, (404, {})]
        done = self.webhooks("deliveries", "1024", "--missing", "--redeliver", "--yes", "--json", code=1)
        self.assertIn("404", done.stderr)
        self.assertEqual(json_schema.check("webhooks deliveries", done.stdout)["redeliveries_requested"], 2)

    def test_the_log_is_read_so_far(self):
        for _ in range(1150):
            self.api.happen(self.hook, "message.received", delivered=False, status="pending")
        self.api.takes = 0.12  # 23 pages: longer than the 2 s after which progress is printed
        whole = self.webhooks("deliveries", "1024", "--missing", "--json")
        self.api.takes = 0
        found = json_schema.check("webhooks deliveries", whole.stdout)
        self.assertEqual((found["read"], found["log_cut"], found["more"]), (1150, False, True))
        self.assertRegex(whole.stderr, r"(?m)^\d+ deliveries read$", "what takes longer says how far it is")
        self.api.requests.clear()
        found = self.report("1024", "--missing", "--pages", "2")
        self.assertEqual((found["read"], found["log_cut"], len(self.api.requests)), (100, True, 2))
        self.assertIn("--pages", self.webhooks("deliveries", "1024", "--missing", "--pages", "2").stdout)
        self.api.requests.clear()
        found = self.report("1024", "--limit", "20")
        self.assertEqual((len(found["deliveries"]), found["more"], len(self.api.requests)), (20, True, 1))

    def test_waiting_or_dead_events_are_not_missing(self):
        dead = self.api.happen(self.hook, "message.received", delivered=False)
        self.api.deliver(self.hook, dead, b"not JSON")
        wait_for(
            lambda: self.pipe.postgres.psql(f"select state from webhook_events where event_id = '{dead['id']}'")
            == "dead",
            "the dead letter",
        )
        self.paused_worker()
        waiting = self.api.happen(self.hook, "message.received")
        self.api.old_scheme.add("1024")
        self.hook["key"] = LEGACY_KEY.removeprefix("legacy:")
        older = self.api.happen(self.hook, "call.completed")
        wait_for(
            lambda: waiting["status"] == older["status"] == "success"
            and self.pipe.redis.command("XLEN", "{trunkline}:deliveries") == 2,
            "both in Redis",
        )
        gone = self.api.happen(self.hook, "message.received", delivered=False)
        found = {item["id"]: item for item in self.listed("1024")}
        self.assertEqual(
            [found[item["id"]]["place"] for item in (dead, waiting, older, gone)], ["row", "queue", "queue", "missing"]
        )
        self.assertEqual(found[dead["id"]]["state"], "dead")
        asked = self.report("1024", "--missing", "--redeliver", "--yes")
        self.assertEqual(
            ([item["id"] for item in asked["deliveries"]], asked["waiting"], asked["redeliveries_requested"]),
            ([gone["id"]], 2, 1),
        )
        os.kill(self.pipe.worker.pid, signal.SIGCONT)
        wait_for(lambda: {item["place"] for item in self.listed("1024")} == {"row"}, "all of them")

    def test_without_redis_nothing_is_reported_missing(self):
        self.api.happen(self.hook, "message.received", delivered=False)
        done = self.webhooks(
            "deliveries", "--redeliver", "--yes", "--json", "--redis", f"redis://127.0.0.1:{free_port()}", code=3
        )
        found = json_schema.check("webhooks deliveries", done.stdout)
        self.assertEqual(
            (found["deliveries"][0]["place"], found["unknown"], found["redeliveries_requested"]), ("unknown", 1, 0)
        )
        self.assertIn("deliveries without a row may wait there", done.stderr)

    def test_rotate_ends_the_old_one_when_the_new_one_works(self):
        refused = self.webhooks("rotate", "1024", "--yes", "--wait", "1s", code=1)
        self.assertIn("no test event arrived through 1025; the provider's log shows msg_", refused.stderr)
        self.assertEqual(set(self.api.hooks), {"1024", "1025"}, "the old one stays")
        self.api.hooks.pop("1025")
        keys = os.path.join(self.pipe.redis.folder, "rotated-keys")
        self.api.new_key = lambda: STANDARD_KEY  # one that the gateway stored
        result = json_schema.check(
            "webhooks rotate",
            self.webhooks("rotate", "1024", "--yes", "--wait", "8s", "--json", "--keys-file", keys).stdout,
        )
        self.assertEqual(
            (result["old_deleted"], result["replaces"], list(self.api.hooks)), (True, "1024", [result["id"]])
        )
        self.webhooks("rotate", result["id"], "--yes", "--wait", "8s", "--json", code=64)
        self.webhooks("rotate", "WH1", "--wait", "8s", code=64)
