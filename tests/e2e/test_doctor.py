# SPDX-License-Identifier: Apache-2.0
"""trunkline doctor: every finding is provoked once."""
import http.server
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import threading
import time
import unittest

import json_schema
from pipeline import HEX_KEY, TRUNKLINE, Pipeline, clean_environment, wait_for
from provider_api import KEY, ProviderApi
from seeds import limit
from servers import Postgres, Redis, _as_postgres, free_port
from test_postgres_standby import Standby

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers 200 to any request, or the status in the path."""

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


class OldRedis(socketserver.ThreadingTCPServer):
    """Answers INFO with a version, and any other command with an empty array."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, version):
        class Answer(socketserver.StreamRequestHandler):
            def handle(self):
                while line := self.rfile.readline():
                    words = []
                    for _ in range(int(line[1:])):
                        words.append(self.rfile.read(int(self.rfile.readline()[1:]) + 2)[:-2].upper())
                    info = b"redis_version:%s\r\nrole:master\r\nloading:0\r\n" % version.encode()
                    self.wfile.write(b"$%d\r\n%s\r\n" % (len(info), info) if words[0] == b"INFO" else b"*0\r\n")

        super().__init__(("127.0.0.1", 0), Answer)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def silent(case):
    """Returns the port of a listener that accepts connections and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    case.addCleanup(listener.close)
    return listener.getsockname()[1]


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
        # A check of Redis during the previous test leaves the gateway unavailable until its next check.
        wait_for(lambda: self.found()[1]["gateways"]["level"] == "ok", "the gateway to be well")

    def run_doctor(self, *options, env=None, before=()):
        environment = clean_environment(
            **{
                "REDIS_URL": self.redis.url_of("operator"),
                "DATABASE_URL": self.postgres.url_of("readonly"),
                "TRUNKLINE_URL": self.pipe.url,
                "TRUNKLINE_SIGNING_KEYS_FILE": self.keys,
                **(env or {}),
            }
        )
        return subprocess.run(
            [*before, TRUNKLINE, "doctor", *options],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def found(self, *options, **more):
        done = self.run_doctor("--json", *options, **more)
        report = json_schema.check("doctor", done.stdout)
        found = {}
        for each in report["findings"]:
            found.setdefault(each["check"], each)
            if each["level"] not in ("ok", "note"):
                found[each["check"]] = each
                self.assertTrue(each["reason"] and each["fix"], each)
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
        for check in (
            "redis.version",
            "redis.appendfsync",
            "redis.maxmemory-policy",
            "redis.memory",
            "redis.acl",
            "redis.rights",
            "redis.aof_errors",
            "redis.role",
            "postgres.version",
            "postgres.migrations",
            "postgres.roles",
            "postgres.grants",
            "postgres.fsync",
            "postgres.connections",
            "postgres.pooler",
            "clock.redis",
            "clock.postgres",
            "keys",
            "keys.mode",
            "gateway.probe",
            "gateways",
            "workers",
            "applying",
        ):
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
        subprocess.run(
            [TRUNKLINE, "webhooks", "create", "--url", ours, "--json"],
            check=True,
            capture_output=True,
            env=clean_environment(**env),
            stdin=subprocess.DEVNULL,
            timeout=30,
        )
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
            ("maxmemory", "0", "redis.memory", "note"),
        ):
            before = self.redis.command("CONFIG", "GET", name)[1]
            self.redis.command("CONFIG", "SET", name, value)
            try:
                got, found = self.found()
                self.assertEqual(found[check]["level"], level, check)
                self.assertEqual(got, 1 if level == "error" else 0)
                self.assertTrue(found[check]["fix"].startswith("CONFIG SET " + name))
            finally:
                self.redis.command("CONFIG", "SET", name, before)
            self.setUp()

    def test_redis_memory(self):
        used = int(
            next(
                line.split(":")[1]
                for line in self.redis.command("INFO", "memory").splitlines()
                if line.startswith("used_memory:")
            )
        )
        self.set_redis("maxmemory", str(int(used / 0.6)))
        self.assertEqual(self.found()[1]["redis.memory"]["level"], "warning")
        self.redis.command("CONFIG", "SET", "maxmemory", str(int(used / 0.9)))
        self.assertEqual(self.found()[1]["redis.memory"]["level"], "error")

    def test_a_private_redis(self):
        """A Redis without an append-only file, with default access, and a replica."""
        weak = Redis("--appendonly", "no")
        self.addCleanup(weak.close)
        weak.command("ACL", "SETUSER", "default", "on", "nopass")
        url = f"redis://127.0.0.1:{weak.port}/0"
        got, found = self.found(env={"TRUNKLINE_REDIS": url})
        self.assertEqual(
            (got, found["redis.appendonly"]["level"], found["redis.acl"]["level"]), (1, "error", "warning")
        )
        self.assertEqual((found["gateways"]["what"], found["workers"]["what"]), ("none is running", "none is running"))
        weak.command("REPLICAOF", "127.0.0.1", free_port())
        self.assertEqual(self.found(env={"TRUNKLINE_REDIS": url})[1]["redis.role"]["level"], "error")

    def test_an_old_redis(self):
        """Such a server is not installed here: a fake reports the version."""
        for version, level, code in (("6.2.14", "warning", 2), ("5.0.14", "error", 1)):
            with OldRedis(version) as old:
                got, found = self.found(env={"TRUNKLINE_REDIS": f"redis://127.0.0.1:{old.port}/0"})
                self.assertEqual((found["redis.version"]["level"], found["redis.version"]["what"]), (level, version))
                self.assertEqual(got, code)

    def test_a_redis_that_reads_its_file(self):
        slow = Redis("--enable-debug-command", "yes")
        self.addCleanup(slow.close)
        slow.command("EVAL", "for i = 1, 60000 do redis.call('INCR', 'filler') end", 0)
        slow.kill()
        slow.extra += ["--key-load-delay", "-4"]
        starting = threading.Thread(target=slow.start)
        starting.start()
        self.addCleanup(starting.join)
        env = {"TRUNKLINE_REDIS": slow.url_of("operator")}
        wait_for(lambda: "redis.loading" in self.found(env=env)[1], "it to be loading")
        self.assert_found("redis.loading", "error", "loading its file", code=3, env=env)
        self.assertNotIn("redis.version", self.found(env=env)[1])

    def test_errors_of_the_append_only_file(self):
        broken = Redis(
            "--appendfsync", "everysec", "--rdb-key-save-delay", "300", before=("env", "--ignore-signal=XFSZ")
        )
        self.addCleanup(broken.close)
        env = {"TRUNKLINE_REDIS": broken.url_of("operator")}
        self.assertEqual(self.found(env=env)[1]["redis.aof_errors"]["level"], "ok")
        broken.command("EVAL", "for i = 1, 16000 do redis.call('INCR', i) end", 0)
        broken.command("BGREWRITEAOF")
        rewriting = wait_for(
            lambda: subprocess.run(
                ["pgrep", "-P", str(broken.process.pid)], capture_output=True, text=True, check=False
            ).stdout,
            "the rewrite",
        )
        os.kill(int(rewriting), signal.SIGKILL)
        wait_for(lambda: "aof_last_bgrewrite_status:err" in broken.command("INFO", "persistence"), "the failure")
        got, found = self.found(env=env)
        self.assertEqual((found["redis.aof_errors"]["level"], got), ("warning", 1))  # 1: everysec
        self.assertIn("rewrite", found["redis.aof_errors"]["what"])
        # A file size limit has the effect of a full disk.
        subprocess.run(["prlimit", f"--pid={broken.process.pid}", "--fsize=100"], check=True)
        try:
            broken.command("SET", "x", "y" * 1000)
        except (OSError, RuntimeError):
            pass
        wait_for(lambda: "aof_last_write_status:err" in broken.command("INFO", "persistence"), "the error")
        with self.assertRaisesRegex(RuntimeError, "MISCONF"):
            broken.command("PING")
        got, found = self.found(env=env)
        self.assertEqual((found["redis.aof_errors"]["level"], found["redis.reach"]["level"], got), ("error", "ok", 1))
        self.assertIn("last write", found["redis.aof_errors"]["what"])

    def test_the_default_user_left_on(self):
        self.redis.command("ACL", "SETUSER", "default", "on", "nopass")
        self.addCleanup(self.redis.command, "ACL", "SETUSER", "default", "off", "resetpass")
        self.assert_found("redis.acl", "warning", "without a user")

    def test_what_this_login_may_not_see(self):
        self.redis.command("ACL", "SETUSER", "narrow", "on", ">secret", "~*", "&*", "+@all", "-config", "-xinfo")
        _, found = self.found(env={"TRUNKLINE_REDIS": f"redis://narrow:secret@127.0.0.1:{self.redis.port}/0"})
        self.assertIn("CONFIG GET, ", found["redis.rights"]["what"])
        self.assertEqual((found["redis.rights"]["level"], found["redis.appendfsync"]["level"]), ("warning", "note"))
        # Without INFO these values are unknown, and no check of them is reported.
        self.redis.command("ACL", "SETUSER", "blind", "on", ">secret", "~*", "&*", "+@all", "-info")
        got, found = self.found(env={"TRUNKLINE_REDIS": f"redis://blind:secret@127.0.0.1:{self.redis.port}/0"})
        self.assertEqual(
            (got, found["redis.rights"]["what"], found["redis.info"]["level"]), (2, "missing: INFO", "note")
        )
        self.assertEqual(set(found) & {"redis.version", "redis.role", "redis.memory", "redis.aof_errors"}, set())

    def test_unreachable_servers(self):
        self.assert_found("redis.reach", "error", "refused", code=3, env={"TRUNKLINE_REDIS": "redis://127.0.0.1:1/0"})
        self.assert_found(
            "postgres.reach",
            "error",
            "127.0.0.1",
            code=3,
            env={"TRUNKLINE_POSTGRES": "postgresql://x@127.0.0.1:1/none"},
        )

    def test_servers_that_hang(self):
        """It ends within two seconds and reports the findings of the other checks."""
        began = time.monotonic()
        done = self.run_doctor(
            "--json",
            env={
                "TRUNKLINE_REDIS": f"redis://127.0.0.1:{silent(self)}/0",
                "TRUNKLINE_POSTGRES": f"postgresql://x@127.0.0.1:{silent(self)}/none",
                "OPENPHONE_API_KEY": KEY,
                "TRUNKLINE_API_URL": f"http://127.0.0.1:{silent(self)}",
            },
        )
        self.assertLess(time.monotonic() - began, limit(2.4))
        self.assertEqual(done.returncode, 3, done.stderr)
        found = {f["check"]: f for f in json_schema.check("doctor", done.stdout)["findings"]}
        self.assertEqual(
            [found[c]["level"] for c in ("redis.reach", "postgres.reach", "webhooks", "keys", "gateway.probe")],
            ["error", "error", "warning", "ok", "ok"],
        )

    def test_an_old_postgres(self):
        """Such a version is not installed here: a function that hides the server's own reports it."""
        self.postgres.psql(
            """create schema old;
          create function old.current_setting(text) returns text language sql as $$ select case $1 when 'server_version_num'
            then '140011' when 'server_version' then '14.11' else pg_catalog.current_setting($1) end $$;
          grant usage on schema old to public;
          alter role trunkline_readonly set search_path = old, pg_catalog, public"""
        )
        self.addCleanup(self.postgres.psql, "alter role trunkline_readonly reset search_path; drop schema old cascade")
        self.assert_found("postgres.version", "warning", "14.11")

    def test_a_standby(self):
        standby = Standby(self.postgres)
        self.addCleanup(standby.close)
        self.assert_found("postgres.role", "error", "standby", env={"TRUNKLINE_POSTGRES": standby.url_of("readonly")})

    def test_an_older_schema(self):
        url = self.postgres.new_database("older", "readonly")
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "schema", "migrations")
        for name in sorted(os.listdir(folder))[:2]:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                self.postgres.psql(file.read(), database="older")
        self.postgres.psql(
            "create table if not exists schema_migrations (version integer primary key, name text, checksum "
            "text, applied_at timestamptz default now(), compatible_from integer); "
            "insert into schema_migrations (version, name, checksum) values (1, 'initial', ''), (2, 'x', '')",
            database="older",
        )
        self.postgres.grant_roles("older")
        self.postgres.psql("grant select on schema_migrations to trunkline_readonly", database="older")
        got, found = self.found(env={"TRUNKLINE_POSTGRES": url})
        self.assertEqual((found["postgres.migrations"]["level"], got), ("error", 1))
        self.assertEqual(found["postgres.migrations"]["what"], "schema version 2")
        self.assertIn("trunkline migrate", found["postgres.migrations"]["fix"])
        self.assertEqual(found["applying"]["level"], "ok")

    def test_postgres_settings(self):
        weak = Postgres(synchronous_commit="off", fsync="off", full_page_writes="off")
        self.addCleanup(weak.close)
        url = {"TRUNKLINE_POSTGRES": f"postgresql://trunkline@127.0.0.1:{weak.port}/trunkline"}
        got, found = self.found(env=url)
        self.assertEqual(got, 1)
        for check in ("synchronous_commit", "fsync", "full_page_writes", "migrations"):
            self.assertEqual(found["postgres." + check]["level"], "error", check)
        self.assertEqual(found["postgres.migrations"]["what"], "no tables of Trunkline")
        self.assertEqual(
            found["postgres.roles"]["what"], "missing: trunkline_owner, trunkline_worker, trunkline_readonly"
        )
        self.assertEqual(found["postgres.connections"]["level"], "ok")

    def test_connections_of_postgres(self):
        full = Postgres(max_connections="5", superuser_reserved_connections="3")
        self.addCleanup(full.close)
        url = {"TRUNKLINE_POSTGRES": f"postgresql://trunkline@127.0.0.1:{full.port}/trunkline"}
        for others, level in ((0, "ok"), (1, "warning"), (2, "error")):
            if others:
                other = subprocess.Popen(
                    ["psql", "-Xq", url["TRUNKLINE_POSTGRES"]], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
                )
                self.addCleanup(other.wait)
                self.addCleanup(other.stdin.close)
            wait_for(
                lambda others=others: full.psql(
                    "select count(*) from pg_stat_activity where backend_type = 'client backend'"
                )
                == str(others + 1),
                "the other connections",
            )
            wait_for(lambda level=level: self.found(env=url)[1]["postgres.connections"]["level"] == level, level)

    def test_grants_and_migrations(self):
        self.postgres.psql("revoke insert on operator_log from trunkline_worker")
        self.addCleanup(self.postgres.grant_roles)
        self.assert_found("postgres.grants", "error", "trunkline_worker on operator_log")
        self.postgres.grant_roles()
        self.postgres.psql(
            "insert into schema_migrations (version, name, checksum, compatible_from) select 9999, 'x', "
            "checksum, 1 from schema_migrations limit 1"
        )
        self.addCleanup(self.postgres.psql, "delete from schema_migrations where version = 9999")
        self.assert_found("postgres.migrations", "note", "newer than this program")
        self.postgres.psql("alter role trunkline_readonly createdb")
        self.addCleanup(self.postgres.psql, "alter role trunkline_readonly nocreatedb")
        self.assert_found("postgres.roles", "warning", "trunkline_readonly")

    def test_a_pause(self):
        self.postgres.psql(
            "insert into controls (name, value, reason, changed_by) values ('pause', 'on', 'x', 'ann@ops') on "
            "conflict (name) do update set value = 'on'"
        )
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
        self.assert_found("keys", "ok", "2 keys", "--signing-key", "another key that is long enough for it")

    def test_the_gateway(self):
        at = f"http://127.0.0.1:{self.other.server_port}"
        self.assert_found("gateway.probe", "error", "signature: 200", "--url", at + "/x")
        self.assert_found("gateway.probe", "error", "404", "--url", at + "/lost")
        self.assert_found("gateway.probe", "error", "502", "--url", at + "/front")
        self.assert_found("gateway.probe", "error", "127.0.0.1:1", "--url", "http://127.0.0.1:1/x", code=3)
        self.assert_found("gateway.probe", "note", "skipped", "--url", "https://example.com/api/webhooks/openphone")
        self.assert_found("gateway.readyz", "error", "draining", "--ops-url", at + "/readyz")
        self.assert_found("gateway.readyz", "error", "127.0.0.1:1", "--ops-url", "http://127.0.0.1:1/readyz", code=3)

    def test_processes(self):
        key = "{trunkline}:gateway:sick"
        self.addCleanup(self.redis.command, "DEL", key, "{trunkline}:worker:sick")
        self.redis.command("HSET", key, "state", "unavailable", "reason", "weak_durability")
        self.assert_found("gateways", "error", "weak_durability")
        self.redis.command("DEL", key)
        self.redis.command("HSET", "{trunkline}:worker:sick", "state", "blocked", "reason", "postgres: x")
        self.assert_found("workers", "warning", "postgres: x")

    @unittest.skipUnless(PGBOUNCER, "needs pgbouncer")
    def test_poolers(self):
        for mode, level, code in (("transaction", "error", 1), ("session", "warning", 2)):
            port, config = free_port(), os.path.join(self.postgres.folder, f"{mode}-doctor.ini")
            with open(config, "w", encoding="utf-8") as file:
                file.write(
                    f"[databases]\ntrunkline = host=127.0.0.1 port={self.postgres.port} user=trunkline_readonly\n"
                    f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\npool_mode = {mode}\n"
                    "unix_socket_dir =\nignore_startup_parameters = extra_float_digits,options\n"
                )
            with open(config + ".log", "wb") as log:
                bouncer = subprocess.Popen(
                    _as_postgres([PGBOUNCER, config]), stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            self.addCleanup(bouncer.wait, 10)
            self.addCleanup(bouncer.kill)
            url = self.postgres.url_of("readonly", port)
            wait_for(
                lambda: subprocess.run(
                    ["psql", "-X", url, "-c", "select 1"], capture_output=True, check=False
                ).returncode
                == 0,
                "pgbouncer to answer",
            )
            self.assert_found(
                "postgres.pooler",
                level,
                "transaction mode" if mode == "transaction" else "startup options",
                code=code,
                env={"TRUNKLINE_POSTGRES": url},
            )
