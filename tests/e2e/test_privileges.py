# SPDX-License-Identifier: Apache-2.0
"""Least privilege: deploy/redis-users.conf and schema/roles.sql against what the programs use."""
import glob
import os
import re
import subprocess
import unittest

from pipeline import TRUNKLINE, Pipeline, clean_environment
from servers import Postgres, Redis, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
KEY = "{trunkline}:deliveries"
# The source of each user's program.
SOURCES = {
    "gateway": ["gateway/*.cpp", "common/stream/contract.cpp"],
    "worker": ["worker/*/*.cpp", "store/*/*.cpp"],
    "operator": ["admin/*.cpp", "admin/*/*.cpp", "cli/*/*.cpp", "exporter/*.cpp"],
}
FOR_ALL = ["common/redis/*.cpp"]
BEFORE_LOGIN = {"auth", "hello", "quit", "reset"}  # Redis requires no permission for these
# The commands as sent, K for a key.
AS_SENT = {
    "xadd": "K * d 1 t 2 b {}",
    "hset": "K state running",
    "hincrby": "K accepted 1",
    "expire": "K 30",
    "del": "K",
    "xreadgroup": "GROUP workers c COUNT 9 BLOCK 1 STREAMS K >",
    "xack": "K workers 1-1",
    "xdel": "K 1-1",
    "xclaim": "K workers c 0 1-1 JUSTID",
    "xautoclaim": "K workers c 1000 0 COUNT 9 JUSTID",
    "xpending": "K workers",
    "xrange": "K - + COUNT 1",
    "xlen": "K",
    "xgroup|create": "K workers 0 MKSTREAM",
    "xgroup|delconsumer": "K workers c",
    "xinfo|stream": "K",
    "xinfo|groups": "K",
    "xinfo|consumers": "K workers",
    "hgetall": "K",
    "info": "memory",
    "config|get": "maxmemory",
    "ping": "",
    "client|setname": "name",
    "select": "0",
    "time": "",
    "scan": "0 MATCH x",
}


def words(path):
    with open(path, encoding="utf-8") as file:
        return re.findall(r'\{\s*"([A-Z]+)"(?:,\s*"([A-Z]+)")?', file.read())


class RedisUsers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.redis = Redis()
        cls.all = set(cls.redis.command("COMMAND", "LIST"))
        cls.containers = {name.split("|")[0] for name in cls.all if "|" in name}
        with open(os.path.join(ROOT, "deploy", "redis-users.conf"), encoding="utf-8") as file:
            cls.users = {m[1]: m[2] for m in re.finditer(r"^user trunkline-(\w+) (.*)$", file.read(), re.M)}

    @classmethod
    def tearDownClass(cls):
        cls.redis.close()

    def allowed(self, role):
        return set(re.findall(r"\+([\w|]+)", self.users[role]))

    def dry(self, role, command, arguments):
        return self.redis.command("ACL", "DRYRUN", f"trunkline-{role}", *command.split("|"), *arguments)

    def sent(self, role):
        """Returns the commands in the program's source: lists that begin with the name of a command."""
        found = set()
        for pattern in SOURCES[role] + FOR_ALL:
            for path in glob.glob(os.path.join(ROOT, pattern)):
                for first, second in words(path):
                    name = first.lower()
                    if name in self.containers:
                        name += "|" + second.lower()
                    if name in self.all:
                        found.add(name)
        return found - BEFORE_LOGIN

    def test_a_user_may_send_what_its_program_sends_and_nothing_else(self):
        for role in SOURCES:
            with self.subTest(role):
                self.assertEqual(self.sent(role), self.allowed(role))
        self.assertEqual(set(AS_SENT), set().union(*(self.allowed(role) for role in SOURCES)))

    def test_matrix_of_all_commands(self):
        arity = {}
        for info in self.redis.command("COMMAND", "INFO", *sorted(self.all)):
            arity[info[0]] = abs(info[1])
        self.assertGreater(len(self.all), 300)
        for role in SOURCES:
            may = set()
            for name in self.all - self.containers:
                # Enough arguments; each could be one of our keys, so that only the command decides.
                if self.dry(role, name, [KEY] * (arity[name] - 1 - name.count("|"))) == "OK":
                    may.add(name)
            with self.subTest(role):
                self.assertEqual(may - BEFORE_LOGIN, self.allowed(role))

    def test_keys_of_others(self):
        for role in SOURCES:
            for name in self.allowed(role):
                sent = AS_SENT[name].split()
                with self.subTest(f"{role}: {name}"):
                    self.assertEqual(self.dry(role, name, [KEY if x == "K" else x for x in sent]), "OK")
                    if "K" not in sent:
                        continue
                    for foreign in (
                        "{other}:deliveries",
                        "trunkline:deliveries",
                        "{trunkline}",
                        "x{trunkline}:deliveries",
                    ):
                        answer = self.dry(role, name, [foreign if x == "K" else x for x in sent])
                        self.assertIn("no permissions to access", answer, foreign)

    def test_dangerous_commands_are_denied(self):
        dangerous = (
            ("CONFIG", "SET", "appendfsync", "no"),
            ("CONFIG", "REWRITE"),
            ("EVAL", "return 1", "0"),
            ("FUNCTION", "LIST"),
            ("KEYS", "*"),
            ("FLUSHALL",),
            ("FLUSHDB",),
            ("DEBUG", "SLEEP", "0"),
            ("ACL", "LIST"),
            ("ACL", "SETUSER", "x"),
            ("SHUTDOWN",),
            ("REPLICAOF", "localhost", "1"),
            ("MONITOR",),
            ("XTRIM", KEY, "MAXLEN", "0"),
            ("DEL", KEY),
            ("RENAME", KEY, KEY + "2"),
            ("SAVE",),
            ("CLIENT", "LIST"),
            ("CLIENT", "KILL", "TYPE", "normal"),
            ("PUBLISH", "x", "y"),
            ("SUBSCRIBE", "x"),
            ("GET", KEY),
        )
        for role in SOURCES:
            for command in dangerous:
                if role == "worker" and command[0] == "DEL":
                    continue  # allowed for its process info; Redis has no permission for one command on one key
                # DEBUG is disabled for all users before permissions are checked.
                with self.subTest(f"{role}: {command}"), self.assertRaisesRegex(
                    RuntimeError, "NOPERM|DEBUG command not"
                ):
                    self.redis.command(*command, user=role)
        for command in dangerous:
            self.assertEqual(self.dry("admin", command[0].lower(), command[1:]), "OK")

    def test_no_login_without_a_name(self):
        no_login = subprocess.run(["redis-cli", "-p", str(self.redis.port), "PING"], capture_output=True, text=True)
        self.assertIn("NOAUTH", no_login.stdout + no_login.stderr)
        for name in ("default", "trunkline-gateway"):
            with self.assertRaisesRegex(RuntimeError, "WRONGPASS"):
                self.redis.command("AUTH", name, "")


