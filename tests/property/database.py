# SPDX-License-Identifier: Apache-2.0
"""The database and the driver for the property test: empties it, applies events, dumps it as comparable text."""
import base64
import datetime
import decimal
import glob
import json
import os
import subprocess
import sys

from jsontext import jsonb_text
from servers import Postgres

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

TABLES = (
    "activities",
    "recordings",
    "contacts",
    "contact_cards",
    "conversations",
    "conversation_links",
    "own_numbers",
    "webhook_events",
    "event_copies",
)
TIMES = {
    "answered_at",
    "completed_at",
    "active_at",
    "created_at",
    "body_at",
    "media_at",
    "error_at",
    "recording_url_at",
    "recording_duration_at",
    "recording_size_at",
    "ai_summary_at",
    "ai_key_points_at",
    "ai_next_steps_at",
    "ai_sentiment_at",
    "ai_jobs_at",
    "ai_transcript_at",
    "voicemail_at",
    "forwarded_at",
    "menu_at",
    "status_at",
    "occurred_at",
    "url_at",
    "content_type_at",
    "duration_at",
    "size_at",
    "started_at",
    "started_at_at",
    "stamp",
    "last_activity_at",
}


# Rows as JSON, surrogate ids replaced by natural keys, without clock columns (which merge.md does not cover).
DUMP = """
with names as (select id, coalesce(openphone_id, 'F(' || party_key || ')') as name from conversations)
select 'activities', a.openphone_id,
       (to_jsonb(a) - '{id,updated_at,contact_id,conversation_id}'::text[])
       || jsonb_build_object('contact', (select phone from contacts where id = a.contact_id),
                             'dangling', a.contact_id is not null and not exists
                                           (select from contacts where id = a.contact_id)
                                      or a.conversation_id is not null and not exists
                                           (select from names where id = a.conversation_id),
                             'conversation', (select name from names where id = a.conversation_id))
  from activities a
union all
select 'recordings', call_openphone_id || ' ' || recording_id, to_jsonb(r) from recordings r
union all
select 'contacts', phone, to_jsonb(c) - '{id,created_at,updated_at}'::text[] from contacts c
union all
select 'contact_cards', card_id, to_jsonb(c) - '{id,updated_at}'::text[] from contact_cards c
union all
select 'conversations', coalesce(openphone_id, 'F(' || party_key || ')'),
       (to_jsonb(c) - '{id,contact_id,created_at}'::text[])
       || jsonb_build_object('contact', (select phone from contacts where id = c.contact_id))
  from conversations c
union all
select 'conversation_links', party_key,
       (to_jsonb(l) - 'conversation_id')
       || jsonb_build_object('conversation', (select name from names where id = l.conversation_id))
  from conversation_links l
union all
select 'own_numbers', phone, to_jsonb(o) from own_numbers o
union all
select 'webhook_events', state, jsonb_build_object('rows', count(*)) from webhook_events group by state;
"""


def start_postgres():
    """fsync is off: the test compares rows, not what survives a power loss, and is ten times as fast."""
    return Postgres(fsync="off", synchronous_commit="off", full_page_writes="off", autovacuum="on")


def migrate(postgres):
    """Applies all migrations in order, like `trunkline migrate`; with psql, so that mutants need no second program."""
    rows = []
    for path in sorted(glob.glob(os.path.join(ROOT, "schema", "migrations", "*.sql"))):
        with open(path, encoding="utf-8") as file:
            postgres.psql(file.read())
        version, name = os.path.basename(path)[:-4].split("_", 1)
        rows.append(f"({int(version)}, '{name}', 'applied by the property test')")
    postgres.psql(
        "create table if not exists schema_migrations(version integer primary key, name text not null, "
        "checksum text not null, applied_at timestamptz not null default now(), "
        "compatible_from integer not null default 1);"
        "insert into schema_migrations(version, name, checksum) values " + ", ".join(rows)
    )


class Session:
    """One psql process that stays open: a process per statement would cost more than the statement."""

    def __init__(self, postgres):
        self.emptied = 0
        self.psql = subprocess.Popen(
            [f"{postgres.bin}/psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", postgres.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, sql):
        self.psql.stdin.write(sql.rstrip().rstrip(";") + ";\n\\echo --done--\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line == "--done--\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise RuntimeError("psql ended: " + self.psql.stderr.read())

    def empty(self, own_settings):
        """Removes all rows and inserts the own numbers of the settings, as a worker does at its start.

        Deleting few rows takes a third of the time of truncating; the tables are truncated sometimes because of bloat.
        Ids are not reset, so that a merge that depends on them is found.
        """
        self.emptied += 1
        self.run(
            "truncate " + ", ".join(TABLES) + " restart identity"
            if self.emptied % 100 == 1
            else "begin; " + "; ".join(f"delete from {table}" for table in TABLES) + "; commit"
        )
        if own_settings:
            self.run(
                "insert into own_numbers(phone, from_events) values "
                + ", ".join(f"('{number}', false)" for number in sorted(own_settings))
            )

    def dump(self):
        """Returns {(table, key, column): text} of all columns that merge.md covers, without nulls."""
        cells = {}
        for line in self.run(DUMP):
            table, key, row = line.split("\t", 2)
            for column, value in json.loads(row, parse_float=decimal.Decimal).items():
                if value is not None and value is not False:
                    cells[table, key, column] = _cell(column, value)
        return cells

    def close(self):
        self.psql.stdin.close()
        self.psql.wait(30)
        self.psql.stdout.close()
        self.psql.stderr.close()


def _cell(column, value):
    if column in TIMES and isinstance(value, str):
        return value if value == "-infinity" else time_text(datetime.datetime.fromisoformat(value))
    return value if isinstance(value, str) else jsonb_text(value)


def time_text(moment):
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S.%f")


def _element(delivery):
    body = base64.b64encode(delivery.body).decode()
    return {"body": body, "id": delivery.delivery} if delivery.delivery else body


class Driver:
    """Runs test-applier, which applies batches of bodies with the real parser and store, on its own connections."""

    def __init__(self, url, own_settings=(), sql_dir=None):
        if "TRUNKLINE_BIN" not in os.environ:
            sys.exit("TRUNKLINE_BIN must name the folder of programs (build/<preset>/bin)")
        program = os.path.join(os.environ["TRUNKLINE_BIN"], "test-applier")
        command = [program, "--postgres", url, "--copy-from", "2"]  # covers both code paths
        command += ["--sql-dir", sql_dir] if sql_dir else []
        command += [part for number in own_settings for part in ("--own-number", number)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def apply(self, plan):
        """Applies a plan: [(connection, [delivery, ...]), ...]; returns when all of it is committed."""
        for connection, deliveries in plan:
            events = [_element(delivery) for delivery in deliveries]
            self.process.stdin.write(json.dumps({"connection": connection, "events": events}) + "\n")
        self.process.stdin.write('{"barrier": true}\n')
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"test-applier ended with {self.process.wait(30)}")
        return json.loads(answer)

    def close(self):
        """Returns the last line: {"applied": n, "restructures": n, "errors": [...]}."""
        self.process.stdin.close()
        rest = self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait(60)
        lines = [line for line in rest.splitlines() if line.strip()]
        return json.loads(lines[-1]) if lines else {}
