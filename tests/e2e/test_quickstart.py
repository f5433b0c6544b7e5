# SPDX-License-Identifier: Apache-2.0
"""deploy/quickstart with programs that are built already: samples, rows, env file, stop, restart, errors."""
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from seeds import limit
from servers import free_port, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))

BIN = os.environ["TRUNKLINE_BIN"]
QUICKSTART = os.path.join(HERE, "..", "..", "deploy", "quickstart")


def free_ports_in_a_row(count):
    while True:
        first = free_port()
        if first + count < 65536 and all(not listens(first + i) for i in range(count)):
            return first


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.parent = tempfile.mkdtemp(prefix="trunkline-quickstart-")
        self.addCleanup(shutil.rmtree, self.parent, ignore_errors=True)
        os.chmod(self.parent, 0o755)
        self.dir = os.path.join(self.parent, "data")
        self.ports = {
            "--port": free_port(),
            "--ops-port": free_ports_in_a_row(3),
            "--redis-port": free_port(),
            "--postgres-port": free_port(),
        }

    def command(self, *arguments):
        ports = [str(x) for pair in self.ports.items() for x in pair]
        return [QUICKSTART, "--no-install", "--bin", BIN, "--dir", self.dir, *ports, *arguments]

    def run_once(self, *arguments, prefix=()):
        # Settings of the caller's shell belong to another installation and must have no effect.
        return subprocess.run(
            [*prefix, *self.command("--once", *arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=150,
            env={**os.environ, "TRUNKLINE_REDIS": "redis://127.0.0.1:1/0", "PGHOST": "nowhere"},
        )

    def start(self):
        """Starts it in a new session, like a terminal's; it ends with everything that it started."""
        process = subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(lambda: process.poll() is None and (process.send_signal(signal.SIGTERM), process.wait(60)))
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Logs: "):
                return process, "".join(said)
        self.fail("it ended: " + "".join(said))

    def in_env(self, script):
        return subprocess.run(
            ["bash", "-c", f"source '{self.dir}/env' && {script}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def assert_nothing_left(self):
        for name, port in self.ports.items():
            self.assertFalse(listens(port), f"something still listens on the port of {name}")
        self.assertEqual(os.listdir(self.dir + "/run"), [])

    def test_once_twice_and_a_wrong_row(self):
        first = self.run_once()
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
        self.assertRegex(first.stdout, r"all \d+ rows are correct")
        for expected in (
            "Dana Reyes (CONVDEMO0001)",
            "call, completed, 00:05:12",
            "    recording   https://",
            "    summary     Dana wants a quote",
            "    00:00:02    Agent: Harbor Porch",
            "signed with the hex scheme",
            "signed with the legacy scheme",
            "signed with the standard scheme",
        ):
            self.assertIn(expected, first.stdout)
        self.assert_nothing_left()
        begin = time.monotonic()
        second = self.run_once()
        self.assertEqual(second.returncode, 0, second.stdout + second.stderr)
        self.assertIn("nothing to do: the schema is at version", second.stdout)
        self.assertLess(time.monotonic() - begin, limit(40))

        # The samples' events are stored already, so a row changed by hand stays wrong: the script must report it.
        process, _ = self.start()
        changed = self.in_env(
            'psql -X "$DATABASE_URL" -c "update activities set body = \'forged\' where'
            " openphone_id = 'MSGDEMO0002'; insert into own_numbers values ('+14155550199', false)\""
        )
        self.assertEqual(changed.returncode, 0, changed.stderr)
        process.send_signal(signal.SIGINT)
        process.wait(60)
        wrong = self.run_once()
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("+body: forged", wrong.stdout)
        self.assert_nothing_left()

        # --reset drops the database; the keys stay.
        keys = open(self.dir + "/keys").read()
        fresh = self.run_once("--reset")
        self.assertEqual(fresh.returncode, 0, fresh.stdout + fresh.stderr)
        self.assertIn("applying 0001_initial ... done", fresh.stdout)
        self.assertEqual(open(self.dir + "/keys").read(), keys)

    def test_runs_until_ctrl_c_with_everything_in_env(self):
        process, said = self.start()
        self.assertIn("Three steps to a first real delivery", said)
        for name in ("keys", "env", "redis-users.conf", "redis-gateway-password", "postgres-worker-password"):
            self.assertEqual(os.stat(f"{self.dir}/{name}").st_mode & 0o777, 0o600, name)
        queue = self.in_env("trunkline queue")
        self.assertEqual(queue.returncode, 0, queue.stdout + queue.stderr)
        self.assertTrue(queue.stdout.startswith("OK: 0 waiting, 0 retrying, 0 dead"), queue.stdout)
        rows = self.in_env('psql -X -A -t "$DATABASE_URL" -c "select count(*) from activities"')
        self.assertEqual(rows.stdout.strip(), "10", rows.stderr)
        recipe = self.in_env(
            """
            PAYLOAD='{"type":"message.received","data":{"object":{"id":"TEST123"}}}'
            SIGNATURE=$(echo -n "$PAYLOAD" | openssl dgst -sha256 -hmac "$SIGNING_KEY" | cut -d' ' -f2)
            curl -sS --noproxy '*' -X POST http://localhost:%d/api/webhooks/openphone \
              -H "Content-Type: application/json" -H "x-openphone-signature-v1: $SIGNATURE" -d "$PAYLOAD"
            """
            % self.ports["--port"]
        )
        self.assertEqual(recipe.stdout, '{"status":"accepted"}', recipe.stderr)
        stored = (
            lambda: self.in_env(  # noqa: E731
                'psql -X -A -t "$DATABASE_URL" -c "select direction, state from activities, webhook_events'
                " where openphone_id = 'TEST123' and activity_id = 'TEST123'\""
            ).stdout.strip()
            == "incoming|processed"
        )
        wait_for(stored, "the recipe's row", every=0.1)

        users = self.in_env(
            "redis-cli -p %d --no-auth-warning --user trunkline-admin "
            "--pass $(cat '%s/redis-admin-password') client list" % (self.ports["--redis-port"], self.dir)
        ).stdout
        for role in ("gateway", "worker"):
            self.assertIn(f"user=trunkline-{role} ", users)
        self.assertEqual(users.count("user=trunkline-admin"), 1, "only the one who asks")
        logins = self.in_env(
            'psql -X -A -t "$DATABASE_URL" -c "select distinct usename from pg_stat_activity where'
            " application_name like 'trunkline%'\""
        ).stdout
        self.assertEqual(logins.strip(), "trunkline_worker")

        second = self.run_once()
        self.assertEqual(second.returncode, 1)
        self.assertIn("another quickstart runs in", second.stderr)

        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), 0)
        self.assert_nothing_left()

    def test_a_child_that_dies_ends_the_run(self):
        process, _ = self.start()
        pid = int(open(self.dir + "/run/worker-2.pid").read().split()[0])
        os.kill(pid, signal.SIGKILL)
        said = process.stdout.read()
        self.assertEqual(process.wait(60), 1)
        self.assertIn("worker-2 exited unexpectedly", said)
        self.assert_nothing_left()

    def test_processes_of_a_killed_run_are_stopped_first(self):
        process, _ = self.start()
        process.kill()
        process.wait(10)
        self.assertTrue(listens(self.ports["--redis-port"]))
        again = self.run_once()
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        self.assertIn("stopping processes of an earlier run", again.stdout)
        self.assert_nothing_left()

    def test_a_busy_port_names_its_option(self):
        for option, port in self.ports.items():
            with socket.socket() as taken:
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                taken.bind(("127.0.0.1", port))
                taken.listen()
                refused = self.run_once()
            self.assertEqual(refused.returncode, 1, option)
            self.assertRegex(refused.stderr, rf"port {port} for .* is in use: choose another with {option},")

    def test_wrong_usage(self):
        for arguments in (["--port", "none"], ["--port"], ["--sideways"], ["--redis-port", "70000"]):
            done = subprocess.run([QUICKSTART, *arguments], capture_output=True, text=True, timeout=20)
            self.assertEqual(done.returncode, 64, arguments)
        self.assertEqual(subprocess.run([QUICKSTART, "--help"], capture_output=True, timeout=20).returncode, 0)
        os.mkdir(self.dir)
        open(self.dir + "/mine", "w").close()
        refused = self.run_once("--reset")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("is not empty and not of an earlier quickstart", refused.stderr)
        self.assertEqual(os.listdir(self.dir), ["mine"])

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become another user")
    def test_as_an_ordinary_user(self):
        nobody = pwd.getpwnam("nobody")
        os.chown(self.parent, nobody.pw_uid, nobody.pw_gid)
        prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]
        if subprocess.run([*prefix, "test", "-x", QUICKSTART, "-a", "-x", BIN + "/trunkline"]).returncode:
            self.skipTest("the repository lies where other users may not enter")
        done = self.run_once(prefix=prefix)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"all \d+ rows are correct")
        self.assertEqual(os.stat(self.dir + "/postgres/data").st_uid, nobody.pw_uid)
        self.assert_nothing_left()

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_as_root_in_a_home_without_access_for_others(self):
        os.chmod(self.parent, 0o700)
        self.addCleanup(lambda: shutil.rmtree(os.path.realpath(self.dir + "/postgres"), ignore_errors=True))
        done = self.run_once()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        elsewhere = os.path.realpath(self.dir + "/postgres")
        self.assertTrue(re.match(r"/var/lib/trunkline-quickstart-[0-9a-f]{8}$", elsewhere), elsewhere)
        self.assertIn(elsewhere, done.stdout)
