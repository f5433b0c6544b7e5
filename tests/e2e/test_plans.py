# SPDX-License-Identifier: Apache-2.0
"""Plans that PostgreSQL made while its statistics reported empty tables do not outlast the first batches of a
backlog."""
import json
import os
import re

import queries
from servers import Postgres, Redis
from worker_harness import BIN, WorkerTest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NO_KEYS = {"own_numbers"}  # read as a whole: few rows
EVENTS, BATCH = 640, 10


def source(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def session_settings():
    return dict(re.findall(r"-c ([a-z_]+)=([a-z0-9_]+)", source("store/pg/schema_check.cpp")))


def scans(node):
    if "Relation Name" in node:
        yield node["Relation Name"], node.get("Index Cond", "")
    for below in node.get("Plans", []):
        yield from scans(below)


class Plans(WorkerTest):
    @classmethod
    def setUpClass(cls):
        cls.redis = Redis()
        cls.postgres = Postgres(
            **{
                "shared_preload_libraries": "pg_stat_statements",
                "pg_stat_statements.track_planning": "on",
                "autovacuum": "off",
            }
        )
        cls.postgres.migrate(os.path.join(BIN, "trunkline"))
        cls.postgres.psql("create extension pg_stat_statements")

    def setUp(self):
        super().setUp()
        self.sql("vacuum analyze")  # reports them as empty, unlike missing statistics

    def test_what_a_batch_names_is_looked_up_by_key_from_the_first_plan_on(self):
        settings = session_settings()
        self.assertEqual(settings["plan_cache_mode"], "force_generic_plan")
        settings = "".join(f"set {name} = {value};" for name, value in settings.items() if "." not in name)
        for name, arguments, tables in (
            ("look_up", 3, {"contacts", "conversations", "conversation_links"}),
            ("known_events", 1, {"webhook_events"}),
        ):
            nothing = ",".join(["null"] * arguments)
            plan = self.sql(
                f"{settings} prepare q as {queries.texts()[name].rstrip().rstrip(';')};\n"
                f"explain (format json) execute q({nothing})"
            )
            found = dict(each for one in json.loads(plan) for each in scans(one["Plan"]) if each[0] not in NO_KEYS)
            self.assertEqual(set(found), tables)
            for table, condition in found.items():
                self.assertIn(" = ", condition, (name, table))

    def test_plans_are_remade_while_the_tables_fill(self):
        self.sql("select pg_stat_statements_reset()")
        self.add_at_once(range(EVENTS))
        self.worker(threads=1, batch=BATCH)
        self.wait_drained()
        for name in ("merge_activities", "insert_events", "look_up"):
            lines = queries.texts()[name].splitlines()
            words = re.sub(r"'[^']*'|\bnull\b", "%", next(line for line in lines if not line.startswith("--")))
            plans, calls = map(
                int,
                self.sql("select sum(plans), sum(calls) from pg_stat_statements " f"where query like '{words}%'").split(
                    "|"
                ),
            )
            self.assertGreaterEqual(calls, EVENTS / BATCH, name)
            # After 1, 2, 4, 8, 16, 32 and 64 transactions, some of which are not batches.
            self.assertGreaterEqual(plans, 4, name)
            self.assertLessEqual(plans, 10, name)