class PostgresRoles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres(fsync="off")
        cls.postgres.psql("create table before (secret text)")
        cls.postgres.migrate(TRUNKLINE)
        cls.postgres.psql(
            "create table after (secret text); create role other_program login; grant create on schema "
            "public to other_program; set role other_program; create table theirs (secret text)"
        )
        cls.postgres.grant_roles()

    @classmethod
    def tearDownClass(cls):
        cls.postgres.close()

    def attempt(self, role, sql):
        return subprocess.run(
            ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.postgres.url_of(role), "-c", sql],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def rights(self, role):
        """Returns {"table": "select insert"} of all tables in the schema public."""
        rows = self.postgres.psql(
            "select c.relname, coalesce(string_agg(p, ' ' order by n) filter (where has_table_privilege("
            f"'trunkline_{role}', c.oid, p)), '') from pg_class c, unnest(array['select', 'insert', 'update', "
            "'delete', 'truncate', 'references', 'trigger']) with ordinality u (p, n) where c.relnamespace = "
            "'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p') group by 1 order by 1"
        )
        return dict(row.split("|") for row in rows.split("\n"))

    def test_matrix_of_tables(self):
        writes = "select insert update"
        tables = {
            name: writes for name in ("activities", "contact_cards", "own_numbers", "recordings", "webhook_events")
        }
        tables |= {name: writes + " delete" for name in ("contacts", "conversations", "conversation_links")}
        tables |= {
            "schema_migrations": "select",
            "dead_deletions": "select",
            "dead_deleted_events": "select",
            "before": "",
            "after": "",
            "theirs": "",
        }
        worker = self.rights("worker")
        # DELETE is not granted on a table that no program uses yet, or one of a later schema.
        for name in set(worker) - set(tables):
            self.assertIn(worker[name], ("select insert", "select insert update"), name)
        self.assertEqual({k: worker[k] for k in tables}, tables)
        foreign = ("before", "after", "theirs")
        self.assertEqual(self.rights("readonly"), {name: "" if name in foreign else "select" for name in worker})
        owner = self.rights("owner")
        self.assertEqual({owner[name] for name in foreign}, {""})
        self.assertEqual(
            {owner[name] for name in owner if name not in foreign},
            {"select insert update delete truncate references trigger"},
        )

    def test_roles_have_no_powers(self):
        self.assertEqual(
            self.postgres.psql(
                "select rolname from pg_roles where rolname like 'trunkline\\_%' and (rolsuper or rolcreaterole or "
                "rolcreatedb or rolreplication or rolbypassrls)"
            ),
            "",
        )
        self.assertEqual(
            self.postgres.psql(
                "select * from pg_auth_members where member in "
                "(select oid from pg_roles where rolname like 'trunkline\\_%')"
            ),
            "",
        )
        self.assertEqual(
            self.postgres.psql(
                "select r.rolname, has_schema_privilege(r.oid, 'public', 'create'), has_database_privilege(r.oid, "
                "'trunkline', 'create') from pg_roles r where rolname like 'trunkline\\_%' order by 1"
            ),
            "trunkline_owner|t|f\ntrunkline_readonly|f|f\ntrunkline_worker|f|f",
        )
        # The gateway has no login in PostgreSQL.
        self.assertEqual(self.postgres.psql("select count(*) from pg_roles where rolname like '%gateway%'"), "0")

    def test_attempts(self):
        ddl = (
            "create table mine (a int)",
            "create view v as select 1",
            "drop table activities",
            "create role mine",
            "create function f() returns int language sql as 'select 1'",
            "alter table contacts add column x int",
            "create trigger t before insert on activities for each row "
            "execute function suppress_redundant_updates_trigger()",
            "drop index webhook_events_due",
            "create schema mine",
            "set role trunkline_owner",
            "alter role trunkline_owner password 'x'",
            "select pg_read_file('PG_VERSION')",
            "copy (select 1) to program 'true'",
            "alter system set fsync = off",
            "create extension plpython3u",
        )
        tables = (
            "activities",
            "webhook_events",
            "recordings",
            "contact_cards",
            "own_numbers",
            "schema_migrations",
            "dead_deletions",
            "dead_deleted_events",
        )
        removal = [f"{verb} {table}" for table in tables for verb in ("delete from", "truncate")]
        removal += [
            "truncate contacts, conversations, conversation_links",
            "delete from theirs",
            "select * from theirs",
            "select * from before",
            "select * from after",
            "select * from pg_authid",
        ]
        writes = [
            "insert into own_numbers (phone, from_events) values ('+14155550199', false)",
            "update contacts set name = 'x'",
            "delete from contacts",
            "update webhook_events set state = 'retrying'",
            "insert into schema_migrations select * from schema_migrations",
        ]
        for role, refused in (("worker", [*ddl, *removal, writes[-1]]), ("readonly", [*ddl, *removal, *writes])):
            for sql in refused:
                done = self.attempt(role, sql)
                with self.subTest(f"{role}: {sql}"):
                    self.assertEqual(done.returncode, 1)
                    self.assertRegex(
                        done.stderr,
                        "permission denied|must be owner|must be superuser|must be able|"
                        "must have CREATEROLE|is not available",
                    )
        # The same statements succeed where the privilege is granted.
        for role, sql in (
            ("worker", "begin; " + writes[0] + "; rollback"),
            ("worker", "delete from contacts where false"),
            ("readonly", "select * from activities"),
            ("owner", "begin; delete from webhook_events; rollback"),
            ("owner", "begin; alter table contacts add column x int; rollback"),
        ):
            self.assertEqual(self.attempt(role, sql).returncode, 0, sql)

    def test_only_the_owner_migrates(self):
        for role in ("worker", "readonly"):
            done = subprocess.run(
                [TRUNKLINE, "migrate", "--postgres", self.postgres.url_of(role)],
                capture_output=True,
                text=True,
                env=clean_environment(),
            )
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn("permission denied", done.stderr)


