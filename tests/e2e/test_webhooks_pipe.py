# SPDX-License-Identifier: Apache-2.0
"""trunkline webhooks test and deliveries: the provider's fake delivers into a whole pipe."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import json_schema  # noqa: E402
from pipeline import STANDARD_KEY, TRUNKLINE, Pipeline  # noqa: E402
from provider_api import KEY, ProviderApi  # noqa: E402
from servers import wait_for  # noqa: E402


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
            "1024", {"url": "https://hooks.example.com/x", "events": ["message.received", "call.completed"]}, STANDARD_KEY)
        self.api.hooks["1024"] = self.hook

    def webhooks(self, *arguments, code=0, answer=""):
        env = {**self.pipe.env, "OPENPHONE_API_KEY": KEY, "DATABASE_URL": self.pipe.postgres.url_of("readonly")}
        done = subprocess.run([TRUNKLINE, "webhooks", *arguments, "--api-url", self.api.url], env=env, input=answer,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def listed(self, *arguments, **more):
        done = self.webhooks("deliveries", *arguments, "--json", **more)
        return json_schema.check("webhooks deliveries", done.stdout)["deliveries"]

    def test_a_test_event_arrives(self):
        done = json_schema.check("webhooks test", self.webhooks("test", "1024", "--json").stdout)
        self.assertEqual((done["arrived"], done["state"]), (True, "processed"))
        self.assertRegex(self.webhooks("test", "1024").stdout, r"^arrived after .*: row \d+, processed$")

    def test_a_test_event_that_does_not_arrive(self):
        self.hook["key"] = ProviderApi.new_key()  # the gateway refuses it
        done = self.webhooks("test", "1024", "--wait", "1s", code=1)
        self.assertIn("not here after 1s; the provider's log says of msg_", done.stderr)
        self.assertIn(": failed", done.stderr)
        self.assertIn("eventType: not one of", self.webhooks("test", "1024", "--event", "no.such", code=1).stderr)
        self.assertIn("v1 has no test events", self.webhooks("test", "WH1", code=64).stderr)

    def test_gaps_are_found_and_filled(self):
        for number in range(60):  # more than a page
            self.api.happen(self.hook, "message.received", delivered=False, status="failed" if number < 3 else "pending")
        self.webhooks("test", "1024")
        every = self.listed()
        self.assertEqual((len(every), sum(item["row"] is not None for item in every)), (61, 1))
        missing = self.listed("1024", "--missing")
        self.assertEqual(len(missing), 60)
        self.assertTrue(all(item["row"] is None for item in missing))
        self.assertEqual(len(self.listed("--missing", "--limit", "7")), 7)
        self.assertIn("nothing was asked for", self.webhooks("deliveries", "--missing", "--redeliver", code=1).stderr)
        again = self.listed("--missing", "--redeliver", "--yes")
        self.assertEqual(sum(item["redelivery_asked"] for item in again), 3, "what is pending comes by itself")
        wait_for(lambda: len(self.listed("--missing")) == 57, "the redelivered ones")


if __name__ == "__main__":
    unittest.main()
