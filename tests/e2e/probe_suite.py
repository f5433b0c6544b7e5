# SPDX-License-Identifier: Apache-2.0
"""The cases of Http11Probe: raw requests with the verdict for each status and end of connection. They are not part of
the repository: the folder is TRUNKLINE_SUITES, or ../shared/suites next to the repository."""
import base64
import json
import os
import re
import socket
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ.get("TRUNKLINE_SUITES") or os.path.join(HERE, "..", "..", "..", "shared", "suites")
FILE = os.path.join(ROOT, "http11probe", "http11probe_cases.json")
# Below the gateway's deadlines (5 s and 10 s), like the timeouts of a prober: a partial request is then "no answer".
PATIENCE = 1.5
AFTER = 0.3  # how long an answered connection is observed for its end

FIELDS = {
    "COMP-405-ALLOW": "Allow",
    "COMP-OPTIONS-ALLOW": "Allow",
    "COMP-DATE-HEADER": "Date",
    "COMP-CONTENT-TYPE": "Content-Type",
}


def cases():
    """Returns all cases, or None if the suite is absent."""
    if not os.path.exists(FILE):
        return None
    with open(FILE, encoding="utf-8") as file:
        return json.load(file)["cases"]


def bytes_of(text, port, path, sign):
    """Returns the bytes to send. The probed resource, "/" in the suite, is replaced by the path of the gateway, and a
    first request that is a POST is signed (sign: body -> fields), so that only its framing decides."""
    data = base64.b64decode(text).replace(b"@@PORT@@", str(port).encode())
    data = re.sub(rb"(?m)^([A-Za-z]+ )/( HTTP/1\.[01]\r?$)", rb"\1" + path.encode() + rb"\2", data)
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end or not data.startswith(b"POST "):
        return data
    body = b"hello" if b"hello" in rest else b""
    fields = "".join(f"\r\n{name}: {value}" for name, value in sign(body).items())
    return head + fields.encode() + end + rest


class Seen:
    """What was received on one connection."""

    def __init__(self, data, state):
        self.data = data
        self.state = state  # Open, Closed, or TimedOut: no response
        self.statuses = [int(s) for s in re.findall(rb"(?m)^HTTP/1\.1 (\d{3}) ", data)]

    @property
    def final(self):
        return next((s for s in self.statuses if s >= 200), None)

    def field(self, name):
        found = re.search(rb"(?mi)^" + name.encode() + rb": (.*?)\r$", self.data)
        return found and found[1].decode()


def listen(connection, patience=PATIENCE):
    data, state = b"", "TimedOut"
    end = time.monotonic() + patience
    try:
        while time.monotonic() < end:
            connection.settimeout(max(0.01, end - time.monotonic()))
            got = connection.recv(65536)
            if not got:
                state = "Closed"
                break
            data += got
            end = min(end, time.monotonic() + AFTER)
    except TimeoutError:
        pass
    except ConnectionError:
        state = "Closed"
    return Seen(data, "Open" if data and state == "TimedOut" else state)


def send(connection, data):
    try:
        connection.sendall(data)
        return True
    except ConnectionError:
        return False  # closed before the rest was sent: what was received counts


def ask(port, data):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        send(connection, data)
        return listen(connection)


def run_sequence(port, case, build):
    """Returns what each step received; None for a step that could not be sent."""
    seen = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for step in case["steps"]:
            sent = True
            for part in step["parts"]:
                time.sleep(part.get("delay_ms", 0) / 1000)
                sent = sent and send(connection, build(part["b64"], port))
            closed = bool(seen) and (seen[-1] is None or seen[-1].state == "Closed")
            seen.append(None if closed or not sent else listen(connection))
    return seen


def verdict_of(case, seen):
    """Returns pass, warn or fail. Header fields are compared where the suite compares them."""
    entry = case["verdicts"].get("none" if seen.final is None else str(seen.final), "fail")
    verdict = entry.get(seen.state, "fail") if isinstance(entry, dict) else entry
    if verdict != "?":
        return verdict
    name = FIELDS.get(case["id"])
    return "pass" if name is None or seen.field(name) else "fail"


def sequence_verdict(case, seen):
    """The rule of the suite: 400, or the connection ends before anything after the first request is answered; if the
    suite only prefers that, a warning. Two responses to the first step are always a failure."""
    first = seen[0]
    later = [s for s in seen[1:] if s is not None and s.final is not None]
    if len([s for s in first.statuses if s >= 200]) > 1:
        return "fail"
    if first.final == 400 or (first.state == "Closed" and not later):
        return "pass"
    return "warn" if "warn" in case["expected"] else "fail"
