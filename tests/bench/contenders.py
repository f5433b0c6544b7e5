# SPDX-License-Identifier: Apache-2.0
"""The servers that are compared, each on its own port with everything else shared, and the number of deliveries that
each has stored."""
import http.client
import os
import shutil
import tempfile

import bodies
import machine
import processes
from bodies import PATH
from servers import free_port, wait_for

STREAM = "{trunkline}:deliveries"
JOBS = "bull:deliveries:wait"


def open_to_peers(redis):
    """The users of our programs stay as deployed; peers connect without a password."""
    redis.command("ACL", "SETUSER", "default", "on", "nopass", "~*", "&*", "+@all")


class Contender:
    """A running server. name: also its key in the results."""

    def __init__(self, name, servers):
        self.name = name
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="trunkline-bench-")
        os.chmod(self.folder, 0o755)
        self.process = None
        try:
            args, environment = self.command(servers)
            with open(self.folder + "/output", "wb") as output:
                self.process = processes.start(args, output, environment)
            wait_for(self._accepts, f"{name} to accept a delivery")
        except BaseException:
            self.close()
            raise

    def command(self, servers):
        """Returns the command line and its environment. servers: .redis and .postgres."""
        raise NotImplementedError

    def stored(self, servers):
        """Returns the number of stored deliveries, or None if it stores none."""
        return servers.redis.command("XLEN", STREAM)

    def _accepts(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended: {self.output()}")
        body = next(bodies.mixed(1, seed=99))
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("POST", PATH, body, bodies.sign(body, 0))
            return connection.getresponse().status == 200
        except OSError:
            return False

    def output(self):
        with open(self.folder + "/output", encoding="utf-8", errors="replace") as output:
            return output.read()[-2000:]

    def close(self):
        if self.process:
            processes.end(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)


class Gateway(Contender):
    """trunkline-gateway with any number of threads."""

    def __init__(self, servers, programs, threads=1, name=None, connections=4096):
        self.programs, self.threads, self.connections = programs, threads, connections
        super().__init__(name or f"trunkline x{threads}", servers)

    def command(self, servers):
        return (
            [
                f"{self.programs}/trunkline-gateway",
                "--listen",
                f"127.0.0.1:{self.port}",
                "--ops-listen",
                "127.0.0.1:0",
                "--threads",
                str(self.threads),
                "--redis",
                servers.redis.url_of("gateway"),
                "--drain-delay",
                "0",
                "--max-requests-per-connection",
                "1000000000",
                "--max-connections",
                str(self.connections),
            ],
            {"TRUNKLINE_SIGNING_KEYS": bodies.SIGNING_KEY},
        )


class Ceiling(Contender):
    """Our HTTP parser and signature check, one thread, nothing stored."""

    def __init__(self, servers, programs):
        self.programs = programs
        super().__init__("ceiling", servers)

    def command(self, servers):
        return (
            [f"{self.programs}/bench-ceiling", f"127.0.0.1:{self.port}"],
            {"TRUNKLINE_SIGNING_KEYS": bodies.SIGNING_KEY},
        )

    def stored(self, servers):
        return None


class NginxLua(Contender):
    def __init__(self, servers, workers=1):
        self.workers = workers
        super().__init__(f"nginx + Lua x{workers}", servers)

    def command(self, servers):
        peer = os.path.join(machine.PEERS, "nginx-lua")
        with open(peer + "/nginx.conf", encoding="utf-8") as conf:
            text = conf.read()
        for name, value in (
            ("PORT", self.port),
            ("HERE", peer),
            ("WORKERS", self.workers),
            ("SHARED", "reuseport" if self.workers > 1 else ""),
        ):
            text = text.replace(f"@{name}@", str(value))
        with open(self.folder + "/nginx.conf", "w", encoding="utf-8") as conf:
            conf.write(text)
        return (
            ["nginx", "-p", self.folder, "-e", "error.log", "-c", self.folder + "/nginx.conf"],
            {"SIGNING_KEY": bodies.SIGNING_KEY, "REDIS_PORT": str(servers.redis.port)},
        )


class Fastify(Contender):
    """peer: fastify-ioredis or fastify-bullmq."""

    def __init__(self, servers, peer, count=1):
        self.peer, self.count = peer, count
        super().__init__(f"{peer} x{count}", servers)

    def command(self, servers):
        return (
            ["node", os.path.join(machine.PEERS, self.peer, "server.js")],
            {
                "NODE_PATH": machine.node_modules(self.peer),
                "NODE_ENV": "production",
                "PORT": str(self.port),
                "PROCESSES": str(self.count),
                "SIGNING_KEY": bodies.SIGNING_KEY,
                "REDIS_PORT": str(servers.redis.port),
            },
        )

    def stored(self, servers):
        return super().stored(servers) if self.peer == "fastify-ioredis" else servers.redis.command("LLEN", JOBS)


class Flask(Contender):
    """Two processes per core with eight threads each: gunicorn keeps connections open only with threads."""

    def __init__(self, servers):
        super().__init__("flask", servers)

    def command(self, servers):
        return (
            [
                machine.PYTHON,
                "-m",
                "gunicorn",
                "app:app",
                "-b",
                f"127.0.0.1:{self.port}",
                "--backlog",
                "4096",
                "-k",
                "gthread",
                "-w",
                str(2 * (os.cpu_count() or 1)),
                "--threads",
                "8",
                "--keep-alive",
                "75",
                "--chdir",
                os.path.join(machine.PEERS, "flask"),
                "--worker-tmp-dir",
                "/dev/shm",
            ],
            {
                "SIGNING_KEY": bodies.SIGNING_KEY,
                "DATABASE_URL": servers.postgres.url,
                "PYTHONDONTWRITEBYTECODE": "1",
                "OWN_NUMBER": bodies.OWN_NUMBER,
            },
        )

    def stored(self, servers):
        return int(servers.postgres.psql("select count(*) from webhook_events"))
