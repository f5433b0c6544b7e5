# SPDX-License-Identifier: Apache-2.0
"""The whole pipeline for tests: private servers, a gateway and a worker on private ports, all stopped at the end."""
import atexit
import os
import socket
import subprocess

from servers import Postgres, Redis, clean_environment, free_port, wait_for

BIN = os.environ["TRUNKLINE_BIN"]
TRUNKLINE = os.path.join(BIN, "trunkline")
HEX_KEY = "test_signing_key_for_seed_scheme_0001"
LEGACY_KEY = "legacy:Bcep8krvjEi6GZQC35MeW6/AjCJruF6/Hxotb/pz+Lc="
STANDARD_KEY = "whsec_coYfTG+CBzBhq5+ix34MyJDTVtgzb+jX"


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Pipeline:
    def __init__(self, keys=(HEX_KEY, LEGACY_KEY, STANDARD_KEY), binaries=BIN):
        """binaries: the folder of gateway and worker."""
        self.programs, self.binaries = [], binaries
        atexit.register(self.close)
        self.redis, self.postgres = Redis(), Postgres()
        self.postgres.migrate(TRUNKLINE)
        self.keys = "\n".join(keys)
        # The environment of an operator: `send` creates rows and removes them again, as the owner.
        self.env = clean_environment(
            TRUNKLINE_SIGNING_KEYS=self.keys,
            REDIS_URL=self.redis.url_of("operator"),
            DATABASE_URL=self.postgres.url_of("owner"),
        )
        self.log = open(os.path.join(self.redis.folder, "programs.log"), "ab")
        self.port = free_port()
        self.gateway = self.start(
            "trunkline-gateway",
            "--listen",
            f"127.0.0.1:{self.port}",
            "--ops-listen",
            "127.0.0.1:0",
            "--drain-delay",
            "0ms",
        )
        self.worker = self.start_worker()
        wait_for(lambda: self.gateway.poll() is not None or answers(self.port), "the gateway to listen")
        if self.gateway.poll() is not None:
            raise RuntimeError("the gateway does not start: " + self.tail())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/api/webhooks/openphone"

    def start(self, program, *options):
        env = clean_environment(**self.environment(program.removeprefix("trunkline-")))
        process = subprocess.Popen(
            [os.path.join(self.binaries, program), *options],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        self.programs.append(process)
        return process

    def environment(self, role):
        env = {"REDIS_URL": self.redis.url_of(role)}
        return env | (
            {"TRUNKLINE_SIGNING_KEYS": self.keys}
            if role == "gateway"
            else {"DATABASE_URL": self.postgres.url_of("worker")}
        )

    def start_worker(self):
        return self.start("trunkline-worker", "--ops-listen", "127.0.0.1:0")

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def tail(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]

    def close(self):
        for process in self.programs:
            self.end(process)
        self.programs = []
        if hasattr(self, "log"):
            self.log.close()
        if hasattr(self, "postgres"):
            self.postgres.close()
            self.redis.close()