class InUse(unittest.TestCase):
    def test_the_programs_are_never_denied(self):
        pipe = Pipeline()
        self.addCleanup(pipe.close)
        pipe.redis.command("ACL", "LOG", "RESET")
        sent = subprocess.run(
            [TRUNKLINE, "send", "all", "--url", pipe.url], env=pipe.env, capture_output=True, text=True
        )
        self.assertEqual(sent.returncode, 0, sent.stdout + sent.stderr)
        queue = subprocess.run([TRUNKLINE, "queue", "--json"], env=pipe.env, capture_output=True, text=True)
        self.assertEqual(queue.returncode, 0, queue.stdout + queue.stderr)
        self.assertIn('"unknown":[]', queue.stdout)
        wait_for(lambda: pipe.redis.command("EXISTS", f"{KEY}") == 1, "the stream")
        pipe.end(pipe.worker)
        pipe.end(pipe.gateway)
        self.assertEqual(pipe.redis.command("ACL", "LOG"), [])
        self.assertNotIn("permission denied", pipe.tail())

    def test_no_test_gives_a_program_the_administrator(self):
        """Only the administrator may use url; programs get url_of(role)."""
        pattern = re.compile(r"\b(?:redis|postgres)\d?\.url\b|url_of\(\W*admin")
        # file: the permitted lines, each with its reason
        may = {
            "test_privileges.py": [""],  # this rule
            "test_restore.py": ["REDIS_URL=self.cluster.redis.url,"],  # a backup is run by the administrator
            "test_sizing.py": ['["psql", "-Xq", self.postgres.url]'],
        }  # another session that locks a table
        bad = []
        for path in sorted(glob.glob(os.path.join(HERE, "*"))):
            if not os.path.isfile(path):
                continue
            with open(path, encoding="utf-8", errors="replace") as file:
                for number, line in enumerate(file, 1):
                    if pattern.search(line) and not any(part in line for part in may.get(os.path.basename(path), ())):
                        bad.append(f"{os.path.basename(path)}:{number}: {line.strip()}")
        self.assertEqual(bad, [])
        for line in ("x.redis.url,", "postgres.url)", 'redis.url_of("admin")'):
            self.assertRegex(line, pattern)
        self.assertNotRegex('redis.url_of("worker")', pattern)
