# SPDX-License-Identifier: Apache-2.0
"""All parts that a test can break: Redis, PostgreSQL, gateways, workers, and proxies between any two of them.

Parts are "redis", "postgres", "gateway", "gateway 1", ..., "worker 0", "worker 1", ...
"""
import atexit
import contextlib
import os
import signal
import socket
import subprocess
import time

import checker
import signed_deliveries
from proxy import Proxy
from servers import Postgres, Redis, clean_environment, free_port, wait_for
from signed_deliveries import STREAM

# All intervals are short; no deadline is so short that a busy machine reaches it.
WORKER = {
    "threads": 2,
    "block": "50ms",
    "claim-after": "1s",
    "reclaim-interval": "100ms",
    "retry-base": "50ms",
    "retry-poll-interval": "50ms",
    "outage-backoff-min": "20ms",
    "outage-backoff-max": "200ms",
    "probe-interval-max": "200ms",
    "heartbeat-interval": "100ms",
    "redis-timeout": "1s",
    "postgres-lock-timeout": "1s",
    "postgres-statement-timeout": "2s",
    "watchdog-grace": "300ms",
    "lease": "2s",
    "drain-timeout": "2s",
}


class Cluster:
    def __init__(self, workers=2, gateways=1, proxied=True, worker_options=None, **postgres_settings):
        self.bin = os.environ["TRUNKLINE_BIN"]
        self.redis, self.postgres = Redis(), Postgres(**postgres_settings)
        self.postgres.migrate(os.path.join(self.bin, "trunkline"))
        self.worker_options = WORKER if worker_options is None else worker_options
        self.gateway_ports = {f"gateway {n}" if n else "gateway": free_port() for n in range(gateways)}
        targets = {
            "gateway-redis": self.redis.port,
            "worker-redis": self.redis.port,
            "worker-postgres": self.postgres.port,
        }
        if gateways:
            targets["client-gateway"] = self.gateway_ports["gateway"]
        self.proxies = {name: Proxy(port) for name, port in targets.items()} if proxied else {}
        self.programs = dict.fromkeys([*self.gateway_ports, *(f"worker {n}" for n in range(workers))])
        self.log = open(os.path.join(self.redis.folder, "programs.log"), "ab")
        self.frozen = {}
        atexit.register(self.end_programs)  # servers and proxies register their own end
        checker.install(self.postgres)
        self.repair()
        self.wait_ready()

    def port(self, link, direct):
        return self.proxies[link].port if self.proxies else direct

    @property
    def client_port(self):
        return self.port("client-gateway", self.gateway_ports["gateway"])

    def workers(self):
        return [part for part in self.programs if part.startswith("worker")]

    # Start and end of parts.

    def start(self, part):
        if part == "redis":
            self.redis.start()
        elif part == "postgres":
            self._start_postgres()
        else:
            self.programs[part] = self._start_program(part, part.split(" ")[0])

    def _start_program(self, part, role):
        redis = self.redis.url_of(role, self.port(f"{role}-redis", self.redis.port))
        command = [os.path.join(self.bin, "trunkline-" + role), "--redis", redis, "--ops-listen", "127.0.0.1:0"]
        environment = clean_environment()
        if role == "gateway":
            command += ["--listen", f"127.0.0.1:{self.gateway_ports[part]}", "--drain-delay", "0ms"]
            environment["TRUNKLINE_SIGNING_KEYS"] = "\n".join(signed_deliveries.KEYS)
        else:
            command += ["--postgres", self.postgres.url_of("worker", self.port("worker-postgres", self.postgres.port))]
            for name, value in self.worker_options.items():
                command += ["--" + name, str(value)]
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def _start_postgres(self):
        # Processes of the killed server may still use its shared memory.
        end = time.monotonic() + 30
        while True:
            self.postgres.start()
            if self.postgres.alive():
                return
            if time.monotonic() > end:
                raise RuntimeError("postgres does not start again")
            time.sleep(0.1)

    def process(self, part):
        return (
            self.redis.process
            if part == "redis"
            else (self.postgres.process if part == "postgres" else self.programs[part])
        )

    def end(self, part, sig=signal.SIGKILL):
        process = self.process(part)
        if process and process.poll() is None:
            process.send_signal(sig)
            process.wait(30)

    def freeze(self, part):
        """Stops a part with SIGSTOP, with the child processes of a server."""
        pids = [self.process(part).pid]
        if part == "postgres":
            with open(f"/proc/{pids[0]}/task/{pids[0]}/children", encoding="ascii") as children:
                pids += map(int, children.read().split())
        self.frozen[part] = pids
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def thaw(self, part):
        for pid in self.frozen.pop(part, ()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def repair(self):
        """Repairs everything: ends all faults and starts every part that does not run."""
        for part in list(self.frozen):
            self.thaw(part)
        for proxy in self.proxies.values():
            proxy.heal()
        for part in ("redis", "postgres", *self.programs):
            process = self.process(part)
            if process is None or process.poll() is not None:
                self.start(part)

    # Queries.

    def wait_ready(self):
        def listens(port):
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", port)) == 0

        for port in self.gateway_ports.values():
            wait_for(lambda port=port: listens(port), "the gateway to listen")
        wait_for(self.group_is_there, "a worker to make its group")

    def group_is_there(self):
        try:
            return bool(self.redis.command("XINFO", "GROUPS", STREAM))
        except RuntimeError:
            return False

    def stream(self):
        """Returns (entries ever added, entries in the stream, pending entries)."""
        flat = self.redis.command("XINFO", "STREAM", STREAM)
        info = dict(zip(flat[::2], flat[1::2]))
        return info["entries-added"], info["length"], self.redis.command("XPENDING", STREAM, "workers")[0]

    def tail(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]

    def end_programs(self):
        for part in list(self.frozen):
            self.thaw(part)
        for part in self.programs:
            self.end(part)

    def close(self):
        self.end_programs()
        for proxy in self.proxies.values():
            proxy.close()
        self.log.close()
        self.postgres.close()
        self.redis.close()
