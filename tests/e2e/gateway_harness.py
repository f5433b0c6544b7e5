# SPDX-License-Identifier: Apache-2.0
"""A gateway under test, and a plain HTTP client that exposes every byte. Standard library only."""
import atexit
import base64
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from seeds import SOAK
from servers import Redis, wait_for

PATH = "/api/webhooks/openphone"
HEX_KEY = "test_signing_key_for_tests_0001"
STANDARD_KEY = "whsec_" + base64.b64encode(b"a standard webhooks key of 32 b.").decode()
LEGACY_KEY = "legacy:" + base64.b64encode(b"a legacy key of thirty-two bytes").decode()
STREAM = "{trunkline}:deliveries"
# On a busy machine Redis needs longer than the default of 1 s; a rejection for it would prove nothing.
PATIENT = () if SOAK else ("--redis-deadline", "10s")


def sign_hex(body, key=HEX_KEY):
    return {"x-openphone-signature-v1": hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}


def sign_legacy(body, key=LEGACY_KEY, at_ms=None):
    stamp = str(at_ms or int(time.time() * 1000))
    secret = base64.b64decode(key.removeprefix("legacy:"))
    mac = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).digest()
    return {"openphone-signature": f"hmac;1;{stamp};{base64.b64encode(mac).decode()}"}


