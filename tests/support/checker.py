# SPDX-License-Identifier: Apache-2.0
"""Decides whether anything was lost or applied twice, after all faults have ended and the stream is empty.

install() adds triggers of the superuser to the tables of a test database: every write that changes something is
recorded with its transaction. The programs under test have no privileges on these records.
"""
import filecmp
import itertools
import json
import os
import subprocess
import tempfile
import time

from servers import wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
# Table and natural key. proof.effects.facts: whether the values come from this event alone.
EFFECTS = (
    ("activities", "openphone_id"),
    ("recordings", "call_openphone_id"),
    ("contact_cards", "card_id"),
    ("contacts", "phone"),
    ("conversations", "id"),
    ("conversation_links", "party_key"),
    ("own_numbers", "phone"),
)
TABLES = ", ".join(["webhook_events", "event_copies", *(table for table, _ in EFFECTS)])

INSTALL = """
create schema proof;
create table proof.transitions (tx bigint, key bytea, subject text, old text, new text);
create table proof.effects (tx bigint, target text, row text, facts boolean);
create function proof.of_event() returns trigger language plpgsql security definer set search_path = proof, pg_catalog
as $$ begin
  insert into transitions values (txid_current(), new.event_key, new.activity_id,
                                  case when tg_op = 'UPDATE' then old.state end, new.state);
  return null;
end $$;
create trigger proof_insert after insert on webhook_events for each row execute function proof.of_event();
create trigger proof_update after update on webhook_events for each row
  when (old.state is distinct from new.state) execute function proof.of_event();
-- "facts": a value of the row itself changed, not only a value computed from other rows.
create function proof.of_effect() returns trigger language plpgsql security definer set search_path = proof, pg_catalog
as $$
declare
  computed text[] := '{updated_at,contact_id,conversation_id}';
  was jsonb; is_now jsonb; row_key text;
begin
  if tg_op <> 'INSERT' then was := to_jsonb(old); end if;
  if tg_op <> 'DELETE' then is_now := to_jsonb(new); end if;
  if was - 'updated_at' is not distinct from is_now - 'updated_at' then return null; end if;
  row_key := coalesce(is_now, was) ->> tg_argv[0];
  insert into effects values (txid_current(), tg_table_name, row_key,
    tg_table_name in ('activities', 'recordings', 'contact_cards')
      and (was - computed) is distinct from (is_now - computed));
  return null;
end $$;
-- While proof.faults has a row, every third new activity can't be written.
create table proof.faults (since timestamptz not null default now());
create function proof.refuse() returns trigger language plpgsql security definer set search_path = proof, pg_catalog
as $$ begin
  if hashtext(new.openphone_id) % 3 = 0 and exists (select from faults) then
    raise exception 'refused by the test' using errcode = '22003';
  end if;
  return new;
end $$;
"""
FINAL = "('processed', 'ignored', 'dead')"
DOUBLED = f"""
select encode(key, 'hex') || ' became final ' || count(*) || ' times' from proof.transitions where new in {FINAL}
 group by key having count(*) <> 1
union all
select encode(event_key, 'hex') || ' is ' || state || ' and not final' from webhook_events where state not in {FINAL}
union all
select encode(event_key, 'hex') || ' became final in no transaction' from webhook_events e where state in {FINAL}
   and not exists (select from proof.transitions t where t.key = e.event_key and t.new in {FINAL})
union all
select encode(key, 'hex') || ' had its row and has none' from proof.transitions t
 where not exists (select from webhook_events e where e.event_key = t.key)
union all
select 'effect without its event: ' || target || ' ' || row from proof.effects f where not exists (
  select from proof.transitions t where t.tx = f.tx and t.new = 'processed' and (not f.facts or t.subject = f.row))
"""


def install(postgres):
    statements = [INSTALL]
    for table, key in EFFECTS:
        statements.append(
            f"create trigger proof after insert or update or delete on {table} for each row "
            f"execute function proof.of_effect('{key}');"
        )
    statements.append(
        "create trigger proof_refuse before insert on activities for each row execute function " "proof.refuse();"
    )
    postgres.psql("".join(statements))


def applier(url, rows, chunk=200):
    """Applies rows of (provider id, base64 of the body) with the real parser and store, and nothing else."""
    program = os.path.join(os.environ["TRUNKLINE_BIN"], "test-applier")
    with tempfile.TemporaryFile("w+") as jobs:
        rows = iter(rows)
        while part := list(itertools.islice(rows, chunk)):
            jobs.write(json.dumps({"events": [{"body": body, "id": provider} for provider, body in part]}) + "\n")
        jobs.seek(0)
        done = subprocess.run([program, "--postgres", url], stdin=jobs, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"test-applier: {done.stdout[-2000:]}{done.stderr[-2000:]}")


