# SPDX-License-Identifier: Apache-2.0
"""trunkline pause and resume: applying stops, accepting does not; a pause is stored in PostgreSQL and can end
automatically."""
import json
import os
import threading
import time

from commands import CommandTest
from worker_harness import wait_for


class Pause(CommandTest):
    def pause(self, *options, **more):
        return self.command("pause", "--reason", "a backup", *options, **more)

    def wait_paused(self, worker):
        wait_for(lambda: worker.ready()[1]["state"] == "paused", "the worker to pause")

    def test_nothing_is_applied_until_resume(self):
        worker = self.worker()
        worker.wait_ready()
        done = self.pause()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"^paused by \S+@\S+ since \S+Z: a backup\n")
        self.wait_paused(worker)
        status, answer = worker.ready()
        self.assertEqual((status, answer["ready"]), (200, True))  # a paused worker is ready: no supervisor restarts it
        self.assertRegex(answer["note"], "by .*: a backup")
        self.redis.command("FLUSHALL")
        self.add_messages(range(20))
        # A worker that starts during a pause reads nothing either.
        late = self.worker()
        self.wait_paused(late)
        # A thread that was reading when the pause came releases what it read.
        wait_for(lambda: self.pending() == 0, "no entry to be pending")
        self.assertEqual((self.count(), self.redis.command("XLEN", "{trunkline}:deliveries")), (0, 20))
        self.assertEqual(self.command("resume").returncode, 0)
        self.wait_states(processed=20)
        self.assertEqual(self.sql("select distinct attempts from webhook_events"), "0")
        self.assertEqual(
            self.sql(
                "select string_agg(action || ' ' || coalesce(reason, '-'), ', ' order by id) from "
                "operator_log where who like '%@%' and login = 'trunkline_worker'"
            ),
            "pause a backup, resume -",
        )
        wait_for(lambda: worker.ready()[1]["state"] == "running", "the worker to run")

    def rows(self):
        """Returns everything that applying changes."""
        return self.sql(
            "select (select count(*) from webhook_events), (select count(*) from event_copies), "
            "(select count(*) from activities), (select max(updated_at) from activities), "
            "(select sum(attempts) from webhook_events), (select max(finished_at) from webhook_events)"
        )

    def assert_still(self, seconds):
        before, end = self.rows(), time.monotonic() + seconds
        while time.monotonic() < end:
            self.assertEqual(self.rows(), before)

    def test_no_row_changes_after_pause_returns_under_load(self):
        for worker in (
            self.worker(threads=3, batch=20, block="500ms"),
            self.worker(threads=3, batch=20, block="500ms"),
        ):
            worker.wait_ready()
        # Among them, retries that are due all the time.
        self.sql(
            """insert into webhook_events (event_key, event_id, event_type, state, next_attempt_at, received_at,
                    delivery_id, entry_id, scheme, key_index, parser_version, payload)
                    select sha256(n::text::bytea), 'EV', 'x', 'retrying', now() + n * interval '20 ms', now(), 'D',
                           n || '-0', 'hex', 0, 1, json_build_object('id', 'R' || n, 'type', 'token.validated')
                      from generate_series(1, 500) n"""
        )
        ending, sent = threading.Event(), []

        def send():
            while not ending.is_set():
                first = 40 * len(sent)
                self.add_at_once(range(first, first + 40))
                sent.append(first)
                time.sleep(0.01)

        sender = threading.Thread(target=send)
        sender.start()
        try:
            for _ in range(5):
                count = self.count()
                wait_for(lambda count=count: self.count() > count + 50, "rows")
                done = self.json("pause", "--reason", "load")
                self.assertEqual(done["batches_left"], 0)
                self.assert_still(1.2)
                self.command("resume")
        finally:
            ending.set()
            sender.join()
        self.wait_drained()
        wait_for(lambda: self.states() == {"processed": 40 * len(sent), "ignored": 500}, "every event, once")
        self.assertEqual(self.sql("select max(attempts) from webhook_events"), "0")

    def test_entries_read_during_a_pause_are_released_uncounted(self):
        worker = self.worker(threads=1, block="1s", **{"claim-after": "300ms"})
        worker.wait_ready()
        wait_for(
            lambda: self.redis.command("CLIENT", "LIST").count("cmd=xreadgroup") > 0, "a thread that waits in its read"
        )
        self.pause()
        self.add_messages(range(3))
        self.wait_paused(worker)
        self.assert_still(0.5)
        # An idle consumer may be deleted meanwhile.
        wait_for(
            lambda: {c["pending"] for c in self.consumers() if c["name"] != "released"} <= {0},
            "the entries to be released",
        )
        self.command("resume")
        self.wait_states(processed=3)
        self.assertEqual(self.sql("select max(attempts) from webhook_events"), "0")

    def test_a_batch_that_exceeds_the_wait_is_reported(self):
        worker = self.worker(threads=1, **{"postgres-lock-timeout": "2900ms"})
        worker.wait_ready()
        end = self.lock_table("activities")
        self.add_messages(range(1))
        wait_for(
            lambda: self.sql("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == "1",
            "it to wait",
        )
        done = self.command("pause", "--reason", "x", "--wait", "300ms", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["batches_left"]), (1, 1), done.stderr)
        self.assertIn("300ms", done.stderr)
        done = self.command("pause", "--reason", "x", "--wait", "0s")
        self.assertEqual(done.returncode, 0, done.stderr)
        end()
        self.assertEqual(self.json("pause", "--reason", "x")["batches_left"], 0)
        self.assert_still(0.3)

    def test_it_survives_a_restart_of_postgres(self):
        worker = self.worker()
        worker.wait_ready()
        self.pause()
        self.wait_paused(worker)
        self.postgres.stop()
        self.postgres.start()
        self.add_messages(range(3))
        wait_for(lambda: worker.ready()[1]["state"] == "paused", "the worker to be paused again")
        self.assertEqual(self.count(), 0)
        self.assertEqual(self.json("queue")["pause"]["reason"], "a backup")
        self.command("resume")
        self.wait_states(processed=3)

    def test_retries_are_not_leased(self):
        worker = self.worker()
        worker.wait_ready()
        self.pause()
        self.wait_paused(worker)
        self.sql(
            """insert into webhook_events (event_key, event_id, event_type, state, next_attempt_at, received_at,
                    delivery_id, entry_id, scheme, key_index, parser_version, payload)
                    values (sha256('x'), 'EV', 'message.received', 'retrying', now() - interval '1 minute', now(), 'D',
                            '1-0', 'hex', 0, 1, '{"id": "EV", "type": "token.validated"}')"""
        )
        seen = len(worker.log())
        self.sql("update controls set reason = 'two' where name = 'pause'")
        wait_for(lambda: "two" in worker.ready()[1].get("note", ""), "another look at the controls")
        self.assertEqual(
            self.sql("select state, claims, leased_until from webhook_events"), "retrying|0|∅", worker.log()[seen:]
        )
        self.command("resume")
        wait_for(lambda: self.states() == {"ignored": 1}, "the retry")

    def test_it_ends_automatically(self):
        worker, other = self.worker(), self.worker()
        worker.wait_ready(), other.wait_ready()
        result = self.json("pause", "--reason", "short", "--for", "1h")
        self.assertEqual((result["pause"]["reason"], result["pause"]["until"][-1]), ("short", "Z"))
        self.wait_paused(worker), self.wait_paused(other)
        self.add_messages(range(3))
        self.sql("update controls set until = now() + interval '1 second' where name = 'pause'")
        self.wait_states(processed=3)
        wait_for(lambda: [w.ready()[1]["state"] for w in (worker, other)] == ["running"] * 2, "both to run")
        self.assertIsNone(self.json("queue")["pause"])

    def test_it_is_shown_everywhere(self):
        worker = self.worker(**{"heartbeat-interval": "100ms"})
        worker.wait_ready()
        self.pause("--resume-at", "2099-01-01 06:00")
        self.wait_paused(worker)
        queue = self.command("queue", role="readonly")
        self.assertRegex(
            queue.stdout.splitlines()[0],
            r"^WARNING: .*paused by .* until 2099-01-01T06:00:00Z: a backup; .*run 'trunkline resume'",
        )
        self.assertRegex(queue.stdout, r"applying +paused +by ")
        self.assertEqual(self.json("queue", role="readonly")["pause"]["until"], "2099-01-01T06:00:00Z")
        wait_for(
            lambda: [w["state"] for w in self.json("workers list")["workers"]] == ["paused"], "the process information"
        )
        self.assertIn("a backup", self.command("workers", "list").stdout)
        self.assertIn("a backup", self.command("stats", role="readonly").stdout)

    def test_a_pause_of_a_paused_one_replaces_it(self):
        self.pause()
        self.assertEqual(self.json("pause", "--reason", "other")["pause"]["reason"], "other")
        self.assertEqual(self.sql("select count(*) from operator_log"), "2")
        self.command("resume")
        self.assertIsNone(self.json("resume")["pause"])
        self.assertEqual(self.sql("select count(*) from operator_log"), "3")  # there was no pause to end

    def test_refusals(self):
        for options, code, said in (
            (("pause",), 64, "--reason is missing"),
            (("pause", "--reason", "x", "--for", "1h", "--resume-at", "2099-01-01"), 64, "either"),
            (("pause", "--reason", "x", "--resume-at", "soon"), 64, "must be a time"),
            (("pause", "--reason", "x", "--resume-at", "2020-01-01"), 64, "in the past"),
            (("pause", "--reason", "x", "--resume-at", "2099-01-01 06:00 Nowhere/At"), 64, "be a time"),
            (("pause", "--reason", "two\nlines"), 64, "one line"),
            (("pause", "--reason", "x" * 501), 64, "at most 500"),
            (("pause", "--reason", "x", "--for", "5"), 78, "number and a unit"),
        ):
            done = self.command(*options)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(said, done.stderr)
        done = self.pause(role="readonly")
        self.assertEqual(done.returncode, 1)
        self.assertIn("trunkline_worker", done.stderr)
        self.assertEqual(self.sql("select count(*) from operator_log"), "0")
        away = self.pause(database_url="postgresql://nobody@127.0.0.1:1/none")
        self.assertEqual(away.returncode, 3)