def sign_standard(body, key=STANDARD_KEY, delivery="msg_1", at=None):
    stamp = str(at or int(time.time()))
    secret = base64.b64decode(key.removeprefix("whsec_"))
    mac = hmac.new(secret, f"{delivery}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": delivery,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def request(body=b"{}", headers=None, method="POST", path=PATH, length=True, content_type="application/json"):
    """Returns the bytes of one request. headers: None signs with HEX_KEY; a dict is used as it is."""
    lines = [f"{method} {path} HTTP/1.1", "Host: gateway.test"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    for name, value in (sign_hex(body) if headers is None else headers).items():
        lines.append(f"{name}: {value}")
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Answer:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        self.body = body

    @property
    def closes(self):
        return self.headers.get("connection") == "close"


class Client:
    """One client connection."""

    def __init__(self, gateway, timeout=30):
        if gateway.unix_path:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(gateway.unix_path)
        else:
            self.socket = socket.create_connection(("127.0.0.1", gateway.port))
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(timeout)
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def read(self, head_only=False):
        """Returns the next response; raises ConnectionError if the connection ends before it is complete."""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        answer = Answer(head, b"")
        length = 0 if head_only else int(answer.headers.get("content-length", 0))
        while len(self.buffer) < length:
            self._more()
        answer.body, self.buffer = self.buffer[:length], self.buffer[length:]
        return answer

    def _more(self):
        got = self.socket.recv(65536)
        if not got:
            raise ConnectionError(f"closed after {self.buffer!r}")
        self.buffer += got

    def ended(self):
        """Returns True once the other side has closed without a reset and without further bytes."""
        return not self.buffer and self.socket.recv(1) == b""

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Gateway:
    """Runs trunkline-gateway on free ports, with keys for all three schemes unless keys are passed."""

    def __init__(
        self,
        redis_url,
        *options,
        keys=(HEX_KEY, STANDARD_KEY, LEGACY_KEY),
        env=None,
        ready=True,
        listen="127.0.0.1:0",
        log_level="debug",
        ulimit=None,
        passed=None,
    ):
        """passed: a listening socket that is passed as systemd does it; listen is then "systemd"."""
        self.unix_path = listen[5:] if listen.startswith("unix:") else None
        if passed and passed.family == socket.AF_UNIX:
            self.unix_path = passed.getsockname()
        command = [
            os.path.join(os.environ["TRUNKLINE_BIN"], "trunkline-gateway"),
            "--redis",
            redis_url,
            "--listen",
            listen,
            "--ops-listen",
            "127.0.0.1:0",
            "--log-level",
            log_level,
            *options,
        ]
        if ulimit:
            command = ["/bin/sh", "-c", f'ulimit -n {ulimit}; exec "$@"', "sh", *command]
        if passed:
            command = [
                "/bin/bash",
                "-c",
                f'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@" 3<&{passed.fileno()}',
                "bash",
                *command,
            ]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("TRUNKLINE_", "OPENPHONE_", "REDIS_"))}
        if keys:
            environment["TRUNKLINE_SIGNING_KEYS"] = "\n".join(keys)
        environment.update(env or {})
        self.log = []
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=[passed.fileno()] if passed else (),
        )
        atexit.register(self.process.kill)  # also when the test fails in the constructor
        self.reader = threading.Thread(target=self._read_log, daemon=True)
        self.reader.start()
        line = wait_for(
            lambda: self.find("gateway: listening") or self.process.poll() is not None, "the gateway to listen"
        )
        if line is True:
            self.stop()
            raise RuntimeError("the gateway did not start: " + "".join(self.log))
        self.ops = int(re.search(r"ops=127\.0\.0\.1:(\d+)", line)[1])
        self.port = None if self.unix_path else int(re.search(r"listen=127\.0\.0\.1:(\d+)", line)[1])
        if ready:
            wait_for(lambda: self.probe("/readyz")[0] == 200, "the gateway to be ready")

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line)

    def find(self, text):
        return next((line for line in list(self.log) if text in line), None)

    def wait_logged(self, text):
        """Waits for a log line with that text: the line may be read later than its effect is seen. Returns the line."""
        return wait_for(lambda: self.find(text), f"a log line with {text!r}")

    def count(self, text):
        return sum(text in line for line in list(self.log))

    def probe(self, path, method="GET"):
        """Returns (status, decoded body) of a probe."""
        with socket.create_connection(("127.0.0.1", self.ops), timeout=30) as s:
            s.sendall(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            data = b""
            while got := s.recv(65536):
                data += got
        head, body = data.split(b"\r\n\r\n", 1)
        return int(head.split(b" ")[1]), json.loads(body) if body else None

    def post(self, body=b"{}", **how):
        """Sends one signed delivery on a new connection."""
        with Client(self) as client:
            client.send(request(body, **how))
            return client.read()

    def ask(self, data):
        with Client(self) as client:
            client.send(data)
            return client.read()

    def signal(self, which):
        self.process.send_signal(which)

    def stop(self):
        """Kills the gateway."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()

    def terminate(self, deadline=60):
        self.signal(signal.SIGTERM)
        return self.process.wait(deadline)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def restart(redis):
    """Starts a killed Redis again and waits until it has loaded its data."""
    try:
        redis.start()
    except RuntimeError as error:
        if "LOADING" not in str(error):
            raise

    def answers():
        try:
            return redis.command("PING") == "PONG"
        except (OSError, RuntimeError):
            return False

    wait_for(answers, "Redis to have loaded its data")


def entries(redis, stream=STREAM):
    """Returns the stream's entries as dicts of bytes-preserving text."""
    return [dict(zip(fields[::2], fields[1::2])) for _, fields in redis.command("XRANGE", stream, "-", "+")]


def cpu_seconds(pid):
    """Returns the user and system time of a process so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class WithGateway(unittest.TestCase):
    """One Redis per class; start() runs gateways that end with their test."""

    @classmethod
    def setUpClass(cls):
        cls.redis = Redis()

    @classmethod
    def tearDownClass(cls):
        cls.redis.close()

    def start(self, *options, **how):
        gateway = Gateway(self.redis.url_of("gateway"), *options, **how)
        self.addCleanup(gateway.stop)
        return gateway

    def temp_file(self, text):
        with tempfile.NamedTemporaryFile("w", prefix="trunkline-keys-", delete=False) as f:
            f.write(text)
        self.addCleanup(os.unlink, f.name)
        return f.name
