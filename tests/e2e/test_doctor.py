# SPDX-License-Identifier: Apache-2.0
"""trunkline doctor: every finding is provoked once."""
import http.server
import os
import shutil
import subprocess
import sys
import threading
import unittest

from pipeline import HEX_KEY, TRUNKLINE, Pipeline, clean_environment, wait_for

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import json_schema  # noqa: E402
from provider_api import KEY, ProviderApi  # noqa: E402
from servers import Postgres, Redis, _as_postgres, free_port  # noqa: E402

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


class Answering(http.server.BaseHTTPRequestHandler):
    """Says 200 to whatever comes, or what the path asks for."""

    def do_POST(self):
        self.send_response(404 if "lost" in self.path else 502 if "front" in self.path else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        body = b'{"ready":false,"reason":"draining"}'
        self.send_response(503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Doctor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipe = Pipeline()
        cls.redis, cls.postgres = cls.pipe.redis, cls.pipe.postgres
        cls.redis.command("CONFIG", "SET", "maxmemory", "256mb")
        cls.keys = os.path.join(cls.redis.folder, "keys")
        with open(cls.keys, "w", encoding="utf-8") as file:
            file.write(HEX_KEY + "\n")
        os.chmod(cls.keys, 0o400)
        cls.other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=cls.other.serve_forever, daemon=True).start()
        wait_for(lambda: cls.redis.command("KEYS", "{trunkline}:worker:*"), "the worker's card")
        wait_for(lambda: cls.redis.command("KEYS", "{trunkline}:gateway:*"), "the gateway's card")

    @classmethod
    def tearDownClass(cls):
        cls.other.shutdown()
        cls.other.server_close()
        cls.pipe.close()

    def setUp(self):
        # A look at Redis that fell into the test before leaves the gateway refusing until the next one.
        wait_for(lambda: self.found()[1]["gateways"]["level"] == "ok", "the gateway to be well")

    def run_doctor(self, *options, env=None, before=()):
        environment = clean_environment(**{"REDIS_URL": self.redis.url_of("operator"),
                                           "DATABASE_URL": self.postgres.url_of("readonly"),
                                           "TRUNKLINE_URL": self.pipe.url, "TRUNKLINE_SIGNING_KEYS_FILE": self.keys,
                                           **(env or {})})
        return subprocess.run([*before, TRUNKLINE, "doctor", *options], env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=30)

    def found(self, *options, **more):
        done = self.run_doctor("--json", *options, **more)
        report = json_schema.check("doctor", done.stdout)
        found = {}
        for each in report["findings"]:
            found.setdefault(each["check"], each)
            if each["level"] not in ("ok", "note"):
                found[each["check"]] = each
                self.assertTrue(each["reason"] and each["mend"], each)
        return done.returncode, found

    def assert_found(self, check, level, words, *options, code=None, **more):
        code = code if code is not None else {"ok": 0, "note": 0, "warning": 2, "error": 1}[level]
        got, found = self.found(*options, **more)
        self.assertIn(check, found)
        self.assertEqual(found[check]["level"], level, found[check])
        self.assertIn(words, str(found[check]))
        self.assertEqual(got, code, [f for f in found.values() if f["level"] not in ("ok", "note")])

    def set_redis(self, name, value):
        before = self.redis.command("CONFIG", "GET", name)[1]
        self.redis.command("CONFIG", "SET", name, value)
        self.addCleanup(self.redis.command, "CONFIG", "SET", name, before)

    def test_all_is_well(self):
        code, found = self.found()
        bad = [f for f in found.values() if f["level"] not in ("ok", "note")]
        self.assertEqual((code, bad), (0, []))
        for check in ("redis.version", "redis.appendfsync", "redis.maxmemory-policy", "redis.memory", "redis.acl",
                      "redis.rights", "redis.aof_errors", "redis.role", "postgres.version", "postgres.migrations",
                      "postgres.roles", "postgres.grants", "postgres.fsync", "postgres.connections", "postgres.pooler",
                      "clock.redis", "clock.postgres", "keys", "keys.mode", "gateway.probe", "gateways", "workers",
                      "applying"):
            self.assertEqual(found[check]["level"], "ok", check)
        done = self.run_doctor()
        self.assertRegex(done.stdout, r"^0 errors, 0 warnings, \d+ notes?, \d+ ok\n")
        self.assertNotIn("redis.version", done.stdout)
        self.assertIn("ok       redis.version: 7", self.run_doctor("--all").stdout)

    def test_webhooks_at_the_provider(self):
        self.assert_found("webhooks", "note", "no API key")
        fake = ProviderApi()
        self.addCleanup(fake.close)
        ours = "https://hooks.example.com/api/webhooks/openphone"
        env = {"OPENPHONE_API_KEY": KEY, "TRUNKLINE_API_URL": fake.url}
        self.assert_found("webhooks", "error", "0 of 0", env=env)
        self.assert_found("webhooks", "error", "no webhook points to", "--public-url", ours, env=env)
        subprocess.run([TRUNKLINE, "webhooks", "create", "--url", ours, "--json"], check=True, capture_output=True,
                       env=clean_environment(**env), stdin=subprocess.DEVNULL, timeout=30)
        self.assert_found("webhooks", "note", "1 of 1", env=env)
        self.assert_found("webhooks.2026-03-30", "ok", "all events", "--public-url", ours, env=env)
        hook = next(iter(fake.hooks.values()))
        events, hook["events"] = hook["events"], hook["events"][:1]
        self.assert_found("webhooks.2026-03-30", "warning", "not delivered", "--public-url", ours, env=env)
        hook["events"], hook["status"] = events, "disabled"
        self.assert_found("webhooks.2026-03-30", "error", "disabled", "--public-url", ours, env=env)
        self.assert_found("webhooks", "warning", "", env={**env, "OPENPHONE_API_KEY": "wrong-key"})

    def test_redis_settings(self):
        for name, value, check, level in (
                ("appendfsync", "everysec", "redis.appendfsync", "error"),
                ("no-appendfsync-on-rewrite", "yes", "redis.no-appendfsync-on-rewrite", "error"),
                ("maxmemory-policy", "allkeys-lru", "redis.maxmemory-policy", "error"),
                ("maxmemory", "0", "redis.memory", "note")):
            before = self.redis.command("CONFIG", "GET", name)[1]
            self.redis.command("CONFIG", "SET", name, value)
            try:
                got, found = self.found()
                self.assertEqual(found[check]["level"], level, check)
                self.assertEqual(got, 1 if level == "error" else 0)
                self.assertTrue(found[check]["mend"].startswith("CONFIG SET " + name))
            finally:
                self.redis.command("CONFIG", "SET", name, before)
            self.setUp()

    def test_redis_memory(self):
        used = int(next(line.split(":")[1] for line in self.redis.command("INFO", "memory").splitlines()
                        if line.startswith("used_memory:")))
        self.set_redis("maxmemory", str(int(used / 0.6)))
        self.assertEqual(self.found()[1]["redis.memory"]["level"], "warning")
        self.redis.command("CONFIG", "SET", "maxmemory", str(int(used / 0.9)))
        self.assertEqual(self.found()[1]["redis.memory"]["level"], "error")

    def test_a_redis_of_its_own(self):
        """One without an append-only file, open to all, and a replica."""
        weak = Redis("--appendonly", "no")
        self.addCleanup(weak.close)
        weak.command("ACL", "SETUSER", "default", "on", "nopass")
        url = f"redis://127.0.0.1:{weak.port}/0"
        got, found = self.found(env={"TRUNKLINE_REDIS": url})
        self.assertEqual((got, found["redis.appendonly"]["level"], found["redis.acl"]["level"]), (1, "error", "warning"))
        self.assertEqual((found["gateways"]["what"], found["workers"]["what"]), ("none is running", "none is running"))
        weak.command("REPLICAOF", "127.0.0.1", free_port())
        self.assertEqual(self.found(env={"TRUNKLINE_REDIS": url})[1]["redis.role"]["level"], "error")

    def test_what_this_login_may_not_see(self):
        self.redis.command("ACL", "SETUSER", "narrow", "on", ">secret", "~*", "&*", "+@all", "-config", "-xinfo")
        _, found = self.found(env={"TRUNKLINE_REDIS": f"redis://narrow:secret@127.0.0.1:{self.redis.port}/0"})
        self.assertIn("CONFIG GET, ", found["redis.rights"]["what"])
        self.assertEqual((found["redis.rights"]["level"], found["redis.appendfsync"]["level"]), ("warning", "note"))

    def test_servers_that_are_away(self):
        self.assert_found("redis.reach", "error", "refused", code=3, env={"TRUNKLINE_REDIS": "redis://127.0.0.1:1/0"})
        self.assert_found("postgres.reach", "error", "does not answer", code=3,
                          env={"TRUNKLINE_POSTGRES": "postgresql://x@127.0.0.1:1/none"})

    def test_postgres_settings(self):
        weak = Postgres(synchronous_commit="off", fsync="off", full_page_writes="off")
        self.addCleanup(weak.close)
        url = {"TRUNKLINE_POSTGRES": f"postgresql://trunkline@127.0.0.1:{weak.port}/trunkline"}
        got, found = self.found(env=url)
        self.assertEqual(got, 1)
        for check in ("synchronous_commit", "fsync", "full_page_writes", "migrations"):
            self.assertEqual(found["postgres." + check]["level"], "error", check)
        self.assertEqual(found["postgres.migrations"]["what"], "no tables of ours")
        self.assertEqual(found["postgres.roles"]["what"], "missing: trunkline_owner, trunkline_worker, trunkline_readonly")
        self.assertEqual(found["postgres.connections"]["level"], "ok")

    def test_connections_of_postgres(self):
        full = Postgres(max_connections="5", superuser_reserved_connections="3")
        self.addCleanup(full.close)
        url = {"TRUNKLINE_POSTGRES": f"postgresql://trunkline@127.0.0.1:{full.port}/trunkline"}
        for others, level in ((0, "ok"), (1, "warning"), (2, "error")):
            if others:
                other = subprocess.Popen(["psql", "-Xq", url["TRUNKLINE_POSTGRES"]], stdin=subprocess.PIPE,
                                         stdout=subprocess.DEVNULL)
                self.addCleanup(other.wait)
                self.addCleanup(other.stdin.close)
            wait_for(lambda others=others: full.psql(
                "select count(*) from pg_stat_activity where backend_type = 'client backend'") == str(others + 1),
                "the other connections")
            self.assertEqual(self.found(env=url)[1]["postgres.connections"]["level"], level)

    def test_grants_and_migrations(self):
        self.postgres.psql("revoke insert on operator_log from trunkline_worker")
        self.addCleanup(self.postgres.grant_roles)
        self.assert_found("postgres.grants", "error", "trunkline_worker on operator_log")
        self.postgres.grant_roles()
        self.postgres.psql("insert into schema_migrations (version, name, checksum, compatible_from) select 9999, 'x', "
                           "checksum, 1 from schema_migrations limit 1")
        self.addCleanup(self.postgres.psql, "delete from schema_migrations where version = 9999")
        self.assert_found("postgres.migrations", "note", "newer than this program")
        self.postgres.psql("alter role trunkline_readonly createdb")
        self.addCleanup(self.postgres.psql, "alter role trunkline_readonly nocreatedb")
        self.assert_found("postgres.roles", "warning", "trunkline_readonly")

    def test_a_pause(self):
        self.postgres.psql("insert into controls (name, value, reason, changed_by) values ('pause', 'on', 'x', 'ann@ops') on "
                           "conflict (name) do update set value = 'on'")
        self.addCleanup(self.postgres.psql, "delete from controls where name = 'pause'")
        self.assert_found("applying", "warning", "trunkline resume")

    @unittest.skipUnless(shutil.which("faketime"), "needs faketime")
    def test_clocks(self):
        for shift, level, code in (("+30s", "warning", 2), ("-10m", "error", 1)):
            got, found = self.found(before=["faketime", "-f", shift])
            self.assertEqual((found["clock.redis"]["level"], found["clock.postgres"]["level"]), (level, level), shift)
            self.assertEqual(got, code)

    def test_keys(self):
        os.chmod(self.keys, 0o444)
        self.addCleanup(os.chmod, self.keys, 0o400)
        self.assert_found("keys.mode", "warning", "chmod 0400")
        os.chmod(self.keys, 0o400)
        self.assert_found("keys", "error", "cannot read", "--signing-keys-file", "/nowhere/keys")
        self.assert_found("keys", "note", "skipped", env={"TRUNKLINE_SIGNING_KEYS_FILE": ""})
        self.assert_found("keys", "ok", "2 keys", "--key", "another key that is long enough for it")

    def test_the_gateway(self):
        at = f"http://127.0.0.1:{self.other.server_port}"
        self.assert_found("gateway.probe", "error", "answered 200", "--url", at + "/x")
        self.assert_found("gateway.probe", "error", "404", "--url", at + "/lost")
        self.assert_found("gateway.probe", "error", "502", "--url", at + "/front")
        self.assert_found("gateway.probe", "error", "127.0.0.1:1", "--url", "http://127.0.0.1:1/x", code=3)
        self.assert_found("gateway.probe", "note", "skipped", "--url", "https://example.com/api/webhooks/openphone")
        self.assert_found("gateway.readyz", "error", "draining", "--ops-url", at + "/readyz")
        self.assert_found("gateway.readyz", "error", "127.0.0.1:1", "--ops-url", "http://127.0.0.1:1/readyz", code=3)

    def test_processes(self):
        key = "{trunkline}:gateway:sick"
        self.addCleanup(self.redis.command, "DEL", key, "{trunkline}:worker:sick")
        self.redis.command("HSET", key, "state", "refusing", "reason", "weak_durability")
        self.assert_found("gateways", "error", "weak_durability")
        self.redis.command("DEL", key)
        self.redis.command("HSET", "{trunkline}:worker:sick", "state", "holding", "reason", "postgres: x")
        self.assert_found("workers", "warning", "postgres: x")

    @unittest.skipUnless(PGBOUNCER, "needs pgbouncer")
    def test_poolers(self):
        for mode, level, code in (("transaction", "error", 1), ("session", "warning", 2)):
            port, config = free_port(), os.path.join(self.postgres.folder, f"{mode}-doctor.ini")
            with open(config, "w", encoding="utf-8") as file:
                file.write(f"[databases]\ntrunkline = host=127.0.0.1 port={self.postgres.port} user=trunkline_readonly\n"
                           f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\npool_mode = {mode}\n"
                           "unix_socket_dir =\nignore_startup_parameters = extra_float_digits,options\n")
            with open(config + ".log", "wb") as log:
                bouncer = subprocess.Popen(_as_postgres([PGBOUNCER, config]), stdin=subprocess.DEVNULL, stdout=log,
                                           stderr=log)
            self.addCleanup(bouncer.wait, 10)
            self.addCleanup(bouncer.kill)
            url = self.postgres.url_of("readonly", port)
            wait_for(lambda: subprocess.run(["psql", "-X", url, "-c", "select 1"], capture_output=True,
                                            check=False).returncode == 0, "pgbouncer to answer")
            self.assert_found("postgres.pooler", level, "by transaction" if mode == "transaction" else "do not arrive",
                              code=code, env={"TRUNKLINE_POSTGRES": url})


if __name__ == "__main__":
    unittest.main()
