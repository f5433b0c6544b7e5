# SPDX-License-Identifier: Apache-2.0
"""Statements are identified by the text that PostgreSQL keeps, and none is missing from the sums."""
import types
import unittest

import queries
import statements
from parts import statements as part


class Postgres:
    """The output of psql: columns separated by |."""

    def __init__(self, *lines):
        self.lines = lines

    def psql(self, _):
        return "\n".join(self.lines)


class Statements(unittest.TestCase):
    def test_no_two_of_our_statements_look_alike(self):
        self.assertEqual(len(statements.names()), len(queries.texts()))

    def test_one_is_known_without_its_comments_and_constants(self):
        self.assertEqual(
            statements.shape("-- why\nselect 'a', null::text, 1e6, true\n  from t where n = $1;\n"),
            statements.shape("select $2, $3::text, $4, $5 from t where n = $1"),
        )

    def test_costs_are_for_one_event(self):
        found = statements.each(
            Postgres(
                "2|500.5|40|8000|copy webhook_events (id) from  '/x'",
                "2|500.5|40|8000|copy webhook_events (id) from  '/x'",
                "1|10|0|0|BEGIN",
            ),
            "x",
            100,
        )
        self.assertEqual(
            found["copy webhook_events (id) from '/x'"], {"calls": 40, "us": 10.01, "pages": 0.8, "wal": 160}
        )
        self.assertEqual(found["BEGIN"], {"calls": 10, "us": 0.1, "pages": 0, "wal": 0})

    def test_small_parts_share_one_line_and_are_in_the_sum(self):
        def one(us):
            return {"calls": 1, "us": us, "pages": 2, "wal": 3}

        result = {
            "rounds": {
                "worker": [{"a": one(90.0), "b": one(0.1), "c": one(0.2)}, {"a": one(100.0), "b": one(0.3)}],
                "copy": [{"copy a": one(40), "copy b": one(10)}] * 2,
            }
        }
        ((_, lines),) = part.tables(result, types.SimpleNamespace(backlog=400, rounds=2))
        self.assertEqual(
            [line[0] for line in lines[1:]], ["a", "2 more", "all statements of the worker", "COPY of the same rows"]
        )
        self.assertEqual(
            [line[2] for line in lines[1:]],
            ["95.0 (90.0-100.0)", "0.3 (0.3-0.3)", "95.3 (90.3-100.3)", "50.0 (50.0-50.0)"],
        )
