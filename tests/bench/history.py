# SPDX-License-Identifier: Apache-2.0
"""Creates tables of the size that years of use produce, with PostgreSQL's own functions."""
import tempfile

import processes
from bench_servers import TABLES

CONTACTS = 20_000
INDEXES = """select indexname || ' ' || indexdef from pg_indexes
              where schemaname = 'public' and tablename = '{table}' and indexname not in
                    (select conname from pg_constraint where contype in ('p', 'u'))"""
EVENTS = """insert into webhook_events (event_key, event_id, event_type, state, received_at, finished_at, activity_id,
    delivery_id, entry_id, scheme, key_index, parser_version, payload)
  select sha256(i::text::bytea), 'EV' || md5(i::text), 'message.received', 'processed', at, at, 'AC' || md5(i::text),
    lpad(i::text, 26, '0'), i || '-0', 'standard', 0, 1,
    json_build_object('type', 'message.received', 'data', json_build_object('text', repeat(md5(i::text), 8)))
  from (select i, timestamptz '2024-01-01' + i * interval '10 seconds' as at
          from generate_series({first}, {last}) i) n"""
ACTIVITIES = """insert into activities (openphone_id, activity_type, direction_k, from_number, to_numbers, created_at,
    parties, conv_refs, body, body_at, status_r, status_level, status_at, active_at, contact_id, conversation_id)
  select 'AC' || md5(i::text), 'message', '1incoming', phone, array['+14155550100'], at, array[phone],
    array['CN' || md5((i % {contacts})::text)], repeat(md5(i::text), 4), at, 'received', 1, at, at, i % {contacts} + 1,
    i % {contacts} + 1
  from (select i, '+1' || 3000000000 + i % {contacts} as phone,
               timestamptz '2024-01-01' + i * interval '10 seconds' as at from generate_series({first}, {last}) i) n"""
PEOPLE = """insert into contacts (phone, name) select '+1' || 3000000000 + i, 'Contact ' || i
    from generate_series(0, {contacts} - 1) i;
  insert into conversations (openphone_id, contact_id, last_activity_at, last_activity_id)
    select 'CN' || md5(i::text), i + 1, timestamptz '2024-01-01', 'AC' || md5(i::text)
      from generate_series(0, {contacts} - 1) i"""
PIECE = 500_000
DEADLINE = 1800


def empty(postgres):
    postgres.psql(f"truncate {TABLES} restart identity")


def fill(postgres, count):
    """Inserts count activities, each with its event, into both tables at once. The server writes no write-ahead log
    for tables that are emptied and filled in one transaction."""
    empty(postgres)
    _restart(postgres, wal_level="minimal", max_wal_senders="0")
    postgres.psql(PEOPLE.format(contacts=CONTACTS))
    fillers = [
        _start_filling(postgres, table, statement, count)
        for table, statement in (("webhook_events", EVENTS), ("activities", ACTIVITIES))
    ]
    for filler in fillers:
        if filler.wait(DEADLINE):
            raise RuntimeError("the tables could not be filled")
    _restart(postgres, wal_level="replica", max_wal_senders="10")
    postgres.psql("vacuum analyze")
    postgres.psql("checkpoint")


def _restart(postgres, **settings):
    postgres.psql("checkpoint")  # no deadline; stopping the benchmark ends it
    postgres.stop()
    postgres.settings.update(settings)
    postgres.start()


def _start_filling(postgres, table, statement, count):
    """Creates the plain indexes afterwards, which is far faster."""
    indexes = [line.split(" ", 1) for line in postgres.psql(INDEXES.format(table=table)).splitlines()]
    script = ["begin", f"truncate {table}", "set maintenance_work_mem = '512MB'"]
    script += [f"drop index {name}" for name, _ in indexes]
    script += [
        statement.format(first=first, last=min(first + PIECE - 1, count), contacts=CONTACTS)
        for first in range(1, count + 1, PIECE)
    ]
    script += [*(definition for _, definition in indexes), "commit"]
    with tempfile.TemporaryFile() as file:
        file.write(";\n".join([*script, ""]).encode())
        file.seek(0)
        return processes.start(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", postgres.url], None, stdin=file)
