# SPDX-License-Identifier: Apache-2.0
"""trunkline pause and resume: applying stops, accepting does not; it lives in Postgres and ends by itself."""
import json
import os
import unittest

from verbs import VerbTest
from worker_harness import wait_for


class Pause(VerbTest):
    def pause(self, *options, **more):
        return self.verb("pause", "--reason", "a backup", *options, **more)

    def wait_paused(self, worker):
        wait_for(lambda: worker.ready()[1]["state"] == "paused", "the worker to pause", 5)

    def test_nothing_is_applied_until_resume(self):
        worker = self.worker()
        worker.wait_ready()
        done = self.pause()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"^paused by \S+@\S+ since \S+Z: a backup\n")
        self.wait_paused(worker)
        status, answer = worker.ready()
        self.assertEqual((status, answer["ready"]), (200, True))  # as it should be: nobody restarts it for that
        self.assertRegex(answer["note"], "by .*: a backup")
        self.redis.command("FLUSHALL")
        self.add_messages(range(20))
        # A worker that comes while it is paused reads nothing either.
        late = self.worker()
        self.wait_paused(late)
        self.assertEqual((self.count(), self.pending(), self.redis.command("XLEN", "{trunkline}:deliveries")), (0, 0, 20))
        self.assertEqual(self.verb("resume").stdout, "not paused: workers apply what comes\n")
        self.wait_states(processed=20)
        self.assertEqual(self.sql("select distinct attempts from webhook_events"), "0")
        self.assertEqual(self.sql("select string_agg(action || ' ' || coalesce(reason, '-'), ', ' order by id) from "
                                  "operator_log where who like '%@%' and login = 'trunkline_worker'"),
                         "pause a backup, resume -")
        wait_for(lambda: worker.ready()[1]["state"] == "running", "the worker to run")

    def test_retries_are_not_leased(self):
        worker = self.worker()
        worker.wait_ready()
        self.pause()
        self.wait_paused(worker)
        self.sql("""insert into webhook_events (event_key, event_id, event_type, state, next_attempt_at, received_at,
                    delivery_id, entry_id, scheme, key_index, parser_version, payload)
                    values (sha256('x'), 'EV', 'message.received', 'retrying', now() - interval '1 minute', now(), 'D',
                            '1-0', 'hex', 0, 1, '{"id": "EV", "type": "token.validated"}')""")
        seen = len(worker.log())
        self.sql("update controls set reason = 'two' where name = 'pause'")
        wait_for(lambda: "two" in worker.ready()[1].get("note", ""), "another look at the controls")
        self.assertEqual(self.sql("select state, claims, leased_until from webhook_events"), "retrying|0|∅", worker.log()[seen:])
        self.verb("resume")
        wait_for(lambda: self.states() == {"ignored": 1}, "the retry")

    def test_it_ends_by_itself(self):
        worker = self.worker()
        worker.wait_ready()
        told = self.told("pause", "--reason", "short", "--for", "3s")
        self.assertEqual((told["pause"]["reason"], told["pause"]["until"][-1]), ("short", "Z"))
        self.wait_paused(worker)
        self.add_messages(range(3))
        self.wait_states(processed=3, deadline=8)
        self.assertIsNone(self.told("queue")["pause"])

    def test_it_is_shown_everywhere(self):
        worker = self.worker(**{"heartbeat-every": "100ms"})
        worker.wait_ready()
        self.pause("--until", "2099-01-01 06:00")
        self.wait_paused(worker)
        queue = self.verb("queue", role="readonly")
        self.assertRegex(queue.stdout.splitlines()[0], r"^WATCH: .*paused by .* until 2099-01-01T06:00:00Z: a backup, go on with")
        self.assertRegex(queue.stdout, r"applying +paused +by ")
        self.assertEqual(self.told("queue", role="readonly")["pause"]["until"], "2099-01-01T06:00:00Z")
        wait_for(lambda: [w["state"] for w in self.told("workers list")["workers"]] == ["paused"], "the card")
        self.assertIn("a backup", self.verb("workers", "list").stdout)
        self.assertIn("PAUSED by ", self.verb("stats", role="readonly").stdout)

    def test_a_pause_of_a_paused_one_replaces_it(self):
        self.pause()
        self.assertEqual(self.told("pause", "--reason", "other")["pause"]["reason"], "other")
        self.assertEqual(self.sql("select count(*) from operator_log"), "2")
        self.verb("resume")
        self.assertIsNone(self.told("resume")["pause"])
        self.assertEqual(self.sql("select count(*) from operator_log"), "3")  # nothing was there to resume

    def test_refusals(self):
        for options, code, said in ((("pause",), 64, "--reason is missing"),
                                    (("pause", "--reason", "x", "--for", "1h", "--until", "2099-01-01"), 64, "either"),
                                    (("pause", "--reason", "x", "--until", "soon"), 64, "must be a time"),
                                    (("pause", "--reason", "x", "--until", "2020-01-01"), 64, "in the past"),
                                    (("pause", "--reason", "x", "--for", "5"), 78, "number and a unit")):
            done = self.verb(*options)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(said, done.stderr)
        done = self.pause(role="readonly")
        self.assertEqual(done.returncode, 1)
        self.assertIn("run it as trunkline_worker", done.stderr)
        self.assertEqual(self.sql("select count(*) from operator_log"), "0")
        away = self.pause(database_url="postgresql://nobody@127.0.0.1:1/none")
        self.assertEqual(away.returncode, 3)


class Watch(VerbTest):
    def test_a_line_a_sample_until_it_is_told_to_end(self):
        import signal
        import subprocess
        from verbs import TRUNKLINE, clean_environment
        environment = clean_environment(REDIS_URL=self.redis.url_of("operator"),
                                        DATABASE_URL=self.postgres.url_of("readonly"))
        for options, line in ((["--watch", "0.2"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ WATCH: .* \| accepted "),
                              (["--json", "--watch", "0.2"], r"^\{.*\}$")):
            watch = subprocess.Popen([TRUNKLINE, "queue", *options], env=environment, stdout=subprocess.PIPE, text=True)
            self.addCleanup(watch.stdout.close)
            self.addCleanup(watch.kill)
            for _ in range(3):
                text = watch.stdout.readline().rstrip("\n")
                self.assertRegex(text, line)
                if text.startswith("{"):
                    json.loads(text)
            watch.send_signal(signal.SIGINT)
            self.assertEqual(watch.wait(5), 0)
        # On a terminal it draws in place, and gives the cursor back.
        master, slave = os.openpty()
        watch = subprocess.Popen([TRUNKLINE, "queue", "--watch"], env=environment, stdout=slave)
        os.close(slave)
        seen = b""
        while b"durability" not in seen:
            seen += os.read(master, 65536)
        self.assertIn(b"\x1b[H\x1b[2J", seen)
        watch.send_signal(signal.SIGINT)
        self.assertEqual(watch.wait(5), 0)
        self.assertTrue(os.read(master, 65536).endswith(b"\x1b[?25h"))
        os.close(master)
        self.assertEqual(self.verb("queue", "--watch", "0").returncode, 64)


if __name__ == "__main__":
    unittest.main()
