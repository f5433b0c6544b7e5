# SPDX-License-Identifier: Apache-2.0
"""No key, password, number, text or address of a medium appears outside the rows: 10,000 deliveries at log level
debug, failing ones of every kind among them, then a search for each canary in all output of the programs."""
import multiprocessing.pool
import os
import re
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request

import canaries
from canaries import (
    API_SECRET,
    BOOMS,
    CANARIES,
    HEX_SECRET,
    KEYS,
    MARK,
    NUMBERS,
    POSTGRES_SECRET,
    REDIS_SECRET,
    STANDARD_SECRET,
    TRIGGER,
    CanaryPipeline,
    found_in,
)
from pipeline import TRUNKLINE, clean_environment, wait_for
from provider_api import ProviderApi

DELIVERIES = 10_000


def read_ops(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.headers) + answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return str(refused.headers) + refused.read().decode()


class Canaries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipe = CanaryPipeline(keys=KEYS)
        cls.pipe.postgres.psql(TRIGGER)
        gateway = type("Address", (), {"port": cls.pipe.port, "unix_path": None})
        began = time.monotonic()
        cls.statuses, cls.answers = canaries.flood(gateway, range(DELIVERIES))
        wait_for(cls.drained, "the deliveries to have an outcome", 180)
        print(f"measured: canaries: {DELIVERIES} deliveries in {time.monotonic() - began:.1f} s", file=sys.stderr)
        cls.ops = re.findall(r"\bops=\"?127\.0\.0\.1:(\d+)", cls.log())

    @classmethod
    def tearDownClass(cls):
        cls.pipe.close()

    @classmethod
    def log(cls):
        with open(cls.pipe.log.name, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()

    @classmethod
    def drained(cls):
        return (
            cls.pipe.redis.command("XLEN", "{trunkline}:deliveries") == 0
            and cls.pipe.postgres.psql("select count(*) from webhook_events where state = 'retrying'") == "0"
        )

    def assert_clean(self, data, what):
        self.assertTrue(data, what)
        self.assertEqual(found_in(data)[:5], [], what)

    def trunkline(self, *words, **env):
        done = subprocess.run(
            [TRUNKLINE, *words],
            env=clean_environment(**{**self.pipe.environment("operator"), **env}),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
        )
        return done.stdout + done.stderr

    def test_a_canary_is_found(self):
        """Tests the search, on lines in the programs' formats."""
        for words in (
            f'error="{MARK} hello"',
            f"from=+1{NUMBERS[3]}",
            f"redis://u:{REDIS_SECRET}@h",
            HEX_SECRET,
            KEYS[1],
            KEYS[2],
            HEX_SECRET.encode().hex(),
            STANDARD_SECRET.hex().upper(),
            MARK.upper(),
        ):
            self.assertEqual(len(found_in(f"a line\n2026 info gateway: {words}\nanother")), 1, words)
        with open(self.pipe.log.name, "ab") as file:
            file.write(f"planted {POSTGRES_SECRET}\n".encode())
        self.assertIn(b"planted " + POSTGRES_SECRET.encode(), found_in(self.log().encode("utf-8", "replace")))
        self.assertGreater(len(CANARIES), 20)

    def test_the_deliveries_had_every_outcome(self):
        self.assertEqual(self.statuses, {200: DELIVERIES * 19 // 20, 403: DELIVERIES // 20})
        counts = dict(
            row.split("|")
            for row in self.pipe.postgres.psql("select state, count(*) from webhook_events group by 1").split("\n")
        )
        self.assertGreater(int(counts["processed"]), 5000)
        self.assertGreater(int(counts["dead"]), 1500)
        codes = self.pipe.postgres.psql("select string_agg(distinct sqlstate, ' ') from webhook_events").split()
        self.assertEqual(set(codes), {"P0001", "23514", "22P02", "22003", "23505", "22023"})
        self.assertEqual(
            int(
                self.pipe.postgres.psql(
                    "select count(distinct substring(payload::text from 'boom-[a-z]+')) from webhook_events "
                    "where sqlstate is not null"
                )
            ),
            len(BOOMS),
        )
        # The canaries are in the rows; otherwise the search below would prove nothing.
        self.assertNotEqual(self.pipe.postgres.psql(f"select 1 from activities where body like '%{MARK}%' limit 1"), "")

    def test_logs_at_debug(self):
        log = "\n".join(line for line in self.log().split("\n") if not line.startswith("planted"))
        for words in ("delivery begun", "delivery answered", "dead letter", "attempt failed", "committed"):
            self.assertIn(words, log)
        self.assert_clean(log.encode("utf-8", "surrogateescape"), "log")

    def test_responses_of_the_gateway(self):
        self.assertEqual(set(self.answers), {200, 403})
        for status, answer in self.answers.items():
            self.assert_clean(answer, status)

    def test_ops_listeners(self):
        self.assertEqual(len(set(self.ops)), 2)
        for port in set(self.ops):
            for path in ("/livez", "/readyz", "/metrics", f"/{MARK}", f"/readyz?{MARK}"):
                self.assert_clean(read_ops(port, path), path)

    def test_process_information_and_counters_in_redis(self):
        seen = 0
        for key in self.pipe.redis.command("KEYS", "*"):
            if not key.endswith("deliveries"):
                seen += 1
                self.assert_clean(key + "\n" + "\n".join(self.pipe.redis.command("HGETALL", key)), key)
        self.assertGreaterEqual(seen, 3)

    def test_reasons_in_postgres(self):
        reasons = self.pipe.postgres.psql("select distinct state, sqlstate, error_message from webhook_events")
        self.assert_clean(reasons, "reasons")
        self.assertIn("raised by PL/pgSQL function refuse() line", reasons)  # still useful to a reader
        self.assertIn('duplicate key value violates unique constraint "taken_words_key"', reasons)

    def test_output_of_commands(self):
        for words in (
            ("queue",),
            ("queue", "--json"),
            ("dead", "list", "--limit", "100000"),
            ("dead", "list", "--limit", "100000", "--json"),
            ("dead", "list", "--log-level", "debug"),
            ("migrate", "status"),
            ("queue", "--check-config"),
            ("dead", "list", "--check-config"),
        ):
            self.assert_clean(self.trunkline(*words), words)
        for code in ("P0001", "22P02", "22023"):
            row = self.pipe.postgres.psql(f"select min(id) from webhook_events where sqlstate = '{code}'")
            self.assert_clean(self.trunkline("dead", "show", row), code)
        replayed = self.trunkline("dead", "replay", "--all", "--log-level", "debug")
        self.assert_clean(replayed, "dead replay")

    def all_clean(self, *all_words, **env):
        """Runs each command with defaults and at debug, in parallel, since some wait for their end."""
        runs = [
            words + more
            for words in all_words
            for more in ((), ("--log-level", "debug"))[: 1 if words[0] == "webhooks" else 2]
        ]
        with multiprocessing.pool.ThreadPool(4) as pool:
            for words, said in zip(runs, pool.map(lambda words: self.trunkline(*words, **env), runs)):
                with self.subTest(words):
                    self.assert_clean(said, words)
                    self.assertNotIn("unexpected argument", said)  # usage errors

    def test_privileges_for_events(self):
        row = self.pipe.postgres.psql("select min(id) from webhook_events where sqlstate = 'P0001'")
        good = self.pipe.postgres.psql(
            "select min(id) from webhook_events where state = 'processed' and " "event_type = 'message.received'"
        )
        self.all_clean(
            ("events", "list", "--limit", "1000"),
            ("events", "list", "--limit", "1000", "--json"),
            ("events", "list", "--state", "dead", "--limit", "1000"),
            ("events", "tail", "--last", "500", "--count", "500", "--stop-at", "2s"),
            ("events", "tail", "--last", "500", "--count", "500", "--stop-at", "2s", "--json"),
            ("events", "show", row),
            ("events", "show", row, "--json"),
            ("dead", "groups"),
            ("dead", "groups", "--json"),
            ("dead", "show", row, "--json"),
            ("dead", "replay", row, "--dry-run"),
            ("dead", "replay", row, "--dry-run", "--json"),
        )
        for more in ((), ("--json",)):  # with the rows that resulted: numbers in them are for operators, texts are not
            said = self.trunkline("events", "show", good, *more)
            self.assertIn(canaries.NUMBERS[0][:9], said)
            self.assertEqual(canaries.found_in(said, canaries.ANY_BUT_NUMBERS), [])

    def test_output_of_pause_and_drain(self):
        keys = os.path.join(self.pipe.redis.folder, "canary-keys")
        with open(keys, "w", encoding="utf-8") as file:
            file.write("\n".join([*KEYS, KEYS[2] + "!"]))
        os.chmod(keys, 0o400)
        self.all_clean(
            ("stats",),
            ("stats", "--json"),
            ("stats", "--by", "type"),
            ("workers", "list"),
            ("workers", "list", "--json"),
            ("pause", "--reason", "canaries"),
            ("pause", "--reason", "x", "--json"),
            ("queue",),
            ("workers", "list"),
            ("resume",),
            ("workers", "drain", "nobody"),
        )
        env = {"TRUNKLINE_URL": self.pipe.url, "TRUNKLINE_SIGNING_KEYS_FILE": keys}
        self.all_clean(("doctor", "--all"), ("doctor", "--json"), **env)
        self.all_clean(
            ("doctor",),
            ("stats",),
            ("workers", "list"),
            ("pause", "--reason", "x"),
            ("resume",),
            ("workers", "drain", "--all"),
            ("events", "list"),
            ("dead", "groups"),
            TRUNKLINE_KEY=KEYS[2] + "!",
            REDIS_URL=f"redis://nobody:{REDIS_SECRET}@127.0.0.1:{self.pipe.redis.port}/0",
            DATABASE_URL=f"postgresql://u:{POSTGRES_SECRET}@127.0.0.1:1/x",
        )

    def test_requests_to_the_provider(self):
        fake = ProviderApi(key=API_SECRET)
        self.addCleanup(fake.close)
        env = {"OPENPHONE_API_KEY": API_SECRET, "TRUNKLINE_API_URL": fake.url}
        hook = "https://hooks.example.com/api/webhooks/openphone"
        made = self.trunkline("webhooks", "create", "--url", hook, **env)
        self.assertIn("whsec_", made)  # the only place that shows it
        self.assertNotIn(API_SECRET, made)
        made_keys = {each["key"] for each in fake.hooks.values()}
        self.all_clean(
            ("webhooks", "list"),
            ("webhooks", "list", "--json"),
            ("webhooks", "deliveries"),
            ("webhooks", "create", "--url", hook),
            ("webhooks", "delete", "nobody", "--yes"),
            ("doctor", "--all", "--public-url", hook),
            **env,
        )
        for words in (("webhooks", "list", "--json"), ("webhooks", "create", "--url", hook), ("doctor", "--all")):
            said = self.trunkline(*words, **env)
            self.assertFalse([key for key in made_keys if key.removeprefix("whsec_") in said], words)
        self.all_clean(("webhooks", "list"), ("doctor", "--all"), **{**env, "OPENPHONE_API_KEY": API_SECRET + "x"})

    def test_arguments_and_environment(self):
        for process in self.pipe.programs:
            with open(f"/proc/{process.pid}/cmdline", "rb") as file:
                self.assert_clean(file.read(), process.args)

    def test_starts_that_fail(self):
        redis = f"redis://trunkline-worker:{REDIS_SECRET}"
        wrong = [
            (name, words, {})
            for name in ("trunkline-gateway", "trunkline-worker")
            for words in (
                ("--redis", f"{redis}@127.0.0.1:99999/0"),
                ("--redis", f"{redis}/@host:1/x"),
                ("--redis", f"rediss:{redis}"),
                (f"--signing-kye={HEX_SECRET}",),
                (HEX_SECRET,),
                (KEYS[2],),
                ("--log-level", "loud", "--redis", f"{redis}@127.0.0.1:1/0"),
                ("--check-config",),
            )
        ]
        wrong += [
            ("trunkline-gateway", ("--signing-key", key), {})
            for key in (KEYS[2] + "!", "whsec_" + HEX_SECRET, "legacy:" + HEX_SECRET, KEYS[2] + " " + KEYS[1], "hex:")
        ]
        wrong += [
            ("trunkline-gateway", (), {"TRUNKLINE_SIGNING_KEYS": "\n".join([*KEYS, KEYS[2] + "=="])}),
            ("trunkline-gateway", (), {"TRUNKLINE_SIGNING_KEYS": "", "TRUNKLINE_SIGNING_KEY": "whsec_" + HEX_SECRET}),
        ]
        wrong += [
            ("trunkline-worker", ("--postgres", given), {})
            for given in (
                f"postgresql://u:{POSTGRES_SECRET}@@[/x",
                f"host=x password={POSTGRES_SECRET} dbname",
                f"host='x password={POSTGRES_SECRET}",
                f"postgresql://u:{POSTGRES_SECRET}@h:port/db",
                f"postgres:/u:{POSTGRES_SECRET}@h/db",
            )
        ]
        wrong += [
            ("trunkline", ("migrate", "--postgres", f"postgresql://u:{POSTGRES_SECRET}@127.0.0.1:1/x"), {}),
            ("trunkline", ("queue", "--redis", f"{redis}@127.0.0.1:{self.pipe.redis.port}/0x"), {}),
            (
                "trunkline",
                ("queue",),
                {"REDIS_URL": f"redis://nobody:{REDIS_SECRET}@127.0.0.1:{self.pipe.redis.port}/0"},
            ),
            ("trunkline", ("send", "all", "--signing-key", HEX_SECRET + "x", "--url", self.pipe.url), {}),
            (
                "trunkline",
                ("verify", "--signing-key", KEYS[2], "--header", f"webhook-signature: v1,{MARK}", "/dev/null"),
                {},
            ),
            ("trunkline", (HEX_SECRET,), {}),
            ("trunkline", ("dead", KEYS[1]), {}),
        ]
        for text in (
            f'signing-key = "{HEX_SECRET}',
            f'[gateway]\nsigning-key = ["{KEYS[1]}", "{KEYS[2]}x"]\n',
            f"{HEX_SECRET} = 1\n",
            f'redis = "{redis}@h:x/0"\n',
        ):
            path = os.path.join(self.pipe.redis.folder, f"bad-{len(wrong)}.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            wrong.append(("trunkline-gateway", ("--config", path), {"TRUNKLINE_SIGNING_KEYS": ""}))
        with multiprocessing.pool.ThreadPool(6) as pool:
            for one, (code, said) in zip(wrong, pool.map(self.start_and_end, wrong)):
                with self.subTest(one):
                    self.assert_clean(said, said)
                    self.assertTrue(code or "--check-config" in one[1], said)

    def start_and_end(self, how):
        """Returns the output of a program that ends, or that keeps trying and is ended after some time."""
        name, words, env = how
        ports = {
            "trunkline": [],
            "trunkline-worker": ["--ops-listen", "127.0.0.1:0"],
            "trunkline-gateway": ["--ops-listen", "127.0.0.1:0", "--listen", "127.0.0.1:0"],
        }[name]
        command, environment = canaries.program(
            name, *words, *ports, **{**self.pipe.environment(name[10:] or "operator"), **env}
        )
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            said = process.communicate(timeout=2)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0]
        return process.returncode, said
