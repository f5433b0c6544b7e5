# SPDX-License-Identifier: Apache-2.0
"""Measures the cost of statements with pg_stat_statements: the sums of EXPLAIN (ANALYZE, BUFFERS, WAL) over a whole
backlog. The work of COMMIT, including the sync, is not part of it."""
import re

import queries

SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.max": "1000"}
SEEN = """
select calls, total_exec_time * 1000, shared_blks_hit + shared_blks_read, wal_bytes, replace(query, E'\\n', E'\\x1e')
  from pg_stat_statements where userid = '{role}'::regrole"""


def begin(postgres):
    postgres.psql("create extension if not exists pg_stat_statements; select pg_stat_statements_reset()")


def shape(sql):
    """Returns a statement's text without the parts that PostgreSQL replaces, to identify it."""
    sql = re.sub(r"--[^\n]*\n", "", sql)
    return (
        re.sub(r"\s+", "", re.sub(r"'[^']*'|\$\d+|\b\d+(e\d+)?\b|\b(null|true|false)\b", "", sql)).rstrip(";").lower()
    )


def names():
    """Returns the names of our statements by their normalised text."""
    return {shape(text): name for name, text in queries.texts().items()}


def each(postgres, role, events):
    """Returns the statements of a role, by name: calls per 1,000 events; microseconds, pages and bytes of WAL per
    event."""
    ours, found = names(), {}
    for line in postgres.psql(SEEN.format(role=role)).split("\n"):
        calls, us, pages, wal, query = line.replace("\x1e", "\n").split("|", 4)
        name = ours.get(shape(query), " ".join(query.split())[:40])
        one = found.setdefault(name, {"calls": 0, "us": 0, "pages": 0, "wal": 0})
        for field, value in (("calls", int(calls) * 1000), ("us", float(us)), ("pages", int(pages)), ("wal", int(wal))):
            one[field] += value / events
    return found
