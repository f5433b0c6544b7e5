# SPDX-License-Identifier: Apache-2.0
"""Dead letters replayed by an operator: one, many, twice at once, without success, interrupted; and workers
killed at critical points."""
import json
import os
import re
import signal
import subprocess
import sys
import time

from proxy import Proxy
from seeds import soak_only
from worker_harness import BIN, Worker, WorkerTest, message, wait_for


def measured(name, value):
    print(f"measured: {name}: {value}", file=sys.stderr)


class ProxiedRedis:
    """A Redis as a worker uses it through a proxy."""

    def __init__(self, redis, port):
        self.folder, self.redis, self.port = redis.folder, redis, port

    def url_of(self, role):
        return self.redis.url_of(role, port=self.port)


class Replay(WorkerTest):
    def setUp(self):
        super().setUp()
        # Records each committed write of activities.
        self.sql(
            """create table if not exists effects (id text); truncate effects;
            create or replace function effect() returns trigger language plpgsql security definer as $$ begin
                insert into effects values (new.openphone_id); return new; end $$;
            create or replace trigger effect after insert or update on activities for each row execute function effect()"""
        )

    def refuse(self):
        self.sql(
            """create or replace function refuse() returns trigger language plpgsql as $$ begin
            raise 'refused' using errcode = '23514'; end $$;
            create or replace trigger refuse before insert on activities for each row execute function refuse()"""
        )
        self.addCleanup(self.accept)

    def accept(self):
        self.sql("drop trigger if exists refuse on activities")

    def put_dead(self, count, error="refused"):
        self.sql(
            f"""insert into webhook_events (event_key, event_id, event_type, state, attempts, finished_at,
                received_at, delivery_id, entry_id, scheme, key_index, parser_version, payload, error_message)
            select sha256(n::text::bytea), 'EV' || n, 'message.received', 'dead', 16, now(), now() - interval '3 days',
                   'R' || n, '1-' || n, 'hex', 0, 1, replace($${message(-4711)}$$, '-4711', n::text)::json, '{error}'
              from generate_series(1, {count}) n; analyze webhook_events"""
        )

    def start_replay(self, *arguments, **more):
        return subprocess.Popen(
            [
                os.path.join(BIN, "trunkline"),
                "dead",
                "replay",
                *arguments,
                "--postgres",
                self.postgres.url_of("worker"),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **more,
        )

    def replay(self, *arguments):
        """Returns the printed number of replayed events, after a run that succeeded or skipped some."""
        process = self.start_replay(*arguments)
        out, problem = process.communicate("", timeout=60)
        self.assertIn(process.returncode, (0, 1), problem)
        return int(re.search(r"(\d+) replayed", out).group(1))

    def check_effects_once(self, count):
        self.assertEqual(self.sql("select count(*), count(distinct id) from effects"), f"{count}|{count}")

    def test_one_then_by_filter_then_all(self):
        self.put_dead(30)
        self.sql("update webhook_events set error_message = 'mended' where event_id in ('EV2', 'EV3', 'EV4')")
        self.worker()
        self.assertEqual(self.replay("EV1"), 1)
        self.wait_states(processed=1, dead=29)
        self.assertEqual(self.replay("--all", "--error", "mended", "--yes"), 3)
        self.wait_states(processed=4, dead=26)
        self.assertEqual(self.replay("--all", "--yes"), 26)
        self.wait_states(processed=30)
        self.check_effects_once(30)

    def replay_all_twice_at_once(self, count):
        self.put_dead(count)
        began = time.monotonic()
        shells = [self.start_replay("--all", "--yes", "--json") for _ in range(2)]
        said = [shell.communicate(timeout=120) for shell in shells]
        measured(f"replay of all {count}, twice at once", f"{time.monotonic() - began:.2f} s")
        reports = [json.loads(out) for out, _ in said]
        self.assertEqual(sum(each["count"] for each in reports), count)
        listed = [{row["id"] for row in each["replayed"]} for each in reports]  # the first thousand events of each
        self.assertEqual(listed[0] & listed[1], set())
        began = time.monotonic()
        self.worker(threads=2, lease="60s")  # none expires on a slow machine
        self.wait_states(processed=count, deadline=180 + count / 50)
        measured(f"{count} replayed events applied", f"{count / (time.monotonic() - began):.0f}/s")
        self.check_effects_once(count)
        self.assertEqual(self.sql("select distinct attempts, claims from webhook_events"), "0|1")

    def test_all_twice_at_once(self):
        self.replay_all_twice_at_once(2000)

    @soak_only
    def test_all_fifty_thousand_twice_at_once(self):
        self.replay_all_twice_at_once(50_000)

    def test_while_the_cause_persists_it_is_dead_again_after_its_schedule(self):
        self.refuse()
        self.put_dead(5)
        self.worker(max_attempts=3, retry_base="10ms")
        for _ in range(2):
            before = self.sql("select max(finished_at) from webhook_events")
            shells = [self.start_replay("--all", "--yes") for _ in range(2)]
            for shell in shells:
                shell.communicate("", timeout=30)
            wait_for(
                lambda: self.count(f"webhook_events where state = 'dead' and finished_at > '{before}'") == 5,
                "all to be dead again",
            )
            self.assertEqual(self.sql("select distinct attempts, sqlstate from webhook_events"), "3|23514")
        self.accept()
        self.assertEqual(self.replay("--all", "--yes"), 5)
        self.wait_states(processed=5)
        self.check_effects_once(5)

    def test_interrupted_in_the_middle_each_is_replayed_or_still_dead(self):
        self.put_dead(2000)
        # At the question: nothing is replayed.
        asked = self.start_replay("--all")
        asked.stderr.read(len("replay 2000"))
        asked.send_signal(signal.SIGINT)
        asked.communicate(timeout=30)
        self.assertEqual(self.states(), {"dead": 2000})
        # While it runs: a row that it needs is locked, so it is in the middle of a statement.
        unlock = self.session("begin; select from webhook_events where event_id = 'EV1500' for update;")
        working = self.start_replay("--all", "--yes")
        waiting = "pg_stat_activity where wait_event_type = 'Lock' and datname = 'trunkline'"
        wait_for(lambda: self.count(waiting) == 1, "the replay to wait for the lock")
        working.send_signal(signal.SIGINT)
        working.communicate(timeout=30)
        self.assertNotEqual(working.returncode, 0)
        unlock()
        wait_for(
            lambda: self.count("pg_stat_activity where state = 'active' and datname = 'trunkline'") == 1,
            "its session to end",
        )
        # The statement that the server is executing may still be completed, later ones are not.
        self.assertIn(self.states(), ({"dead": 2000}, {"dead": 1000, "retrying": 1000}))
        left = self.states()["dead"]
        self.assertEqual(self.replay("--all", "--yes"), left)
        self.worker()
        self.wait_states(processed=2000)
        self.check_effects_once(2000)

    # Workers killed at critical points.

    def killed_at(self, proxy, is_moment, worker):
        """Kills the worker as soon as it sends that; nothing of it arrives."""
        seen = []

        def watch(link, direction, data):
            if direction == "up" and (seen or is_moment(data)):
                if not seen:
                    seen.append(data)
                    worker().process.kill()
                return b""
            return data

        proxy.watch(watch)
        return seen

    def test_killed_between_dead_letter_and_settling(self):
        self.refuse()
        with Proxy(self.redis.port) as proxy:
            worker = Worker(ProxiedRedis(self.redis, proxy.port), self.postgres, max_attempts=1)
            self.workers.append(worker)
            worker.wait_ready()
            seen = self.killed_at(proxy, lambda data: b"XACK" in data, lambda: worker)
            self.add_messages([1])
            wait_for(lambda: seen and worker.process.poll() is not None, "the worker to be killed")
        self.assertEqual(self.states(), {"dead": 1})
        self.assertEqual(self.pending(), 1)
        after = self.worker(max_attempts=1)
        self.wait_drained()
        self.assertEqual(self.sql("select state, attempts from webhook_events"), "dead|1")
        wait_for(lambda: self.process_info(after).get("redelivered") == "1", "the process information to count it")
        self.assertEqual(self.process_info(after)["dead"], "0")

    def test_killed_between_due_and_rerun(self):
        self.put_dead(20)
        with Proxy(self.postgres.port) as proxy:
            worker = self.worker(database=self.postgres.url_of("worker", port=proxy.port), lease="1s")
            worker.wait_ready()
            # In a Bind message: the name of an empty portal, then that of the statement.
            seen = self.killed_at(
                proxy, lambda data: b"\0settle_leased\0" in data and b"settle_leased\0--" not in data, lambda: worker
            )
            self.replay("--all", "--yes")
            wait_for(lambda: seen and worker.process.poll() is not None, "the worker to be killed")
        self.assertEqual(self.states(), {"retrying": 20})
        self.assertEqual(self.sql("select min(claims), max(claims) from webhook_events"), "1|1")
        self.worker(lease="1s")
        self.wait_states(processed=20)
        self.assertEqual(self.sql("select distinct attempts, claims from webhook_events"), "0|2")
        self.check_effects_once(20)
