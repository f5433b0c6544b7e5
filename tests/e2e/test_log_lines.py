# SPDX-License-Identifier: Apache-2.0
"""Control characters, quotes and invalid UTF-8 in every value that a sender chooses: each record stays one line of the
documented form, without escape sequences for a terminal."""
import json
import re
import subprocess
import unicodedata
import unittest

from gateway_harness import Client, request, sign_hex, sign_standard
from pipeline import HEX_KEY, STANDARD_KEY, TRUNKLINE, Pipeline, wait_for

FORGED = "2026-11-22T00:00:00.000Z error gateway: forged by a sender"
# The values that each place can hold.
NASTY = (
    "a\r\nb",
    f"x\n{FORGED}",
    "\x1b[2J\x1b[31mred\x1b[0m",
    '"}{',
    '","level":"error","x":"',
    'a=b c="d',
    "back\\slash\\",
    "\x00nul",
    "\x7f\x08\x08",
    "\u2028line\u2029paragraph",
    "\x9b31mC1 \x85next",
    "\u202egnirts\u202c \u2066x\u2069 \u200f",
    "\ud800",
    "%0d%0a" + FORGED,
    "\t\v\f",
    "\u001b]0;title\u0007",
    "é 漢字 😀 stays",
)
# The same as bytes of a header section: invalid UTF-8, cut inside a character, overlong forms.
RAW = (
    b"\x1b[2J",
    b"\xff\xfe",
    b"\xe2\x80",
    b"\xc0\x8a",
    b"\xc2\x9b31m",
    b"\xe2\x80\xa8",
    b'"}{',
    b"a\rb",
    b"a\x00b",
    b"\xf4\x90\x80\x80",
    b"\xed\xa0\x80",
    b"%0aerror",
    b"a\x0bb",
)
# All other characters may appear: letters of other scripts stay readable.
FORBIDDEN = {"Cc", "Zl", "Zp"}
BIDI = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
TEXT_LINE = re.compile(
    r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warn|error) [a-z][a-z.]*: [^"=]*?'
    r'( [a-z_0-9]+=("([^"\\]|\\["\\]|\\u[0-9a-f]{4})*"|[^\s"=\\]+))*'
)


def bad_characters(line):
    return [c for c in line if unicodedata.category(c) in FORBIDDEN or c in BIDI]


class HostilePipeline(Pipeline):
    def __init__(self, form):
        self.form = form
        super().__init__()

    def start(self, program, *options):
        more = () if program == "trunkline-gateway" else ("--max-attempts", "1", "--heartbeat-interval", "100ms")
        return super().start(program, *options, *more, "--log-level", "debug", "--log-format", self.form)


