# SPDX-License-Identifier: Apache-2.0
"""Clients of a gateway under load: signed deliveries at a steady rate, and wrk for as many requests as possible."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from gateway_harness import PATH, Client, request, sign_hex


class Paced:
    """Sends signed deliveries, each at its scheduled time, whatever the outcome of the previous one. The latency of a
    delivery counts from its scheduled time."""

    def __init__(self, gateway, rate, seconds, connections=8, fresh=False):
        self.gateway, self.fresh = gateway, fresh
        self.rate, self.seconds, self.count = rate, seconds, connections
        self.ok, self.refused, self.errors, self.waits = 0, 0, 0, []
        self.lock = threading.Lock()

    def run(self):
        begin = time.monotonic() + 0.05
        threads = [threading.Thread(target=self._one, args=(begin, n)) for n in range(self.count)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        self.spent = time.monotonic() - begin
        return self

    def _one(self, begin, n):
        step, client = self.count / self.rate, None
        body = b'{"n":%d}' % n
        data = request(body)
        end = begin + self.seconds
        due = begin + n / self.rate
        while due < end:
            time.sleep(max(0, due - time.monotonic()))
            if time.monotonic() >= end + 1:
                break  # too late: the deliveries that remain are not sent
            status = None
            try:
                client = client or Client(self.gateway, timeout=30)
                client.send(data)
                answer = client.read()
                status = answer.status
                if answer.closes or self.fresh:
                    client.close()
                    client = None
            except OSError:
                client = client and client.close()
            with self.lock:
                self.waits.append(time.monotonic() - due)
                self.ok += status == 200
                self.refused += status == 503
                self.errors += status not in (200, 503)
            due += step
        if client:
            client.close()

    @property
    def goodput(self):
        return self.ok / max(self.seconds, self.spent)

    def quantile(self, q):
        return sorted(self.waits)[min(len(self.waits) - 1, int(q * len(self.waits)))]


SCRIPT = """
wrk.method = "POST"
wrk.path = "%(path)s"
wrk.headers["Content-Type"] = "application/json"
%(headers)s
wrk.body = string.rep("%(unit)s", %(times)d)
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init(args) counts = "" ; seen = {} end
function response(status, headers, body)
  seen[status] = (seen[status] or 0) + 1
  if status == 503 then
    local after = "after" .. (headers["Retry-After"] or "none")
    seen[after] = (seen[after] or 0) + 1
  end
  counts = ""
  for k, v in pairs(seen) do counts = counts .. k .. "=" .. v .. " " end
end
function done(summary, latency, requests)
  for _, thread in ipairs(threads) do io.write("counts: " .. thread:get("counts") .. "\\n") end
  io.write("p99_us: " .. latency:percentile(99) .. "\\n")
  io.write("errors: " .. (summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.timeout) .. "\\n")
end
"""


class Crowd:
    """wrk with one body: each connection sends the next request as soon as the previous one is answered."""

    def __init__(self, gateway, seconds, connections=64, headers=None, body=("{}", 1), path=PATH):
        text = (body[0] * body[1]).encode()
        fields = sign_hex(text) if headers is None else headers
        lines = "\n".join(f'wrk.headers["{k}"] = "{v}"' for k, v in fields.items())
        with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as file:
            file.write(SCRIPT % {"path": path, "headers": lines, "unit": body[0].replace('"', '\\"'), "times": body[1]})
        self.script, self.seconds = file.name, seconds
        self.process = subprocess.Popen(
            [
                shutil.which("wrk"),
                "-t",
                "2",
                "-c",
                str(connections),
                "-d",
                f"{seconds}s",
                "--timeout",
                "10s",
                "-s",
                self.script,
                f"http://127.0.0.1:{gateway.port}{path}",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def stop(self):
        """Ends the run before its time; result() follows."""
        self.process.send_signal(signal.SIGINT)

    def result(self):
        out, _ = self.process.communicate(timeout=self.seconds + 30)
        os.unlink(self.script)
        self.counts = {}
        for line in re.findall(r"counts: (.*)", out):
            for part in line.split():
                name, value = part.split("=")
                self.counts[name] = self.counts.get(name, 0) + int(float(value))
        self.total = sum(v for k, v in self.counts.items() if k.isdigit())
        self.rate = self.total / self.seconds
        self.p99 = float(re.search(r"p99_us: (\S+)", out)[1]) / 1e6
        self.broken = int(re.search(r"errors: (\d+)", out)[1])
        return self


def measured(name, value):
    print(f"measured: {name}: {value}", file=sys.stderr, flush=True)


def rss_mb(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024
