# SPDX-License-Identifier: Apache-2.0
"""Private Redis and PostgreSQL servers for tests: on free ports, in new folders, stopped when the test ends.

Standard library only. PostgreSQL does not run as root, so as root it runs as the user "postgres".
"""
import atexit
import fcntl
import glob
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

DEADLINE = 30.0


def clean_environment(**more):
    """Returns the environment without settings of the caller."""
    foreign = ("TRUNKLINE_", "OPENPHONE_", "PG", "REDIS_URL", "DATABASE_URL", "SIGNING_KEY")
    return {**{k: v for k, v in os.environ.items() if not k.startswith(foreign)}, **more}


def free_port():
    """Returns a free port below those that the kernel assigns to outgoing connections: one of these could be assigned
    before the server starts. Two tests may still draw the same one; then a start fails."""
    draw = random.SystemRandom()
    while True:
        port = draw.randrange(10000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_for(condition, what, deadline=DEADLINE, every=0.02):
    """Polls condition() until it is true; returns its value. Raises TimeoutError naming what."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"waited {deadline:g} s for {what}")
        time.sleep(every)


def _temp_folder(kind):
    folder = tempfile.mkdtemp(prefix=f"trunkline-{kind}-")
    os.chmod(folder, 0o755)
    return folder


DEPLOY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy")
SCHEMA = os.path.join(DEPLOY, "..", "schema")


class Redis:
    """redis-server with deploy/redis.conf and the users of deploy/redis-users.conf.

    url_of("gateway" | "worker" | "operator"): the URL for a program under test. url and command(): the administrator.
    extra: more options of redis-server. before: a command line that starts it (strace, faketime); environment: more
    variables for it.
    """

    def __init__(self, *extra, before=(), environment=None):
        self.extra = list(extra)
        self.before, self.environment = list(before), environment or {}
        self.folder = _temp_folder("redis")
        self.port = 0
        self.process = None
        atexit.register(self.close)
        for _ in range(5):
            self.port = free_port()
            self.start()
            if self.alive():
                return
        raise RuntimeError("redis-server does not start: " + open(self.folder + "/log").read()[-2000:])

    @property
    def url(self):
        return self.url_of("admin")

    def url_of(self, role, port=None):
        """port: of a proxy in front of it."""
        return f"redis://trunkline-{role}:{role}-password@127.0.0.1:{port or self.port}/0"

    def start(self):
        config = self.folder + "/redis.conf"
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"include {DEPLOY}/redis.conf\ninclude {DEPLOY}/redis-users.conf\n")
        self.process = subprocess.Popen(
            [
                *self.before,
                "redis-server",
                config,
                "--bind",
                "127.0.0.1",
                "--port",
                str(self.port),
                "--dir",
                self.folder,
                "--maxmemory",
                "0",
                "--logfile",
                self.folder + "/log",
                *self.extra,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **self.environment},
        )
        wait_for(lambda: self.process.poll() is not None or self._pings(), "redis to answer")

    def _pings(self):
        try:
            return self.command("PING") == "PONG"
        except (OSError, RuntimeError):  # not listening yet, or still LOADING
            return False

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def command(self, *args, timeout=30, user="admin"):
        """Runs one command; returns str (surrogateescape), int, None or list; raises RuntimeError on an error
        reply."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as s:
            s.sendall(_wire("AUTH", f"trunkline-{user}", f"{user}-password") + _wire(*args))
            stream = s.makefile("rb")
            _read_reply(stream)
            return _read_reply(stream)

    def kill(self, sig=signal.SIGKILL):
        self.process.send_signal(sig)
        if sig in (signal.SIGKILL, signal.SIGTERM):
            self.process.wait(DEADLINE)

    def close(self):
        if self.alive():
            self.process.send_signal(signal.SIGCONT)
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def _wire(*args):
    parts = [a if isinstance(a, bytes) else str(a).encode("utf-8", "surrogateescape") for a in args]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts)


def _read_reply(stream):
    line = stream.readline()
    if not line.endswith(b"\r\n"):
        raise OSError("connection closed")
    head, rest = line[:1], line[1:-2]
    if head == b"+":
        return rest.decode()
    if head == b"-":
        raise RuntimeError(rest.decode())
    if head == b":":
        return int(rest)
    if head == b"$":
        if int(rest) < 0:
            return None
        data = stream.read(int(rest) + 2)[:-2]
        return data.decode("utf-8", "surrogateescape")
    if head == b"*":
        return None if int(rest) < 0 else [_read_reply(stream) for _ in range(int(rest))]
    raise OSError(f"bad reply {line!r}")


def _postgres_bin():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return os.path.dirname(found[-1])


def _as_postgres(command):
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] + command
        if os.geteuid() == 0
        else command
    )


