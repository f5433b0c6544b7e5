# SPDX-License-Identifier: Apache-2.0
"""trunkline stats against counted values, and the counters that have no row."""
import json
import os
import signal
import subprocess

from commands import CommandTest
from seeds import seeds
from servers import free_port
from worker_harness import BIN, clean_environment, message, wait_for

ROWS = """insert into webhook_events (event_key, event_id, event_type, state, error_message, next_attempt_at,
  received_at, finished_at, delivery_id, entry_id, scheme, key_index, parser_version, payload)
  select sha256(convert_to('{name}' || n, 'UTF8')), 'EV' || n, '{type}', '{state}', 'broken',
    case when '{state}' = 'retrying' then now() + interval '1 hour' end, now() - interval '{age}',
    case when '{state}' <> 'retrying' then now() - interval '{age}' + n * interval '1 second' end, 'D' || n, n || '-0',
    'hex', 0, 1, '{{}}' from generate_series(1, {count}) n"""


class Stats(CommandTest):
    def rows(self, name, count, state, type="message.received", age="10 minutes"):
        self.sql(ROWS.format(name=name, count=count, state=state, type=type, age=age))

    def minute(self, ago=0):
        """Returns a time relative to the test's first call: times keep their distance when a minute ends in
        between."""
        if not hasattr(self, "now_minute"):
            self.now_minute = int(self.redis.command("TIME")[0]) // 60
        return self.now_minute - ago

    def figures(self, ago, **fields):
        self.redis.command(
            "HSET",
            "{trunkline}:minute:%d" % self.minute(ago),
            *(x for k, v in fields.items() for x in (k.replace("__", ":"), v)),
        )

    def stats(self, *options, **more):
        return self.json("stats", *options, role="readonly", **more)

    def folded(self):
        return dict(
            line.split("|")
            for line in self.sql("select figure, sum(count) from minute_figures group by 1").splitlines()
        )

    def test_nothing(self):
        stats = self.stats()
        self.assertEqual(
            (stats["deliveries"]["received"], stats["deliveries"]["success_rate"], stats["hours"]), (0, None, [])
        )
        self.assertFalse(stats["gateways"]["at_least"])

    def test_rows_by_hour_and_type(self):
        self.rows("a", 100, "processed")
        self.rows("b", 5, "ignored", type="task.created", age="5 hours")
        self.rows("c", 3, "dead", type="")
        self.rows("d", 2, "retrying")
        self.rows("old", 7, "processed", age="30 hours")
        stats = self.stats()
        all_of = stats["deliveries"]
        self.assertEqual(
            [all_of[k] for k in ("received", "processed", "ignored", "retrying", "dead")], [110, 100, 5, 2, 3]
        )
        self.assertAlmostEqual(all_of["success_rate"], 105 / 108, places=3)
        self.assertEqual(sum(h["deliveries"]["received"] for h in stats["hours"]), 110)
        self.assertIn(5, [h["deliveries"]["ignored"] for h in stats["hours"]])
        # Of 1 to 100 seconds and 1 to 5 seconds.
        truth = (
            self.sql(
                "select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by extract(epoch from "
                "finished_at - received_at)) from webhook_events where state in ('processed', 'ignored') and "
                "received_at > now() - interval '24 hours'"
            )
            .strip("{}")
            .split(",")
        )
        for name, value in zip(("p50_seconds", "p95_seconds", "p99_seconds"), truth):
            self.assertAlmostEqual(all_of[name], float(value), places=2)
        by_type = {t["type"]: t["deliveries"] for t in self.stats("--by", "type")["types"]}
        self.assertEqual(
            {k: v["received"] for k, v in by_type.items()}, {"message.received": 102, "task.created": 5, "(none)": 3}
        )
        self.assertEqual(self.stats("--since", "2d")["deliveries"]["received"], 117)
        self.assertEqual(self.stats("--since", "1h")["deliveries"]["ignored"], 0)
        text = self.command("stats", role="readonly").stdout
        self.assertRegex(text, r"(?m)^HOUR \(UTC\) +RECEIVED +PROCESSED ")
        self.assertRegex(text, r"(?m)^all +110 +100 +5 +0 +2 +3 +97\.22 % ")

    def test_any_rows_against_counting_them_all(self):
        for seed in seeds():
            # The last hour has only copies: it has a line all the same.
            self.sql(
                f"""truncate webhook_events, event_copies; select setseed({seed % 1000} / 1000.0);
              insert into webhook_events (event_key, event_id, event_type, state, error_message, next_attempt_at,
                received_at, finished_at, delivery_id, entry_id, scheme, key_index, parser_version, payload)
              select sha256(n::text::bytea), 'EV' || n, kind, state, 'no', case when state = 'retrying' then now() end, at,
                case when state <> 'retrying' then at + took end, 'D' || n, (n % 40 = 0)::int::text || n || '-0', 'hex', 0, 1,
                '{{}}'
              from (select n, (array['message.received', 'call.completed', ''])[1 + floor(random() * 3)] as kind,
                      (array['processed', 'processed', 'ignored', 'retrying', 'dead'])[1 + floor(random() * 5)] as state,
                      date_trunc('milliseconds', now() - interval '1 hour' - random() * interval '29 hours') as at,
                      power(10, random() * 8) * interval '1 millisecond' as took
                    from generate_series(1, 7000) n) e;
              update webhook_events set entry_id = 'import-' || id where id % 40 = 0;
              insert into event_copies (entry_id, event_key, received_at)
              select (extract(epoch from at) * 1000)::bigint || '-' || n, sha256(n::text::bytea), at
              from (select n, now() - random() * interval '30 hours' as at from generate_series(1, 3000) n) c"""
            )
            for by, name, list_of in (
                ("hour", "to_char(date_trunc('hour', received_at), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')", "hours"),
                ("type", "coalesce(nullif(event_type, ''), '(none)')", "types"),
            ):
                stats = self.stats("--by", by)
                self.assertIsNone(stats["counted_since"])
                rows = {row.pop(by): row["deliveries"] for row in stats[list_of]}
                rows["all"] = stats["deliveries"]
                took = "greatest(0, extract(epoch from finished_at - received_at))"
                # The two queries run at different times: rows at the edge may be on either side.
                truth = self.sql(
                    f"""with e as (select {name} as name, * from webhook_events
                    where received_at >= '{stats["since"]}'::timestamptz),
                  c as (select {name} as name from (select c.received_at, e.event_type from event_copies c
                    join webhook_events e using (event_key)) c where received_at >= '{stats["since"]}'::timestamptz)
                  select coalesce(name, 'all'), count(*) filter (where state = 'processed'),
                    count(*) filter (where state = 'ignored'), count(*) filter (where state = 'retrying'),
                    count(*) filter (where state = 'dead'),
                    (select count(*) from c where e.name is null or c.name = e.name),
                    array_to_string(percentile_cont(array[0.5, 0.95, 0.99]) within group (order by {took}) filter
                      (where state in ('processed', 'ignored') and entry_id not like 'import-%'), ' ')
                  from e group by rollup (name)"""
                )
                for line in truth.splitlines():
                    key, *counts, times = line.split("|")
                    if key == min(rows, default="") and by == "hour":
                        continue  # begins within a second of "since"
                    near = 2 if key == "all" or by == "type" else 0
                    for field, count in zip(("processed", "ignored", "retrying", "dead", "duplicates"), counts):
                        self.assertAlmostEqual(rows[key][field], int(count), delta=near, msg=(seed, key, field))
                    for field, seconds in zip(("p50_seconds", "p95_seconds", "p99_seconds"), times.split()):
                        seconds = float(seconds)
                        self.assertAlmostEqual(
                            rows[key][field],
                            seconds,
                            delta=0.002 + seconds * (0.006 + near * 0.03),
                            msg=(seed, key, field),
                        )
                names = {line.split("|")[0] for line in truth.splitlines()}
                for key in set(rows) - names - {min(rows)}:  # only copies; the oldest hour is truncated
                    self.assertEqual(
                        (by, {k: v for k, v in rows[key].items() if v and k not in ("received", "duplicates")}),
                        ("hour", {}),
                    )
                    self.assertEqual(
                        rows[key]["duplicates"],
                        int(
                            self.sql(
                                f"select count(*) from event_copies where date_trunc('hour', received_at) = '{key}'"
                            )
                        ),
                    )
                self.assertEqual(names - set(rows), set())

    def test_too_many_rows_are_counted_back_as_far_as_time_allows(self):
        self.sql(
            "insert into event_copies (entry_id, event_key, received_at) select (extract(epoch from now()) * "
            "1000)::bigint - n || '-0', sha256('a1'), now() from generate_series(1, 10) n"
        )
        self.sql(
            """insert into webhook_events (event_key, event_id, event_type, state, received_at, finished_at, delivery_id,
                    entry_id, scheme, key_index, parser_version, payload)
                    select sha256(n::text::bytea), 'EV', 'x', 'processed', now() - n * interval '3 seconds', now(), 'D',
                           n || '-0', 'hex', 0, 1, '{}' from generate_series(1, 20000) n; analyze webhook_events"""
        )
        # Each row takes this reader a fraction of a millisecond.
        self.sql(
            "alter table webhook_events enable row level security; create policy slow on webhook_events for select to "
            "trunkline_readonly using (pg_sleep(0.0001) is not null)"
        )
        self.addCleanup(
            self.sql, "drop policy slow on webhook_events; alter table webhook_events disable row level security"
        )
        stats = self.stats()
        counted = stats["deliveries"]["processed"]
        self.assertTrue(stats["deliveries"]["at_least"])
        self.assertGreater(counted, 400)
        self.assertLess(counted, 20000)
        cut = stats["counted_since"]
        for hour in stats["hours"]:
            self.assertEqual(hour["deliveries"]["at_least"], hour["hour"] <= cut, hour)
            if hour["hour"] > cut:
                self.assertEqual(
                    hour["deliveries"]["processed"],
                    int(
                        self.sql(
                            f"select count(*) from webhook_events where date_trunc('hour', received_at) = '{hour['hour']}'"
                        )
                    ),
                )
        text = self.command("stats", role="readonly").stdout
        self.assertRegex(text, r"(?m)^CUT: too many rows for 2 s, counted back to \S+Z only$")
        self.assertRegex(text, r"(?m)^all +\d+\+ ")

    def test_duplicates(self):
        now = self.minute() * 60000
        worker = self.worker()
        for body, times in ((message(1), 3), (message(2), 1)):
            for _ in range(times):
                self.add(body, t=str(now))
        worker.wait_ready()
        self.wait_drained()
        stats = self.stats()["deliveries"]
        self.assertEqual((stats["received"], stats["processed"], stats["duplicates"]), (4, 2, 2))
        types = self.stats("--by", "type")["types"]
        self.assertEqual([(t["type"], t["deliveries"]["duplicates"]) for t in types], [("message.received", 2)])

    def test_counters_of_the_gateways_are_rolled_up_once(self):
        self.figures(0, accepted=30)
        self.figures(1, accepted=90, refused__mismatch=7)
        self.figures(70, refused__mismatch=2, refused__path=5)
        stats = self.stats()["gateways"]
        self.assertEqual(
            (stats["accepted"], stats["rejected"], stats["rejected_by_reason"], stats["at_least"]),
            (120, 14, {"mismatch": 9, "path": 5}, False),
        )
        workers = [self.worker(), self.worker()]
        for worker in workers:
            worker.wait_ready()
        wait_for(lambda: self.folded() == {"accepted": "120", "refused:mismatch": "9", "refused:path": "5"}, "the fold")
        self.assertEqual(self.stats()["gateways"], stats)
        self.redis.command("FLUSHALL")
        self.assertEqual(self.stats()["gateways"]["rejected"], 14)  # they survive the loss of Redis' data
        self.sql("update controls set changed_at = now() - interval '11 seconds' where name = 'fold'")
        wait_for(lambda: "at_least" in self.folded(), "the loss to be seen")
        stats = self.stats()
        self.assertTrue(stats["gateways"]["at_least"])
        self.assertIn("rejected: at least 14", self.command("stats", role="readonly").stdout)

    def test_a_gateway_that_died_with_counters(self):
        self.figures(5, accepted=1, gateway__a="open", gateway__b="open", gateway__c="open")
        self.figures(4, gateway__a="open", gateway__b="closed")
        self.figures(3, accepted=1, gateway__a="open")
        self.figures(0, gateway__a="open")
        self.worker().wait_ready()
        wait_for(lambda: self.folded() == {"accepted": "2", "at_least": "1"}, "the fold")
        self.assertEqual(
            self.sql(
                f"select floor(extract(epoch from minute) / 60) - {self.minute()} between -6 and -5 "
                "from minute_figures where figure = 'at_least'"
            ),
            "t",
        )
        self.assertTrue(self.stats()["gateways"]["at_least"])
        self.assertFalse(self.stats("--since", "3m")["gateways"]["at_least"])

    def test_minutes_that_were_not_rolled_up_in_time(self):
        # A worker held the roll-up lease all the time, but Redis did not answer.
        self.sql(
            "insert into controls (name, changed_at) values ('folded', now() - interval '3 hours'), "
            "('fold', now() - interval '20 seconds')"
        )
        self.worker().wait_ready()
        wait_for(lambda: "at_least" in self.folded(), "the fold")
        self.assertTrue(self.stats("--since", "4h")["gateways"]["at_least"])
        self.assertFalse(self.stats("--since", "1h")["gateways"]["at_least"])

    def test_a_gateway_cut_off_from_redis_reports_its_minutes_later(self):
        self.sql(
            "insert into controls (name, changed_at) values ('folded', now()), ('fold', now() - interval '20 seconds')"
        )
        self.figures(40, accepted=3, refused__unavailable=8)
        self.worker().wait_ready()
        wait_for(lambda: self.folded() == {"accepted": "3", "refused:unavailable": "8"}, "the fold")

    def test_an_orderly_shutdown_removes_the_process_information(self):
        for end, value in ((subprocess.Popen.terminate, "closed"), (subprocess.Popen.kill, "open")):
            self.redis.command("FLUSHALL")
            gateway = subprocess.Popen(
                [
                    os.path.join(BIN, "trunkline-gateway"),
                    "--listen",
                    f"127.0.0.1:{free_port()}",
                    "--ops-listen",
                    "127.0.0.1:0",
                    "--drain-delay",
                    "0ms",
                    "--signing-key",
                    "test_signing_key_for_seed_scheme_0001",
                ],
                env=clean_environment(REDIS_URL=self.redis.url_of("gateway")),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self.addCleanup(gateway.kill)

            def presence():
                out = {}
                for key in self.redis.command("KEYS", "{trunkline}:minute:*"):
                    flat = self.redis.command("HGETALL", key)
                    out |= {k: v for k, v in zip(flat[::2], flat[1::2]) if k.startswith("gateway:")}
                return list(out.values())

            wait_for(lambda: presence() == ["open"], "its presence")
            end(gateway)
            gateway.wait(10)
            self.assertEqual(presence(), [value])

    def test_unreachable_servers(self):
        self.rows("a", 3, "processed")
        stats = self.stats(code=3, redis_url="redis://127.0.0.1:1/0")
        self.assertEqual(stats["deliveries"]["processed"], 3)
        self.assertTrue(stats["gateways"]["at_least"])
        self.assertIn("Redis is unreachable", stats["unknown"][0])
        self.assertEqual(self.command("stats", database_url="postgresql://x@127.0.0.1:1/none").returncode, 3)
        # A server that hangs: it ends within two seconds all the same.
        self.redis.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.redis.process.send_signal, signal.SIGCONT)
        self.assertEqual(self.stats(code=3)["deliveries"]["processed"], 3)
        self.redis.process.send_signal(signal.SIGCONT)
        self.postgres.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.postgres.process.send_signal, signal.SIGCONT)
        self.assertEqual(self.command("stats").returncode, 3)
        self.assertEqual(self.command("stats", "--by", "week").returncode, 78)

    def test_the_scan_is_bounded(self):
        self.rows("a", 20000, "processed", age="40 hours")
        self.sql("analyze webhook_events")
        end = self.lock_table("webhook_events")
        done = self.command("stats", role="readonly", within=3.5)
        self.assertEqual(done.returncode, 1, done.stdout)
        end()
        plan = self.sql(
            "explain select count(*) from webhook_events where received_at >= now() - 3600000::bigint * "
            "interval '1 millisecond'"
        )
        self.assertIn("webhook_events_received", plan)
        self.assertEqual(
            json.loads(self.command("stats", "--json", role="readonly").stdout)["deliveries"]["received"], 0
        )