class Checker:
    """cluster: redis and postgres, used only by its programs. One check per begin()."""

    def __init__(self, cluster):
        self.cluster, self.postgres = cluster, cluster.postgres
        self.added = 0
        self.postgres.psql("create database quiet", database="postgres")
        self.url = f"postgresql://trunkline@127.0.0.1:{self.postgres.port}/quiet"
        subprocess.run(
            [os.path.join(cluster.bin, "trunkline"), "migrate", "--postgres", self.url],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def begin(self):
        """Empties the tables; the stream must be empty already."""
        self.added = self.cluster.stream()[0]
        self.postgres.psql(f"truncate {TABLES}, proof.transitions, proof.effects")

    def drain(self, deadline=120):
        """Waits until no entry and no retry waits; returns the seconds."""
        began = time.monotonic()

        def idle():
            try:
                return self.cluster.stream()[1:] == (0, 0) and not int(
                    self.postgres.psql("select count(*) from webhook_events where state in ('retrying', 'paused')")
                )
            except (OSError, RuntimeError):
                return False

        wait_for(idle, "the stream, the pending list and the retries to be empty", deadline, every=0.05)
        return time.monotonic() - began

    def ack_before_commit(self):
        """Returns the number of entries that left the stream and have no row, while workers run. Read in this order it
        must be zero."""
        added, there, _ = self.cluster.stream()
        return max(0, added - self.added - there - self.rows())

    def ask(self, sql):
        return self.postgres.psql(sql)

    def finished(self):
        """Returns the time of each event's final state, in order, as time.time() values."""
        return [
            float(line)
            for line in self._lines(
                "select extract(epoch from finished_at) from webhook_events where finished_at is not null order by 1"
            )
        ]

    def rows(self):
        return int(
            self.postgres.psql("select (select count(*) from webhook_events) + (select count(*) from event_copies)")
        )

    def problems(self, sent, acked):
        """Returns all problems, as lines. sent: keys of all deliveries; acked: {key: delivery} answered 200."""
        return [*self.lost(sent, acked), *self.unbalanced(), *self.doubled(), *self.different()]

    def lost(self, sent, acked):
        stored = {}
        for line in self._lines(
            "select encode(event_key, 'hex'), encode(sha256(convert_to(coalesce("
            "provider_delivery_id, ''), 'UTF8') || '\\000'::bytea || coalesce(raw, "
            "convert_to(payload::text, 'UTF8'))), 'hex') from webhook_events"
        ):
            key, digest = line.split("|")
            stored[key] = digest
        found = [f"lost: {key} was answered 200 and has no row" for key in acked if key not in stored]
        found += [
            f"other bytes: {key} does not have those that were sent" for key, digest in stored.items() if digest != key
        ]
        return found + [f"nobody sent {key}" for key in stored if key not in sent]

    def unbalanced(self):
        """I20: entries ever added = rows of events + rows of copies + entries in the stream."""
        added, there, pending = self.cluster.stream()
        added -= self.added
        rows = self.rows()
        found = [f"{there} entries and {pending} pending are left"] if there or pending else []
        if added != rows + there:
            found.append(f"conservation: {added} entries added, {rows} rows of events and copies, {there} left")
        return found

    def doubled(self):
        return self._lines(DOUBLED)

    def different(self, most=40):
        """Compares the tables with those that an undisturbed run of the same bodies makes."""
        rows = (
            line.split("|")
            for line in self._lines(
                "select coalesce(provider_delivery_id, ''), translate(encode(coalesce(raw, convert_to(payload::text, "
                "'UTF8')), 'base64'), E'\\n', '') from webhook_events order by id"
            )
        )
        self.postgres.psql(f"truncate {TABLES}", database="quiet")
        applier(self.url, rows)
        with tempfile.TemporaryDirectory() as folder:
            quiet, found = (self.dump(database, folder) for database in ("quiet", "trunkline"))
            if filecmp.cmp(quiet, found, shallow=False):
                return []
            difference = subprocess.run(
                ["diff", "-U2", quiet, found], capture_output=True, text=True, check=False
            ).stdout
            return [f"tables differ: {line}" for line in difference.split("\n")[2:most]]

    def dump(self, database, folder):
        path = os.path.join(folder, database)
        with open(path, "wb") as out:
            subprocess.run(
                [
                    "psql",
                    "-X",
                    "-q",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    str(self.postgres.port),
                    "-U",
                    "trunkline",
                    "-d",
                    database,
                    "-f",
                    os.path.join(HERE, "dump.sql"),
                ],
                stdout=out,
                check=True,
            )
        return path

    def _lines(self, sql):
        text = self.postgres.psql(sql)
        return text.split("\n") if text else []