class LogLines(unittest.TestCase):
    def flood(self, pipe):
        """Sends every value in every place; returns the number of accepted deliveries."""
        gateway = type("Address", (), {"port": pipe.port, "unix_path": None})
        taken = 0

        def send(data):
            with Client(gateway) as client:
                client.send(data)
                try:
                    return client.read().status == 200
                except (ConnectionError, OSError):
                    return False

        for i, text in enumerate(NASTY):
            resource = {
                "id": "ZQM" + text,
                "conversationId": text,
                "from": text,
                "to": [text],
                "text": text,
                "status": text,
                "direction": text,
                "createdAt": text,
            }
            for event in (
                {"id": "EV" + text, "type": text, "data": {"object": resource}},
                {"id": f"EV{i}", "type": "message.received", "data": {"object": resource}},
                {"id": text, "type": "message.received", "apiVersion": text, "data": {"object": {**resource, "id": 1}}},
                {"id": f"EW{i}", "type": "message.received", "data": {"object": {**resource, "id": f"BOOM{text}"}}},
            ):
                for body in (
                    json.dumps(event).encode(),
                    json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass"),
                ):
                    taken += send(request(body, headers=sign_hex(body, HEX_KEY)))
            twice = b"{%s: 1, %s: 2}" % ((json.dumps(text).encode(),) * 2)
            taken += send(request(twice, headers=sign_hex(twice, HEX_KEY)))
        for raw in (*RAW, *(text.encode("utf-8", "surrogatepass") for text in NASTY)):
            body = b'{"id": "%d"}' % taken
            plain = request(body, headers=sign_hex(body, HEX_KEY))
            taken += send(plain.replace(b"Content-Type", b"User-Agent: " + raw + b"\r\nContent-Type"))
            send(plain.replace(b"/openphone ", b"/" + raw + b" "))
            send(plain.replace(b"/openphone ", b"/openphone?" + raw + b" "))
            send(plain.replace(b"POST", raw))
            send(plain.replace(b"gateway.test", raw))
            send(plain.replace(b"application/json", raw))
            send(plain.replace(b"x-openphone-signature-v1: ", b"x-openphone-signature-v1: " + raw))
            delivery = raw.decode("latin-1")
            try:
                headers = sign_standard(body, STANDARD_KEY, delivery=delivery)
                head = request(body, headers={}).split(b"\r\n\r\n", 1)[0]
                head += b"".join(b"\r\n%s: %s" % (k.encode(), v.encode("latin-1")) for k, v in headers.items())
                taken += send(head + b"\r\n\r\n" + body)
            except UnicodeEncodeError:
                continue
        return taken

    def run_pipe(self, form):
        pipe = HostilePipeline(form)
        self.addCleanup(pipe.close)
        pipe.postgres.psql("alter table activities add constraint no_boom check (openphone_id not like 'BOOM%')")
        self.assertGreater(self.flood(pipe), 100)
        wait_for(lambda: pipe.redis.command("XLEN", "{trunkline}:deliveries") == 0, "the stream to drain")
        return pipe

    def lines_of(self, pipe):
        for program in (pipe.gateway, pipe.worker):
            pipe.end(program)
        with open(pipe.log.name, "rb") as file:
            data = file.read()
        self.assertTrue(data.endswith(b"\n"))
        lines = data.decode("utf-8").split("\n")[:-1]  # strict: all of it is UTF-8
        self.assertGreater(len(lines), 1000)
        self.assertEqual([line for line in lines if bad_characters(line)][:5], [])
        self.assertEqual([line for line in lines if line.startswith(FORGED)], [])
        return lines

    def test_text_lines(self):
        lines = self.lines_of(self.run_pipe("text"))
        self.assertEqual([line for line in lines if not TEXT_LINE.fullmatch(line)][:5], [])
        self.assertTrue(any("é 漢字 😀 stays" in line for line in lines))  # harmless characters stay readable

    def test_json_lines(self):
        pipe = self.run_pipe("json")
        self.assert_operator_output(pipe)
        for line in self.lines_of(pipe):
            record = json.loads(line, object_pairs_hook=self.once)
            self.assertLessEqual({"ts", "level", "msg", "source"}, set(record), line)
            self.assertIn(record["level"], ("debug", "info", "warn", "error"))

    def once(self, pairs):
        self.assertEqual(len({k for k, _ in pairs}), len(pairs), pairs)
        return dict(pairs)

    def assert_operator_output(self, pipe):
        """The output of commands about the same events, and about process information that another client wrote into
        Redis."""
        for kind in ("worker", "gateway"):
            for i, text in enumerate(NASTY):
                value = text.encode("utf-8", "surrogatepass")
                key = f"{{trunkline}}:{kind}:evil{i}-".encode() + value
                pipe.redis.command("HSET", key, "state", b"blocked" + value, "reason", value, "durability", value)
                pipe.redis.command("HSET", key + b"2", "state", "blocked", "reason", value)
        ids = pipe.postgres.psql("select id from webhook_events where state = 'dead'").split()
        self.assertGreater(len(ids), 40)
        shown = [
            ("queue",),
            ("dead", "list", "--limit", "1000"),
            *(("dead", "show", i) for i in ids[::7]),
            ("dead", "show", "\x1b[2J\u2028"),
            ("dead", "replay", "\x1b[2J\n"),
            ("\x1b[2J",),
            ("queue", "--\x1b[2J"),
            ("dead", "list", "--type", "\x9b31m\x1b"),
        ]
        for words in shown:
            done = subprocess.run([TRUNKLINE, *words], env=pipe.env, capture_output=True, timeout=20)
            with self.subTest(repr(words)):
                said = (done.stdout + done.stderr).decode("utf-8")
                self.assertTrue(said)
                self.assertEqual([line for line in said.split("\n") if bad_characters(line)], [])
                self.assertNotIn("\n" + FORGED, said)
        for words in (
            ("queue", "--json"),
            ("dead", "list", "--json", "--limit", "1000"),
            ("dead", "show", ids[0], "--json"),
        ):
            done = subprocess.run([TRUNKLINE, *words], env=pipe.env, capture_output=True, timeout=20)
            json.loads(done.stdout)
