# SPDX-License-Identifier: Apache-2.0
"""Payload to rows: each file of fixtures/payloads alone, through the real parser and store, against fixtures/rows.

TRUNKLINE_UPDATE_GOLDEN=1 rewrites the expected rows: read the difference before committing it.
"""
import base64
import glob
import json
import os
import subprocess
import unittest

from servers import Postgres

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)

PAYLOADS = os.path.join(TESTS, "fixtures", "payloads")
ROWS = os.path.join(TESTS, "fixtures", "rows")
BIN = os.environ["TRUNKLINE_BIN"]
EMPTY = (
    "truncate activities, recordings, contacts, contact_cards, conversations, conversation_links, own_numbers, "
    "webhook_events restart identity"
)


class GoldenRows(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres(fsync="off", synchronous_commit="off", full_page_writes="off")
        cls.postgres.migrate(os.path.join(BIN, "trunkline"))
        cls.applier = subprocess.Popen(
            [os.path.join(BIN, "test-applier"), "--postgres", cls.postgres.url_of("worker")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @classmethod
    def tearDownClass(cls):
        cls.applier.stdin.close()
        cls.applier.wait(30)
        cls.applier.stdout.close()
        cls.postgres.close()

    def rows_of(self, path):
        self.postgres.psql(EMPTY)
        with open(path, "rb") as file:
            body = base64.b64encode(file.read()).decode()
        self.applier.stdin.write(json.dumps({"connection": 0, "events": [body]}) + '\n{"barrier": true}\n')
        self.applier.stdin.flush()
        self.assertEqual([], json.loads(self.applier.stdout.readline())["errors"])
        return subprocess.run(
            [
                "psql",
                "-X",
                "-q",
                "-d",
                self.postgres.url_of("readonly"),
                "-f",
                os.path.join(TESTS, "support", "dump.sql"),
            ],
            check=True,
            capture_output=True,
            encoding="utf-8",
        ).stdout

    def test_each_payload_makes_its_rows(self):
        paths = sorted(glob.glob(os.path.join(PAYLOADS, "**", "*.json"), recursive=True))
        self.assertGreater(len(paths), 70)
        expected_files = set()
        for path in paths:
            golden = os.path.join(ROWS, os.path.relpath(path, PAYLOADS)[: -len(".json")] + ".txt")
            expected_files.add(golden)
            rows = self.rows_of(path)
            if os.environ.get("TRUNKLINE_UPDATE_GOLDEN") == "1":
                os.makedirs(os.path.dirname(golden), exist_ok=True)
                with open(golden, "w", encoding="utf-8") as file:
                    file.write(rows)
            with self.subTest(os.path.relpath(path, PAYLOADS)):
                self.assertTrue(os.path.exists(golden), "no expected rows: TRUNKLINE_UPDATE_GOLDEN=1 makes them")
                with open(golden, encoding="utf-8") as file:
                    self.assertEqual(file.read(), rows)
        left = set(glob.glob(os.path.join(ROWS, "**", "*.txt"), recursive=True)) - expected_files
        self.assertEqual(set(), left, "expected rows without a payload")
