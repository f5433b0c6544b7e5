# SPDX-License-Identifier: Apache-2.0
"""/metrics of gateway, worker and exporter under real traffic: valid, equal to what happened, and never decreasing."""
import json
import os
import re
import signal
import subprocess
import threading
import unittest

import scrape
from exporter_harness import Exporter
from gateway_harness import HEX_KEY, STREAM, Gateway, restart, sign_legacy, sign_standard
from servers import Postgres, Redis, clean_environment, wait_for
from worker_harness import BIN, Worker, message

REQUESTS, EVENTS = "trunkline_gateway_requests_total", "trunkline_worker_events_total"
DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs")
REFUSE = """create function refuse() returns trigger language plpgsql as $$ begin
  if new.body = 'poison' then raise exception 'no'; end if; return new; end $$;
  create trigger refuse before insert or update on activities for each row execute function refuse()"""


class Metrics(unittest.TestCase):
    def setUp(self):
        self.redis, self.postgres = Redis(), Postgres()
        self.addCleanup(self.redis.close)
        self.addCleanup(self.postgres.close)
        self.postgres.migrate(f"{BIN}/trunkline")

    def gateway(self, *options, **how):
        gateway = Gateway(self.redis.url_of("gateway"), *options, log_level="info", **how)
        self.addCleanup(gateway.stop)
        gateway.address = f"127.0.0.1:{gateway.ops}"
        return gateway

    def worker(self, *flags, **options):
        worker = Worker(self.redis, self.postgres, *flags, **options)
        self.addCleanup(worker.close)
        return worker

    def exporter(self, postgres=None):
        exporter = Exporter(self.redis.url_of("operator"), postgres or self.postgres.url_of("readonly"))
        self.addCleanup(exporter.close)
        return exporter

    def valid(self, address):
        page = scrape.Page(address)
        self.assertEqual(scrape.problems(page.text), "")
        self.assertTrue(page.content_type.startswith("text/plain; version=0.0.4"), page.content_type)
        return page

    def drained(self):
        return self.redis.command("XLEN", STREAM) == 0

    def assert_grown(self, before, after):
        for key, value in before.counters().items():
            self.assertGreaterEqual(after.samples[key], value, key)

    def test_gateway(self):
        gateway = self.gateway(
            "--max-body",
            "1KiB",
            keys=(
                HEX_KEY,
                "whsec_" + "YSBzdGFuZGFyZCB3ZWJob29rcyBrZXkgb2YgMzIgYi4=",
                "legacy:YSBsZWdhY3kga2V5IG9mIHRoaXJ0eS10d28gYnl0ZXM=",
            ),
        )
        first = self.valid(gateway.address)
        self.assertEqual(first.total(REQUESTS), 0)
        for number in range(20):
            gateway.post(message(number).encode())
        gateway.post(b"{}", headers=sign_legacy(b"{}"))
        gateway.post(b"{}", headers=sign_standard(b"{}"))
        gateway.post(b"{}", headers={"x-openphone-signature-v1": "0" * 64})
        gateway.post(b"{}", headers={})
        gateway.post(b"{}", path="/nowhere-" + "x" * 50)
        gateway.post(b"x" * 2000)
        page = self.valid(gateway.address)
        result = {
            (dict(has)["scheme"], dict(has)["code"], dict(has)["reason"]): value
            for (name, has), value in page.samples.items()
            if name == REQUESTS and value
        }
        self.assertEqual(
            result,
            {
                ("hex", "200", "accepted"): 20,
                ("legacy", "200", "accepted"): 1,
                ("standard", "200", "accepted"): 1,
                ("none", "403", "mismatch"): 1,
                ("none", "403", "missing"): 1,
                ("none", "404", "path"): 1,
                ("none", "413", "too_large"): 1,
            },
        )
        self.assertEqual(page.value("trunkline_gateway_ack_seconds_count"), 22)
        self.assertEqual(page.value("trunkline_gateway_ack_seconds_bucket", le="+Inf"), 22)
        self.assertGreater(page.value("trunkline_gateway_ack_seconds_sum"), 0)
        self.assertEqual(page.value("trunkline_gateway_in_flight_requests"), 0)
        self.assertEqual(page.value("trunkline_gateway_redis_reconnects_total"), 0)
        self.assertNotIn("nowhere", page.text)

        gateway.signal(signal.SIGHUP)
        wait_for(lambda: gateway.find("signing keys reloaded"), "the reload")
        self.assert_grown(page, scrape.Page(gateway.address))

        self.redis.kill()
        wait_for(lambda: gateway.probe("/readyz")[0] == 503, "readiness to end")
        self.assertEqual(gateway.post(b"{}").status, 503)
        away = self.valid(gateway.address)
        self.assertEqual(away.total(REQUESTS, scheme="hex", code="503"), 1)
        restart(self.redis)
        wait_for(lambda: gateway.probe("/readyz")[0] == 200, "readiness")
        again = scrape.Page(gateway.address)
        self.assertGreaterEqual(again.value("trunkline_gateway_redis_reconnects_total"), 1)
        self.assert_grown(page, again)

    def add(self, body):
        seconds, micros = self.redis.command("TIME")
        now = int(seconds) * 1000 + int(micros) // 1000
        self.redis.command("XADD", STREAM, "*", "d", "01TEST", "t", now, "s", "hex", "k", "0", "b", body)

    def test_worker(self):
        self.postgres.psql(REFUSE)
        worker = self.worker(max_attempts=3)
        worker.wait_ready()
        for number in range(30):
            self.add(message(number))
        self.add(message(3))
        self.add(message(100, text="poison"))
        self.add("no JSON")
        self.add(json.dumps({"id": "EV1", "type": "never.received", "data": {"object": {"id": "X"}}}))
        self.add(json.dumps({"id": "EV2", "type": "task.created", "data": {"object": {"id": "T"}}}))
        wait_for(
            lambda: self.drained()
            and self.postgres.psql("select count(*) from webhook_events where state = 'dead'") == "2",
            "all outcomes",
        )
        wait_for(lambda: scrape.Page(worker.ops).total(EVENTS, outcome="dead") == 2, "the counters")
        page = self.valid(worker.ops)
        result = {
            (dict(has)["type"], dict(has)["outcome"]): value
            for (name, has), value in page.samples.items()
            if name == EVENTS and value
        }
        self.assertEqual(
            result,
            {
                ("message.received", "processed"): 30,
                ("message.received", "duplicate"): 1,
                ("message.received", "retrying"): 2,
                ("message.received", "dead"): 1,
                ("other", "dead"): 1,
                ("other", "ignored"): 1,
                ("task", "ignored"): 1,
            },
        )
        self.assertEqual(page.value("trunkline_worker_receive_to_commit_seconds_count"), 32)
        self.assertLess(page.value("trunkline_worker_receive_to_commit_seconds_sum"), 32 * 60)
        self.assertEqual(page.value("trunkline_worker_batch_events_sum"), 34, "all but the one that failed")
        self.assertEqual(
            page.value("trunkline_worker_batch_seconds_count"), page.value("trunkline_worker_batch_events_count")
        )
        self.assertEqual(page.value("trunkline_worker_retries_total", reason="raised"), 2)
        self.assertEqual(page.total("trunkline_worker_retries_total"), 2)
        self.assertEqual(page.value("trunkline_worker_lost_entries_total"), 0)
        self.assertNotIn("never.received", page.text)

        worker.process.send_signal(signal.SIGHUP)
        self.add(message(200))
        wait_for(self.drained, "the stream to drain")
        wait_for(
            lambda: scrape.Page(worker.ops).value(EVENTS, type="message.received", outcome="processed") == 31,
            "the counter",
        )
        self.assert_grown(page, scrape.Page(worker.ops))

    def test_worker_while_servers_fail(self):
        worker = self.worker()
        worker.wait_ready()
        before = scrape.Page(worker.ops).value("trunkline_worker_blocked_seconds_total", dependency="postgres")
        self.postgres.stop(signal.SIGQUIT)
        self.add(message(1))
        worker.wait_blocked("postgres")
        held = ("trunkline_worker_blocked_seconds_total",)
        wait_for(lambda: scrape.Page(worker.ops).value(*held, dependency="postgres") > before + 1, "blocked seconds")
        self.assertEqual(scrape.Page(worker.ops).value(*held, dependency="redis"), 0)
        self.postgres.start()
        wait_for(self.drained, "the stream to drain")

        # One entry that another consumer had, and one that was deleted while it was pending.
        worker.terminate()
        self.redis.command("XGROUP", "CREATECONSUMER", STREAM, "workers", "gone")
        self.add(message(2))
        self.add(message(3))
        taken = self.redis.command("XREADGROUP", "GROUP", "workers", "gone", "COUNT", "2", "STREAMS", STREAM, ">")
        self.redis.command("XDEL", STREAM, taken[0][1][1][0])
        second = self.worker()
        wait_for(lambda: scrape.Page(second.ops).value("trunkline_worker_lost_entries_total") == 1, "the alarm")
        wait_for(lambda: scrape.Page(second.ops).value("trunkline_worker_claims_total") == 1, "the claim")

    def test_exporter(self):
        exporter = self.exporter()
        wait_for(lambda: exporter.get("/readyz")[0] == 200, "the first samples")
        page = self.valid(exporter.address)
        # There is no state "paused": no event is put off automatically, and trunkline_queue_paused reports a pause.
        self.assertIsNone(page.value("trunkline_queue_events", state="paused"))
        for state in ("ready", "pending", "retrying", "due", "dead"):
            self.assertEqual(page.value("trunkline_queue_events", state=state), 0, state)
            self.assertEqual(page.value("trunkline_queue_oldest_age_seconds", state=state), 0, state)
        self.assertEqual(page.value("trunkline_queue_up"), 1)
        self.assertGreater(page.value("trunkline_redis_memory_used_bytes"), 100000)
        self.assertEqual(page.value("trunkline_redis_memory_max_bytes"), 0)

        # Without a running worker the value is known all the same, and is what a worker would find.
        self.redis.command("XGROUP", "CREATE", STREAM, "workers", "0", "MKSTREAM")
        for number in range(7):
            self.add(message(number))
        self.redis.command("XREADGROUP", "GROUP", "workers", "w", "COUNT", "2", "STREAMS", STREAM, ">")
        self.postgres.psql(INSERT.format(state="retrying", count=3, due="now() - interval '10 s'"))
        self.postgres.psql(INSERT.format(state="retrying", count=4, due="now() + interval '1 h'"))
        self.postgres.psql(INSERT.format(state="dead", count=5, due="null"))
        wait_for(lambda: json.loads(exporter.get("/scaler")[1])["value"] == 10, "the next samples")
        self.assertEqual(
            json.loads(exporter.get("/scaler")[1]),
            {"value": 10, "ready": 5, "pending": 2, "due_retries": 3, "at_least": False},
        )
        self.assertEqual(exporter.get("/scaler.txt")[:2], (200, "10\n"))
        page = self.valid(exporter.address)
        self.assertEqual(
            {
                state: page.value("trunkline_queue_events", state=state)
                for state in ("ready", "pending", "retrying", "due", "dead")
            },
            {"ready": 5, "pending": 2, "retrying": 7, "due": 3, "dead": 5},
        )
        self.assertAlmostEqual(page.value("trunkline_queue_oldest_age_seconds", state="dead"), 7200, delta=20)
        self.assertAlmostEqual(page.value("trunkline_queue_oldest_age_seconds", state="due"), 10, delta=10)
        self.assertEqual(exporter.get("/nowhere")[0], 404)

        for verb, value in ((("pause", "--reason", "a test"), 1), (("resume",), 0)):
            subprocess.run(
                [f"{BIN}/trunkline", *verb],
                check=True,
                capture_output=True,
                env=clean_environment(
                    DATABASE_URL=self.postgres.url_of("worker"), REDIS_URL=self.redis.url_of("operator")
                ),
            )
            wait_for(
                lambda value=value: scrape.Page(exporter.address).value("trunkline_queue_paused") == value,
                f"the {verb[0]}",
            )

        exporter.process.terminate()
        self.assertEqual(exporter.process.wait(30), 0)

    def test_counting_stops(self):
        self.postgres.psql(INSERT.format(state="retrying", count=100500, due="now()"))
        exporter = self.exporter()
        wait_for(lambda: exporter.get("/scaler")[0] == 200, "the first samples")
        self.assertEqual(json.loads(exporter.get("/scaler")[1])["due_retries"], 100000)
        self.assertTrue(json.loads(exporter.get("/scaler")[1])["at_least"])
        page = scrape.Page(exporter.address)
        self.assertEqual(page.value("trunkline_queue_events", state="retrying"), 100000)
        self.assertEqual(page.value("trunkline_queue_events_at_least", state="retrying"), 1)
        self.assertEqual(page.value("trunkline_queue_events_at_least", state="dead"), 0)

    def test_unknown_is_no_number(self):
        exporter = self.exporter()
        wait_for(lambda: exporter.get("/readyz")[0] == 200, "the first samples")
        for stop, start, missing, kept in (
            (self.redis.kill, lambda: restart(self.redis), "ready", "dead"),
            (self.postgres.stop, self.postgres.start, "dead", "ready"),
        ):
            with self.subTest(missing):
                stop()
                wait_for(lambda: exporter.get("/scaler")[0] == 503, "an unknown value")
                for path in ("/scaler", "/scaler.txt"):
                    status, text, _ = exporter.get(path)
                    self.assertEqual(status, 503)
                    self.assertNotRegex(text, r"\d")
                status, text, _ = exporter.get("/readyz")
                self.assertEqual((status, json.loads(text)["ready"]), (503, False))
                self.assertIn("Redis" if missing == "ready" else "PostgreSQL", json.loads(text)["reason"])
                page = self.valid(exporter.address)
                self.assertEqual(page.value("trunkline_queue_up"), 0)
                self.assertIsNone(page.value("trunkline_queue_events", state=missing))
                self.assertEqual(page.value("trunkline_queue_events", state=kept), 0)
                start()
                wait_for(lambda: exporter.get("/scaler")[0] == 200, "a known value")

    def no_number(self, exporter, why):
        wait_for(lambda: exporter.get("/scaler")[0] == 503, "an unknown value")
        self.assertNotRegex(exporter.get("/scaler")[1], r"\d")
        self.assertIn(why, json.loads(exporter.get("/readyz")[1])["reason"])
        self.assertEqual(self.valid(exporter.address).value("trunkline_queue_up"), 0)

    def test_a_frozen_redis_is_unknown(self):
        exporter = self.exporter()
        wait_for(lambda: exporter.get("/readyz")[0] == 200, "the first samples")
        self.redis.kill(signal.SIGSTOP)
        self.no_number(exporter, "Redis is unreachable")
        self.redis.kill(signal.SIGCONT)
        wait_for(lambda: exporter.get("/scaler")[0] == 200, "a known value")

    def test_a_frozen_postgres_is_unknown(self):
        exporter = self.exporter()
        wait_for(lambda: exporter.get("/readyz")[0] == 200, "the first samples")
        with open(f"/proc/{self.postgres.process.pid}/task/{self.postgres.process.pid}/children") as children:
            frozen = [self.postgres.process.pid, *map(int, children.read().split())]
        for sig, wanted in ((signal.SIGSTOP, 503), (signal.SIGCONT, 200)):
            for pid in frozen:
                try:
                    os.kill(pid, sig)
                except ProcessLookupError:
                    pass
            wait_for(lambda wanted=wanted: exporter.get("/scaler")[0] == wanted, f"{wanted}")
            self.assertEqual(exporter.get("/livez")[0], 200)

    def test_a_redis_that_loads_is_unknown(self):
        self.redis.command("EVAL", "for i = 1, 16000 do redis.call('INCR', 'filler' .. i) end", 0)
        exporter = self.exporter()
        wait_for(lambda: exporter.get("/readyz")[0] == 200, "the first samples")
        self.redis.kill()
        self.redis.extra += ["--key-load-delay", "400"]
        starting = threading.Thread(target=restart, args=(self.redis,))
        starting.start()
        try:
            wait_for(lambda: "LOADING" in exporter.get("/readyz")[1], "the reason")
            self.no_number(exporter, "LOADING")
        finally:
            starting.join()
        wait_for(lambda: exporter.get("/scaler")[0] == 200, "a known value")

    def test_a_rejected_login_is_unknown_and_reported_without_the_password(self):
        exporter = Exporter(
            self.redis.url_of("operator").replace("operator-password", "wr0ng"), self.postgres.url_of("readonly")
        )
        self.addCleanup(exporter.close)
        wait_for(lambda: "WRONGPASS" in exporter.get("/readyz")[1], "the reason")
        self.no_number(exporter, "WRONGPASS")
        self.assertNotIn("wr0ng", exporter.get("/readyz")[1])

    def test_the_page_of_the_manual(self):
        """docs/metrics.md lists every metric, and every metric that it lists exists."""
        gateway, worker, exporter = self.gateway(), self.worker(), self.exporter()
        worker.wait_ready()
        wait_for(lambda: exporter.get("/readyz")[0] == 200, "the first samples")
        with open(f"{DOCS}/metrics.md", encoding="utf-8") as file:
            text = file.read()
        for title, address in (("Gateway", gateway.address), ("Worker", worker.ops), ("Exporter", exporter.address)):
            with self.subTest(title):
                part = text.split(f"\n## {title}\n")[1].split("\n## ")[0] + text.split("\n## All programs\n")[1]
                rows = re.findall(r"^\| `([a-z_]+)` \| (\w+) \|(.*?)\| .+ \|$", part, re.M)
                page = scrape.Page(address)
                self.assertEqual({name: kind for name, kind, _ in rows}, page.families)
                for name, _, labels in rows:
                    self.assertEqual(set(re.findall(r"`([a-z]+)`", labels)), page.labels(name), name)


INSERT = """insert into webhook_events (event_key, event_id, event_type, state, error_message, next_attempt_at,
  received_at, finished_at, delivery_id, entry_id, scheme, key_index, parser_version, payload)
  select sha256(convert_to('{state}' || n || random(), 'UTF8')), 'EV' || n, 'message.received', '{state}', 'broken', {due},
    now() - interval '2 hours', case when '{state}' = 'dead' then now() end, 'D' || n, n || '-0', 'hex', 0, 1, '{{}}'
  from generate_series(1, {count}) n"""
