# SPDX-License-Identifier: Apache-2.0
"""The two servers that are compared, each on a port of its own with one thread or worker, and the load on them."""
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile

import bodies
from servers import free_port, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
PEER = os.path.join(HERE, "peers", "nginx-lua")
PATH = "/api/webhooks/openphone"
STREAM = "{trunkline}:deliveries"
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


class Contender:
    """A running server. worker_pid() is the process that does the work."""
    name = ""

    def __init__(self, redis):
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="trunkline-bench-")
        os.chmod(self.folder, 0o755)
        with open(self.folder + "/output", "wb") as output:
            self.process = subprocess.Popen(stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            **self.command(redis))
        wait_for(self._accepts, f"{self.name} to accept a delivery")

    def command(self, redis):
        raise NotImplementedError

    def worker_pid(self):
        return self.process.pid

    def _accepts(self):
        if self.process.poll() is not None:
            with open(self.folder + "/output") as output:
                raise RuntimeError(f"{self.name} ended: {output.read()[-2000:]}")
        body = b'{"type":"message.received","data":{"object":{"id":"TEST123"}}}'
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("POST", PATH, body, bodies.sign(body, 0))
            return connection.getresponse().status == 200
        except OSError:
            return False

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Gateway(Contender):
    name = "trunkline-gateway"

    def __init__(self, redis, programs):
        self.programs = programs
        super().__init__(redis)

    def command(self, redis):
        return {"args": [f"{self.programs}/trunkline-gateway", "--listen", f"127.0.0.1:{self.port}", "--ops-listen",
                         "127.0.0.1:0", "--threads", "1", "--redis", redis.url, "--drain-delay", "0",
                         "--max-requests-per-connection", "1000000000"],
                "env": {**os.environ, "TRUNKLINE_SIGNING_KEYS": bodies.SIGNING_KEY}}


class NginxLua(Contender):
    name = "nginx + Lua"

    def command(self, redis):
        with open(PEER + "/nginx.conf") as conf:
            text = conf.read().replace("@PORT@", str(self.port)).replace("@HERE@", PEER)
        with open(self.folder + "/nginx.conf", "w") as conf:
            conf.write(text)
        return {"args": ["nginx", "-p", self.folder, "-e", "error.log", "-c", self.folder + "/nginx.conf"],
                "env": {**os.environ, "SIGNING_KEY": bodies.SIGNING_KEY, "REDIS_PORT": str(redis.port)}}

    def worker_pid(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as children:
            return int(children.read().split()[0])


def measure(contender, redis, requests, seconds, connections):
    """One round of load. Every answer must be 2xx and every one of them must be in the stream."""
    redis.command("UNLINK", STREAM)
    before = cpu_seconds(contender.worker_pid()), cpu_seconds(redis.process.pid)
    done = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", HERE + "/load.lua",
                           f"http://127.0.0.1:{contender.port}{PATH}", "--", requests],
                          capture_output=True, text=True, timeout=seconds + 30)
    if done.returncode:
        raise RuntimeError("wrk: " + done.stderr)
    after = cpu_seconds(contender.worker_pid()), cpu_seconds(redis.process.pid)
    result = json.loads(done.stdout.splitlines()[-1])
    # A delivery that was on its way when wrk stopped is stored without an answer that wrk counts.
    stored = redis.command("XLEN", STREAM)
    if result["not_2xx"] or result["socket_errors"] or result["timeouts"]:
        raise RuntimeError(f"{contender.name}: not every answer was 2xx: {result}")
    if not result["answers"] <= stored <= result["answers"] + connections:
        raise RuntimeError(f"{contender.name}: {result['answers']} acknowledged, {stored} in the stream")
    result["per_second"] = result["answers"] / result["seconds"]
    result["cpu_us"] = (after[0] - before[0]) / stored * 1e6
    result["redis_cpu_us"] = (after[1] - before[1]) / stored * 1e6
    return result


def forget(redis):
    """Empties the stream and its append-only file: rounds do not pay for each other."""
    redis.command("UNLINK", STREAM)
    redis.command("BGREWRITEAOF")
    wait_for(lambda: "aof_rewrite_in_progress:0" in redis.command("INFO", "persistence")
             and "aof_rewrite_scheduled:0" in redis.command("INFO", "persistence"), "the append-only file")
