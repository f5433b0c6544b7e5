# SPDX-License-Identifier: Apache-2.0
"""Runs tests/e2e/recipe, the cURL recipe of OpenPhone's integration guide, on private ports."""
import os
import subprocess
import unittest

from pipeline import HEX_KEY, LEGACY_KEY, Pipeline, clean_environment

HERE = os.path.dirname(os.path.abspath(__file__))


class Recipe(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # A key copied from the app as well: its text is the key of the recipe's scheme.
        cls.app_key = LEGACY_KEY.removeprefix("legacy:")
        cls.pipe = Pipeline(keys=(HEX_KEY, cls.app_key))

    @classmethod
    def tearDownClass(cls):
        cls.pipe.close()

    def recipe(self, key, port=None, database=None):
        env = clean_environment(SIGNING_KEY=key, PORT=str(port or self.pipe.port), no_proxy="*")
        if database:
            env["DATABASE_URL"] = database
        done = subprocess.run([os.path.join(HERE, "recipe")], env=env, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def test_the_row_arrives(self):
        for key in (HEX_KEY, self.app_key):  # the second delivery is a duplicate: nothing changes
            code, out, err = self.recipe(key, database=self.pipe.postgres.url_of("readonly"))
            self.assertEqual(
                (code, out, err),
                (0, "accepted\nstored: one incoming message TEST123 without contact\n", ""),
                self.pipe.tail(),
            )
        self.assertEqual(
            self.pipe.postgres.psql("select count(*), min(state), bool_and(processed) from webhook_events"),
            "1|processed|t",
        )
        self.assertEqual(self.pipe.postgres.psql("select count(*) from contacts"), "0")

    def test_another_key_is_rejected(self):
        code, out, err = self.recipe("another key")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("403", err)

    def test_no_gateway_listens(self):
        code, out, err = self.recipe(HEX_KEY, port=1)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("no answer from port 1", err)