def _new_cluster(programs):
    """Returns the folder of a cluster with an empty database "trunkline": initdb takes a second or two, a copy a tenth
    of one. One per build and version of PostgreSQL."""
    name = "cluster-trunkline" + programs.replace("/", "-")
    if "TRUNKLINE_BIN" in os.environ:
        place = os.path.join(os.path.dirname(os.path.abspath(os.environ["TRUNKLINE_BIN"])), name)
    else:
        folder = _temp_folder("cluster")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        place = folder + "/data"
    with open(place + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(place):
            made = _temp_folder("cluster")
            atexit.register(shutil.rmtree, made, ignore_errors=True)
            if os.geteuid() == 0:
                user = pwd.getpwnam("postgres")
                os.chown(made, user.pw_uid, user.pw_gid)
            _run_as_postgres(
                [
                    f"{programs}/initdb",
                    "-D",
                    made + "/data",
                    "-U",
                    "trunkline",
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                ]
            )
            _run_as_postgres(
                [f"{programs}/postgres", "--single", "-F", "-D", made + "/data", "postgres"],
                "create database trunkline\n",
            )
            shutil.rmtree(place + ".new", ignore_errors=True)  # left by a test that was killed here
            shutil.copytree(made + "/data", place + ".new", symlinks=True)
            os.rename(place + ".new", place)
    return place


def _run_as_postgres(command, answer=""):
    done = subprocess.run(_as_postgres(command), cwd="/", input=answer, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


class Postgres:
    """A private cluster with one database "trunkline" and a superuser "trunkline" (trust on loopback).

    environment: more variables for the server, at its next start.
    """

    environment = {}

    def __init__(self, **settings):
        self.settings = {
            "fsync": "on",
            "synchronous_commit": "on",
            "max_connections": "60",
            "shared_buffers": "64MB",
            "log_min_messages": "fatal",
            "max_wal_size": "256MB",
            "timezone": "UTC",
            **settings,
        }
        self.folder = _temp_folder("postgres")
        self.data = self.folder + "/data"
        self.bin = _postgres_bin()
        self.process = None
        self.port = 0
        atexit.register(self.close)
        subprocess.run(["cp", "-a", "--reflink=auto", _new_cluster(self.bin), self.data], check=True)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "postgres:postgres", self.folder], check=True)
        for _ in range(5):
            self.port = free_port()
            self.start()
            if self.alive():
                break
        else:
            raise RuntimeError("postgres does not start: " + open(self.folder + "/log").read()[-2000:])

    @property
    def url(self):
        """The URL of the superuser: for integration tests of the store and for tests that prepare a fault."""
        return f"postgresql://trunkline@127.0.0.1:{self.port}/trunkline"

    def url_of(self, role, port=None, database="trunkline"):
        """Returns the URL of a role: owner, worker or readonly, created by grant_roles(). port: of a proxy in front of
        it."""
        return f"postgresql://trunkline_{role}@127.0.0.1:{port or self.port}/{database}"

    def migrate(self, program):
        """Creates the tables as the owner with `trunkline` (program is its path), grants by schema/roles.sql, as in
        docs/postgresql.md."""
        self.grant_roles()
        subprocess.run(
            [program, "migrate", "--postgres", self.url_of("owner")],
            check=True,
            stdout=subprocess.DEVNULL,
            env=clean_environment(),
        )
        self.grant_roles()

    def grant_roles(self, database="trunkline"):
        with open(f"{SCHEMA}/roles.sql", encoding="utf-8") as file:
            self.psql(file.read(), database=database)

    def start(self):
        log = open(self.folder + "/log", "ab")
        settings = [x for k, v in self.settings.items() for x in ("-c", f"{k}={v}")]
        self.process = subprocess.Popen(
            _as_postgres(
                [
                    f"{self.bin}/postgres",
                    "-D",
                    self.data,
                    "-p",
                    str(self.port),
                    "-h",
                    "127.0.0.1",
                    "-k",
                    self.folder,
                    *settings,
                ]
            ),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **self.environment},
        )
        wait_for(lambda: self.process.poll() is not None or self._answers(), "postgres to answer")

    def _answers(self):
        return subprocess.run([f"{self.bin}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def psql(self, sql, database="trunkline", check=True):
        """Runs SQL, returns its rows as text: columns separated by |, one row per line, nulls as ∅."""
        # By its full path: Debian's /usr/bin/psql is a Perl script that takes five times as long.
        done = subprocess.run(
            [
                f"{self.bin}/psql",
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-P",
                "null=∅",
                "-h",
                "127.0.0.1",
                "-p",
                str(self.port),
                "-U",
                "trunkline",
                "-d",
                database,
            ],
            input=sql,
            capture_output=True,
            text=True,
            env=clean_environment(),
        )
        if check and done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.rstrip("\n")

    def new_database(self, name, role="worker"):
        """Creates a database without tables; returns its URL for a role."""
        self.psql(f'create database "{name}"', database="postgres")
        return self.url_of(role, database=name)

    def stop(self, sig=signal.SIGINT):
        """Stops the server. SIGINT: fast shutdown; SIGQUIT: immediate; SIGKILL: crash (the kernel's pipe ends the
        children)."""
        self.process.send_signal(sig)
        self.process.wait(DEADLINE)

    def close(self):
        if self.alive():
            self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)
