# SPDX-License-Identifier: Apache-2.0
"""trunkline dead delete: nothing of an event remains, and an auditor can name each deleted event."""

from event_rows import Commands, insert, json_schema
from worker_harness import WorkerTest

BROKEN = '{"type": "message.received", "data": {'


class DeadDeleted(Commands, WorkerTest):
    role = "owner"

    def setUp(self):
        super().setUp()
        self.sql("truncate dead_deletions, dead_deleted_events restart identity")

    def deliver(self, times):
        worker = self.worker()
        for _ in range(times):
            self.add(BROKEN)
        self.wait_drained()
        self.assertEqual(worker.terminate(), 0)

    def test_copies_go_with_their_event(self):
        self.deliver(3)
        self.assertEqual((self.states(), self.count("event_copies")), ({"dead": 1}, 2))
        result = self.json("dead delete", "--all", "--yes", "--reason", "a test")
        self.assertEqual((result["deleted"], result["copies"]), (1, 2))
        self.assertEqual((self.count(), self.count("event_copies")), (0, 0))
        self.assertEqual(self.sql("select events, copies from dead_deletions"), "1|2")
        # The same bytes again: a new event, with only its own copies.
        self.deliver(2)
        self.assertEqual((self.states(), self.count("event_copies")), ({"dead": 1}, 1))
        row = self.sql("select id from webhook_events")
        self.assertEqual(
            len(json_schema.check("events show", self.ok("events show", row, "--json"))["events"][0]["copies"]), 1
        )
        self.assertIn("1 deleted with 1 copy", self.ok("dead delete", row, "--yes"))

    def test_other_copies_stay(self):
        insert(self.postgres, 1, "dead", error="broken")
        insert(self.postgres, 2)
        self.sql("insert into event_copies values ('1-1', sha256('one1'), now()), ('2-1', sha256('one2'), now())")
        self.ok("dead delete", "--all", "--yes")
        self.assertEqual(self.sql("select entry_id from event_copies"), "2-1")

    def test_an_auditor_can_name_each(self):
        for number in range(1, 4):
            insert(self.postgres, number, "dead", error="it's broken " + "x" * 500, kind="call.completed")
        insert(self.postgres, 4, "dead", error="other")
        ids = self.sql("select string_agg(id::text, ' ' order by id) from webhook_events where event_id <> 'EV4'")
        result = self.json("dead delete", "--all", "--error", "it's", "--died-before", "1s", "--yes", "--reason", "old")
        found = self.sql(
            "select d.selection, d.reason, d.events, d.role, d.person <> '', string_agg(e.id::text, ' ' order by e.id), "
            "string_agg(e.event_id || e.delivery_id || e.entry_id, ' ' order by e.id), min(e.event_type), "
            "bool_and(e.finished_at < d.ended_at and e.received_at < d.ended_at), max(length(e.reason)) "
            "from dead_deletions d join dead_deleted_events e on e.deletion_id = d.id group by d.id"
        )
        self.assertEqual(
            found.split("|"),
            [
                r"--all --error 'it'\''s' --died-before '1s'",
                "old",
                "3",
                "trunkline_owner",
                "t",
                ids,
                " ".join(f"EV{n}DEL{n}170000000000{n}-0" for n in (1, 2, 3)),
                "call.completed",
                "t",
                "200",
            ],
        )
        self.assertEqual(self.sql("select count(*) from dead_deleted_events where event_key = sha256('one2')"), "1")
        self.assertEqual(result["record"], 1)

    def test_a_search_for_it_is_answered(self):
        row = insert(self.postgres, 1, "dead", error="broken")
        self.ok("dead delete", "EV1", "--yes")
        for verb in ("dead show", "events show"):
            for name in ("EV1", str(row)):
                done = self.command(verb, name, role="readonly")
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertRegex(
                    done.stderr,
                    f"no event has the id {name}: deleted at 20[^ ]+Z by " r"\S+@\S+ \(row 1 of dead_deletions\)",
                )
        self.assertIn("deleted", self.command("dead replay", "EV1", role="worker").stderr)

    def test_replay_waits_for_a_batch_that_has_read_the_event(self):
        insert(self.postgres, 1, "dead", error="broken")
        # Like a worker that is processing a copy of it.
        end = self.session("begin; select pg_advisory_xact_lock_shared(1953655660) \\g /dev/null")
        refused = self.command("dead delete", "--all", "--yes")
        self.assertEqual(refused.returncode, 1)
        self.assertNotEqual(refused.stderr, "")
        self.assertEqual(self.count(), 1)
        end()
        self.ok("dead delete", "--all", "--yes")
        self.assertEqual(self.count(), 0)
