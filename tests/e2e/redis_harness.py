# SPDX-License-Identifier: Apache-2.0
"""For tests of a gateway and a worker whose Redis fails: senders that record every response, and recovery times."""
import json
import shutil
import subprocess
import sys
import threading
import time

from gateway_harness import Client, entries, request, wait_for


def body_of(name):
    """Returns a small, valid event whose id is name."""
    return json.dumps(
        {
            "id": name,
            "type": "message.received",
            "createdAt": "2026-03-01T10:00:00.000Z",
            "data": {
                "object": {
                    "id": "AC" + name,
                    "conversationId": "CN1",
                    "from": "+14155550142",
                    "to": ["+14155550100"],
                    "direction": "incoming",
                    "body": name,
                    "createdAt": "2026-03-01T10:00:00.000Z",
                }
            },
        }
    ).encode()


class Senders:
    """Threads that send unique events, one after the other, each on a persistent connection. answers: {name: status};
    status 0 stands for no response. pause: seconds between two events of one thread."""

    def __init__(self, gateway, threads=4, pause=0.0, prefix="EV"):
        self.gateway, self.pause, self.prefix = gateway, pause, prefix
        self.answers, self.times, self.odd = {}, [], []  # times: (when sent, seconds, status)
        self.ids, self.began = {}, {}  # of responses 200: {name: delivery id}; {name: when sent}
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._send, args=(n,), daemon=True) for n in range(threads)]
        for thread in self.threads:
            thread.start()

    @property
    def acked(self):
        return {name for name, status in list(self.answers.items()) if status == 200}

    def count(self, status=200):
        return sum(s == status for s in list(self.answers.values()))

    def failed(self):
        return sum(s != 200 for s in list(self.answers.values()))

    def wait_acked(self, more, deadline=60):
        least = self.count() + more
        wait_for(lambda: self.count() >= least, f"{more} more answers 200", deadline)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _send(self, number):
        client, n = None, 0
        while not self.stopping.is_set():
            n += 1
            name = f"{self.prefix}-{number}-{n}"
            started = self.began[name] = time.monotonic()
            try:
                client = client or Client(self.gateway)
                client.send(request(body_of(name)))
                answer = client.read()
                status = answer.status
                if status == 200:
                    self.ids[name] = answer.headers["trunkline-delivery-id"]
                if answer.closes:
                    client.close()
                    client = None
            except OSError as error:
                client, status = None, 0
                self.odd.append(f"{name}: {error}")
            self.times.append((started, time.monotonic() - started, status))
            self.answers[name] = status
            self.stopping.wait(self.pause)
        if client:
            client.close()


def names(redis):
    """Returns the names of the events in the stream."""
    return [json.loads(entry["b"])["id"] for entry in entries(redis)]


def measured(name, value):
    print(f"measured: {name}: {value}", file=sys.stderr, flush=True)


def seconds_until(condition, what, deadline=60.0):
    started = time.monotonic()
    wait_for(condition, what, deadline, every=0.005)
    return time.monotonic() - started


def can_run(*command):
    """Returns whether a tool is installed and permitted."""
    return (
        bool(shutil.which(command[0]))
        and not subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ).returncode
    )