class Watch(CommandTest):
    def test_prints_a_line_per_sample_until_sigint(self):
        import signal
        import subprocess
        from commands import TRUNKLINE, clean_environment

        environment = clean_environment(
            REDIS_URL=self.redis.url_of("operator"), DATABASE_URL=self.postgres.url_of("readonly")
        )
        for options, line in (
            (["--watch", "0.2"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ WARNING: .* \| accepted "),
            (["--json", "--watch", "0.2"], r"^\{.*\}$"),
        ):
            watch = subprocess.Popen([TRUNKLINE, "queue", *options], env=environment, stdout=subprocess.PIPE, text=True)
            self.addCleanup(watch.stdout.close)
            self.addCleanup(watch.kill)
            for _ in range(3):
                text = watch.stdout.readline().rstrip("\n")
                self.assertRegex(text, line)
                if text.startswith("{"):
                    json.loads(text)
            watch.send_signal(signal.SIGINT)
            self.assertEqual(watch.wait(30), 0)
        # On a terminal it redraws in place, and restores the cursor.
        master, slave = os.openpty()
        watch = subprocess.Popen([TRUNKLINE, "queue", "--watch"], env=environment, stdout=slave)
        os.close(slave)
        seen = b""
        while b"durability" not in seen:
            seen += os.read(master, 65536)
        self.assertIn(b"\x1b[H\x1b[2J", seen)
        watch.send_signal(signal.SIGINT)
        self.assertEqual(watch.wait(30), 0)
        self.assertTrue(os.read(master, 65536).endswith(b"\x1b[?25h"))
        os.close(master)
        self.assertEqual(self.command("queue", "--watch", "0").returncode, 64)
