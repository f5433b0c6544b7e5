# SPDX-License-Identifier: Apache-2.0
"""trunkline import: the rows of the old service in the new tables, at any time; rows that cannot be imported are
listed."""
import json
import os
import subprocess
import unittest

import old_service
from event_rows import Commands, json_schema
from old_service import ADA, BOB, LINE, TIME
from pooler import PGBOUNCER, pooled
from servers import clean_environment, free_port
from worker_harness import WorkerTest

COMPAT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "schema", "compat.sql")
# Ids of rows differ between runs; the rows that they reference must not.
BUSINESS = """
select to_jsonb(a) - '{id,updated_at,contact_id,conversation_id}'::text[], c.phone, v.openphone_id, v.party_key
  from activities a left join contacts c on c.id = a.contact_id left join conversations v on v.id = a.conversation_id
 order by a.openphone_id;
select to_jsonb(t) - '{id,created_at,updated_at}'::text[] from contacts t order by phone;
select to_jsonb(t) - '{id,updated_at}'::text[] from contact_cards t order by card_id;
select t.openphone_id, t.party_key, c.phone, t.last_activity_at, t.last_activity_id
  from conversations t left join contacts c on c.id = t.contact_id order by 1, 2;
select t.party_key, t.ref, v.openphone_id from conversation_links t join conversations v on v.id = t.conversation_id order by 1;
select * from own_numbers order by 1;
select * from recordings order by 1, 2;
"""
LIVE = [
    old_service.RECEIVED,
    {
        "id": "EV7",
        "type": "call.completed",
        "createdAt": TIME,
        "data": {
            "object": {
                "id": "AC2",
                "conversationId": "CN1",
                "direction": "incoming",
                "from": ADA,
                "to": [LINE],
                "status": "completed",
                "recordingUrl": "https://example.com/a-live.mp3",
                "answeredAt": "2026-03-01T11:00:00.000Z",
                "completedAt": "2026-03-01T11:05:00.000Z",
                "createdAt": "2026-03-01T11:00:00.000Z",
            }
        },
    },
    {
        "id": "EV8",
        "type": "contact.updated",
        "createdAt": TIME,
        "data": {
            "object": {
                "id": "CT1",
                "firstName": "Augusta",
                "lastName": "King",
                "updatedAt": TIME,
                "fields": [{"name": "Phone", "type": "phone-number", "value": ADA}],
            }
        },
    },
]


def messages(numbers, **more):
    """Inserts old rows of messages AM<n>, with n as their ids."""
    return "".join(
        old_service.inserts(
            "activity",
            [
                {
                    "id": n,
                    "openphone_id": f"AM{n}",
                    "activity_type": "message",
                    "direction": "incoming",
                    "status": "received",
                    "from_number": ADA,
                    "to_numbers": [LINE],
                    "created_at": "2026-03-01 10:00:05",
                    **more,
                }
                for n in numbers
            ],
        )
    )


# The session that reads row 300 ends, as by a restart of its server; counting ends no session.
ENDS = """
create function ends(number integer) returns boolean language plpgsql as $$ begin
  if number = 300 and current_query() like '%limit%' then perform pg_terminate_backend(pg_backend_pid()); end if;
  return true; end $$;
alter table activity enable row level security;
create policy ends on activity for select using (ends(id));
-- A page is then read row by row, and not one more.
alter role trunkline_old in database lost set enable_seqscan = off;
alter role trunkline_old in database lost set enable_bitmapscan = off;
alter role trunkline_old in database lost set enable_sort = off;
"""
# Reading a row writes one.
WRITES = """
create table written (number integer);
create function writes(number integer) returns boolean language plpgsql as $$ begin
  insert into written values (number); return true; end $$;
alter table activity enable row level security;
create policy writes on activity for select using (writes(id));
grant insert on written to trunkline_old;
"""


class Import(Commands, WorkerTest):
    role = "worker"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = old_service.make(cls.postgres)

    def setUp(self):
        super().setUp()
        self.sql("truncate activities, contacts, contact_cards, conversations restart identity")

    def take(self, *arguments, code=1, source=None):
        done = self.command("import", "--from-postgres", source or self.source, "--json", *arguments)
        self.assertEqual(done.returncode, code, done.stderr)
        return json_schema.check("import", done.stdout)

    def refused(self, source, *arguments, code=1):
        done = self.command("import", "--from-postgres", source, *arguments)
        self.assertEqual((done.returncode, done.stdout), (code, ""))
        return done.stderr

    def activity(self, name, columns):
        return self.sql(f"select {columns} from activities where openphone_id = '{name}'")

    def live(self, events):
        worker = self.worker()
        for number, event in enumerate(events):
            self.add(json.dumps(event), delivery_id=f"01LIVE{number}")
        self.wait_drained()
        worker.terminate()

    def test_accepted_and_rejected_rows(self):
        told = self.take()
        tables = {table["table"]: table for table in told["tables"]}
        self.assertEqual(
            {name: (table["rows"], table["imported"]) for name, table in tables.items()},
            {
                "phone_number": (2, 1),
                "webhook_event": (5, 3),
                "activity": (11, 8),
                "conversation": (3, 2),
                "contact": (4, 2),
            },
        )
        reasons = {
            (name, entry["reason"].split(":")[0]): entry["ids"]
            for name, table in tables.items()
            for entry in table["not_imported"]
        }
        twice = next(reason for name, reason in reasons if reasons[name, reason] == ["10"])
        self.assertIn("duplicate key", twice)
        del reasons["activity", twice]
        self.assertEqual(
            reasons,
            {
                ("phone_number", "no phone_number"): ["2"],
                ("webhook_event", "no payload"): ["3"],
                ("webhook_event", "payload is not an event"): ["4"],
                ("activity", "neither message nor call"): ["4"],
                ("activity", "no openphone_id"): ["5"],
                ("conversation", "no openphone_id"): ["2"],
                ("contact", "no phone"): ["3"],
                ("contact", "phone is not a number in international form"): ["4"],
            },
        )
        self.assertEqual(
            self.sql("select state, count(*) from webhook_events group by 1 order by 1"), "ignored|1\nprocessed|1"
        )

    def test_outcomes_of_the_rows(self):
        self.take()
        # The event's text has a date, the old row's has none, though it is greater.
        self.assertEqual(
            self.activity("AC1", "body, media_urls ->> 0, status, direction"),
            "from the event|https://example.com/1.jpg|received|incoming",
        )
        self.assertEqual(
            self.activity(
                "AC2",
                "duration_seconds, recording_url, ai_summary, ai_next_steps ->> 1, "
                "ai_transcript -> 'dialogue' -> 0 ->> 'text', ai_content_status",
            ),
            "300|https://example.com/old.mp3|They agreed.|Call|Hello|completed",
        )
        self.assertEqual(self.activity("AC3", "status, to_numbers, direction"), f"delivered|{{{BOB}}}|outgoing")
        self.assertEqual(self.activity("AC6", "direction, status, body"), "∅|∅|no direction, no status")
        self.assertEqual(self.activity("AC7", "direction, status, contact_hint"), "∅|∅|∅")
        self.assertEqual(
            self.activity("AC8", "activity_type, has_voicemail, voicemail ->> 'transcript', status"),
            "call|t|call me back|∅",
        )
        self.assertEqual(self.activity("AC9", "status, to_numbers, ai_transcript"), "missed|∅|∅")
        self.assertEqual(self.sql("select phone from own_numbers"), LINE)
        of = "select a.openphone_id from activities a join contacts c on c.id = a.contact_id where c.phone = '{}' order by 1"
        self.assertEqual(self.sql(of.format(ADA)).split(), ["AC1", "AC2", "AC6", "AC7", "AC8"])
        self.assertEqual(self.sql(of.format(BOB)).split(), ["AC3", "AC9"])
        self.assertEqual(self.sql("select phone, name from contacts order by 1"), f"{ADA}|Ada Lovelace\n{BOB}|{BOB}")
        self.assertEqual(
            self.sql("select openphone_id from conversations where openphone_id is not null order by 1"), "CN1\nCN3"
        )

    def test_a_second_run_changes_nothing(self):
        self.assertNotEqual(self.take()["written"], [])
        before = self.sql(BUSINESS) + self.sql("select max(updated_at) from activities")
        again = self.take()
        self.assertEqual(again["written"], [])
        self.assertEqual(self.sql(BUSINESS) + self.sql("select max(updated_at) from activities"), before)
        self.assertIn("nothing new", self.command("import", "--from-postgres", self.source).stdout)

    def test_a_dry_run_changes_nothing(self):
        before = self.sql(BUSINESS)
        told = self.take("--dry-run")
        self.assertTrue(told["dry_run"])
        self.assertGreater({row["table"]: row["inserted"] for row in told["written"]}["activities"], 7)
        self.assertEqual((self.sql(BUSINESS), self.count(), self.count("event_copies")), (before, 0, 0))

    def test_before_after_and_between_live_events(self):
        found = []
        for steps in ("il", "li", "lil", "ili"):
            self.setUp()
            first, rest = (LIVE[:2], LIVE[2:]) if steps == "lil" else (LIVE, [])
            for step in steps:
                if step == "i":
                    self.take()
                else:
                    self.live(first)
                    first = rest
            found.append(self.sql(BUSINESS))
            self.assertEqual(found[-1], found[0], steps)
        # The values of live events remain, though the old row's are greater.
        self.assertEqual(self.activity("AC2", "recording_url"), "https://example.com/a-live.mp3")
        self.assertEqual(self.sql(f"select name from contacts where phone = '{ADA}'"), "Augusta King")

    def test_a_thread_that_events_named_stays(self):
        event = json.loads(json.dumps(LIVE[1]))
        event["data"]["object"]["conversationId"] = "CN9"
        self.live([event])
        self.take()
        self.assertEqual(self.activity("AC2", "conv_refs"), "{CN9}")

    def test_a_value_that_the_database_rejects_costs_only_its_row(self):
        self.sql("alter table activities add constraint fault check (openphone_id <> 'AC3') not valid")
        self.addCleanup(self.sql, "alter table activities drop constraint fault")
        told = next(table for table in self.take()["tables"] if table["table"] == "activity")
        self.assertEqual(told["imported"], 7)
        self.assertIn(["3"], [entry["ids"] for entry in told["not_imported"]])
        self.assertEqual(self.count("activities"), 7)

    def test_more_than_a_page(self):
        rows = messages(range(-20, 431))
        told = self.take(code=0, source=old_service.make(self.postgres, "pages", rows))
        self.assertEqual({t["table"]: t["imported"] for t in told["tables"]}["activity"], 451)
        self.assertEqual(self.count("activities"), 451)

    def test_a_source_that_lacks_something(self):
        source = old_service.make(self.postgres, "lacking", "")
        self.postgres.psql(
            "drop table phone_number; alter table activity drop column body; drop table webhook_event",
            database="lacking",
        )
        said = self.refused(source)
        self.assertIn("the source has no table webhook_event, column activity.body", said)
        self.assertNotIn("phone_number", said)
        self.postgres.psql(
            old_service.TABLES.split(";")[3]
            + "; alter table activity add column body text; "
            + "alter table activity drop column ai_summary; grant select on webhook_event to trunkline_old",
            database="lacking",
        )
        self.take(code=0, source=source)
        self.postgres.psql("revoke select on contact from trunkline_old", database="lacking")
        self.assertIn("table contact, or the role may not read it", self.refused(source))

    def test_unreachable_or_misconfigured(self):
        self.assertIn("missing --from-postgres", self.refused("", code=64))
        self.assertIn(
            "source database: PostgreSQL is unreachable",
            self.refused(f"postgresql://nobody@127.0.0.1:{free_port()}/old", code=3),
        )
        self.sql(
            "insert into schema_migrations (version, name, checksum, compatible_from) values (99, 'later', 'x', 99)"
        )
        self.addCleanup(self.sql, "delete from schema_migrations where version = 99")
        self.assertIn("the database is at schema version 99", self.refused(self.source))

    def test_an_impossible_time_costs_only_its_row(self):
        rows = messages((1, 2)) + messages((3,), created_at="infinity") + messages((4,), created_at="-infinity")
        rows += messages((5,), created_at="4713-01-01 BC") + messages((6,), created_at="294276-12-31")
        rows += messages((7,), activity_type="call", answered_at="infinity")
        rows += old_service.inserts(
            "webhook_event",
            [
                {"id": n, "payload": {**old_service.RECEIVED, "id": f"EV{n}"}, "created_at": at}
                for n, at in enumerate(
                    ("2026-03-01", "infinity", "-infinity", "1969-12-31", "294276-12-31", "4713-01-01 BC"), 1
                )
            ],
        )
        source = old_service.make(self.postgres, "times", rows)
        tables = {table["table"]: table for table in self.take(source=source)["tables"]}
        self.assertEqual((tables["activity"]["rows"], tables["activity"]["imported"]), (7, 2))
        self.assertEqual(
            tables["activity"]["not_imported"],
            [
                {"reason": "answered_at is not a time between 2000 and 2100", "count": 1, "ids": ["7"]},
                {"reason": "created_at is not a time between 2000 and 2100", "count": 4, "ids": ["3", "4", "5", "6"]},
            ],
        )
        self.assertEqual((tables["webhook_event"]["rows"], tables["webhook_event"]["imported"]), (6, 1))
        self.assertEqual(
            tables["webhook_event"]["not_imported"],
            [
                {
                    "reason": "created_at is not a time between 2000 and 2100",
                    "count": 5,
                    "ids": ["2", "3", "4", "5", "6"],
                }
            ],
        )
        self.assertEqual(self.sql("select openphone_id from activities order by 1"), "AC1\nAM1\nAM2")

    def test_the_source_is_only_read(self):
        source = old_service.make(self.postgres, "writing", messages((1,)))
        self.postgres.psql(WRITES, database="writing")
        self.postgres.psql("set role trunkline_old; select * from activity", database="writing")
        self.assertEqual(self.postgres.psql("select count(*) from written", database="writing"), "1", "it can be seen")
        # Neither the address nor a pooler that drops our options makes the session writable.
        for more in ("", "?options=-c%20default_transaction_read_only%3Doff"):
            said = self.refused(source + more)
            self.assertIn("cannot execute INSERT in a read-only transaction", said)
        self.assertEqual(self.postgres.psql("select count(*) from written", database="writing"), "1")

    @unittest.skipUnless(PGBOUNCER, "needs pgbouncer")
    def test_through_a_pooler(self):
        old_service.make(self.postgres, "pooled", messages((1,)))
        through = pooled(self, "session", role="old", database="pooled")
        self.take(code=0, source=through)
        self.assertEqual(self.count("activities"), 1)
        self.postgres.psql(WRITES, database="pooled")
        self.assertIn("read-only transaction", self.refused(through))

    def test_a_connection_that_is_lost_in_the_middle(self):
        source = old_service.make(self.postgres, "lost", messages(range(1, 452)))
        self.postgres.psql(ENDS, database="lost")
        said = self.refused(source, code=3)
        self.assertRegex(
            said,
            "source database: PostgreSQL is unreachable: the connection was lost; progress: phone_number 0 of 0 rows, "
            "webhook_event 0 of 0 rows, activity 200 of 451 rows; imported rows stay, run the command again to continue",
        )
        self.assertEqual(self.count("activities"), 200)
        said = self.refused(source, "--dry-run", code=3)
        self.assertIn("activity 200 of 451 rows, all rolled back", said)
        self.postgres.psql(
            "drop policy ends on activity; alter table activity disable row level security", database="lost"
        )
        # The same for the target database.
        self.sql(
            "create function ends() returns trigger language plpgsql as $$ begin "
            "perform pg_terminate_backend(pg_backend_pid()); return new; end $$;"
            "create trigger ends before insert on activities for each row when (new.openphone_id = 'AM430') "
            "execute function ends()"
        )
        said = self.refused(source, code=3)
        self.assertIn("activity 400 of 451 rows; imported rows stay", said)
        self.sql("drop trigger ends on activities; drop function ends()")
        self.assertEqual(self.count("activities"), 400)
        self.take(code=0, source=source)
        self.assertEqual(self.count("activities"), 451)

    def test_rows_that_can_not_be_told_apart(self):
        source = old_service.make(self.postgres, "twins", messages((1, 2)))
        self.postgres.psql(
            "alter table activity drop constraint activity_pkey; update activity set id = 1", database="twins"
        )
        said = self.refused(source)
        self.assertIn("1 rows of activity have no id or a duplicate one", said)
        self.assertIn("progress: phone_number", said)

    def test_two_old_databases(self):
        bob = [{"id": 1, "first_name": "Bob", "last_name": "Bell", "phone": BOB}]
        rows = old_service.inserts("contact", bob) + old_service.inserts(
            "webhook_event", [{"id": 1, "payload": {**old_service.RECEIVED, "id": "EV90"}, "created_at": "2026-03-01"}]
        )
        other = old_service.make(self.postgres, "other", rows)
        self.take()
        self.take("--label", "shop-2", code=0, source=other)
        self.assertEqual(
            self.sql("select card_id, first_name from contact_cards order by 1"),
            "import-contact-1|Ada\nimport-shop-2-contact-1|Bob",
        )
        self.assertEqual(
            self.sql(f"select name from contacts where phone in ('{ADA}', '{BOB}') order by 1"),
            "Ada Lovelace\nBob Bell",
        )
        self.assertEqual(
            self.sql("select delivery_id from webhook_events where entry_id = 'import-shop-2-1'"), "import-shop-2-1"
        )
        self.assertEqual(self.take("--label", "shop-2", code=0, source=other)["written"], [])
        self.assertEqual(self.command("import", "--from-postgres", other, "--label", "Shop 2").returncode, 78)
        self.assertIn("none: imported", self.ok("events show", "import-shop-2-1", "--redis", "redis://127.0.0.1:1/0"))

    def test_a_second_run_adds_the_rows_since_the_first(self):
        """docs/migrating.md: the rows that the import after the stop of the old service adds."""
        source = old_service.make(self.postgres, "between", messages((1,), status="sent", direction="outgoing"))
        self.take(code=0, source=source)
        self.postgres.psql(
            messages((2,))
            + "update activity set status = 'delivered', body = 'now' where id = 1;"
            + old_service.inserts(
                "webhook_event", [{"id": 1, "payload": old_service.RECEIVED, "created_at": "2026-03-02"}]
            ),
            database="between",
        )
        self.assertEqual(
            {t["table"]: t["imported"] for t in self.take(code=0, source=source)["tables"]},
            {"phone_number": 0, "webhook_event": 1, "activity": 2, "conversation": 0, "contact": 0},
        )
        self.assertEqual(self.activity("AM1", "status, body"), "delivered|now")
        self.assertEqual(self.sql("select openphone_id from activities order by 1"), "AC1\nAM1\nAM2")

    def test_the_views_are_no_source(self):
        self.compat()
        self.assertIn("is a view in the source", self.refused(self.postgres.url_of("readonly")))

    def compat(self):
        with open(COMPAT, encoding="utf-8") as file:
            text = file.read()
        for _ in range(2):  # repeatedly
            self.sql("set role trunkline_owner;\n" + text)
        self.addCleanup(self.sql, "drop view activity, conversation, contact, webhook_event")

    def make_views(self):
        return subprocess.run(
            ["psql", "-X", "-q", self.postgres.url_of("owner"), "-v", "ON_ERROR_STOP=1", "-f", COMPAT],
            capture_output=True,
            text=True,
            check=False,
            env=clean_environment(PGOPTIONS="-c search_path=compat,public"),
        )

    def test_views_in_a_schema_of_their_own(self):
        self.take()
        # The old tables have the names of the views.
        self.sql(
            "set role trunkline_owner; create table public.activity (id int); create table public.contact (id int)"
        )
        self.addCleanup(self.sql, "drop table public.activity, public.contact")
        refused = self.make_views()
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("there is no schema compat yet", refused.stderr)
        self.assertIn("create schema compat authorization trunkline_owner", refused.stderr)
        self.sql("create schema compat authorization trunkline_owner")
        self.addCleanup(self.sql, "drop schema compat cascade")
        for _ in range(2):
            made = self.make_views()
            self.assertEqual(made.returncode, 0, made.stderr)
        read = "set session authorization trunkline_{}; select openphone_id from {}activity where openphone_id = 'AC1'"
        self.assertEqual(self.sql(read.format("readonly", "compat.")), "AC1")
        self.assertEqual(self.sql("set search_path = compat, public; " + read.format("readonly", "")), "AC1")
        # As docs/migrating.md describes it for readers.
        self.sql("alter role trunkline_readonly in database trunkline set search_path = compat, public")
        self.addCleanup(self.sql, "alter role trunkline_readonly in database trunkline reset search_path")
        read_it = subprocess.run(
            [
                "psql",
                "-X",
                "-A",
                "-t",
                self.postgres.url_of("readonly"),
                "-c",
                "select openphone_id from activity where openphone_id = 'AC1'",
            ],
            capture_output=True,
            text=True,
            check=True,
            env=clean_environment(),
        )
        self.assertEqual(read_it.stdout, "AC1\n")
        with self.assertRaisesRegex(RuntimeError, "permission denied for schema compat"):
            self.sql(read.format("worker", "compat."))
        self.assertEqual(self.sql("select count(*) from public.activity"), "0")

    def test_a_permitted_login_needs_no_existing_schema(self):
        self.sql("grant create on database trunkline to trunkline_owner")
        self.addCleanup(self.sql, "revoke create on database trunkline from trunkline_owner")
        made = self.make_views()
        self.addCleanup(self.sql, "drop schema compat cascade")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(
            self.sql("set session authorization trunkline_readonly; select count(*) from compat.contact"), "0"
        )

    def test_the_old_service_reads_its_rows_in_the_views(self):
        self.compat()
        self.take()
        # Each of its columns exists.
        for table in ("activity", "conversation", "contact", "webhook_event"):
            old = self.postgres.psql(
                "select column_name from information_schema.columns where table_schema = 'public' "
                f"and table_name = '{table}'",
                database="old",
            ).split()
            self.sql(f"select {', '.join(set(old) - {'email_from'})} from {table}")
        self.assertEqual(
            self.sql(
                f"""
            select c.first_name, c.last_name, c.email, v.openphone_id, a.openphone_id, a.body, a.media_urls ->> 0
              from activity a join conversation v on v.id = a.conversation_id join contact c on c.id = a.contact_id
             where c.phone = '{ADA}' and a.activity_type = 'message' and a.created_at >= timestamp '2026-03-01'
             order by a.created_at desc limit 1"""
            ),
            "Ada|Lovelace|ada@example.com|CN1|AC1|from the event|https://example.com/1.jpg",
        )
        self.assertEqual(
            self.sql(
                "select duration_seconds, recording_url, ai_transcript -> 'dialogue' -> 0 ->> 'speaker', "
                "answered_at from activity where openphone_id = 'AC2'"
            ),
            "300|https://example.com/old.mp3|Agent|2026-03-01 11:00:00",
        )
        self.assertEqual(self.sql("select last_activity_type from conversation where openphone_id = 'CN1'"), "call")
        self.assertEqual(
            self.sql(f"select first_name, last_name from contact where phone = '{BOB}'"), f"{BOB}|(from OpenPhone)"
        )
        self.assertEqual(
            self.sql("select event_type, processed, error_message from webhook_event where processed"),
            "message.received|t|∅",
        )
        self.assertEqual(self.sql("set role trunkline_readonly; select count(*) > 0 from activity"), "t")
