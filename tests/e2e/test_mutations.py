# SPDX-License-Identifier: Apache-2.0
"""Every single change to every sample payload, through queue, worker and store: each is settled at once, with the
parser's outcome, and the parser's JSON errors agree with Python's."""
import copy
import glob
import json
import os
import random
import socket
import sys
import unittest

from bodies_pipe import key_of, problem_with, stored, verdicts
from seeds import SOAK, seeds, soak_only
from servers import _wire
from worker_harness import STREAM, Worker, WorkerTest, wait_for

DROP = object()
REPLACEMENTS = (DROP, None, True, 5, -1.5e300, "x", "", [], {}, [[{}], None, "y"], {"a": [1]})
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "payloads")
IDENTIFIES = {
    ("type",),
    ("data",),
    ("data", "object"),
    ("data", "resource"),
    ("data", "id"),
    ("data", "object", "id"),
    ("data", "resource", "id"),
    ("data", "object", "callId"),
    ("data", "resource", "callId"),
}
ALL = 4000 if not SOAK else 10**9


def samples():
    found = {}
    for path in sorted(glob.glob(os.path.join(FIXTURES, "**", "*.json"), recursive=True)):
        with open(path, "rb") as file:
            body = file.read()
        try:
            found[os.path.relpath(path, FIXTURES)] = json.loads(body)
        except ValueError:
            pass  # some values that are not JSON
    return found


def places(value, path=()):
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield path + (key,)
        yield from places(value[key], path + (key,))


def changed(document, path, replacement):
    copied = copy.deepcopy(document)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    if replacement is DROP:
        del holder[path[-1]]
    else:
        holder[path[-1]] = replacement
    return json.dumps(copied, ensure_ascii=False).encode()


def mutants():
    """Yields (sample, path, body), each body once."""
    known = set()
    for name, document in samples().items():
        for path in places(document):
            for replacement in REPLACEMENTS:
                body = changed(document, path, replacement)
                if body not in known:
                    known.add(body)
                    yield name, path, body


class Through(WorkerTest):
    def test_every_single_change(self):  # C11
        seed = seeds()[0]
        everything = list(mutants())
        self.assertGreater(len(everything), 12_000)
        chosen = random.Random(seed).sample(everything, min(ALL, len(everything)))
        worker = Worker(self.redis, self.postgres)
        self.workers.append(worker)
        self.append([body for _, _, body in chosen])
        count = lambda: int(self.sql("select count(*) from webhook_events"))  # noqa: E731
        wait_for(lambda: count() >= len(chosen), "a row for each", deadline=180 if not SOAK else 600, every=0.2)
        rows, said = stored(self.postgres), verdicts([body for _, _, body in chosen])
        unchanged = dict(zip(samples(), verdicts([json.dumps(s).encode() for s in samples().values()])))
        for (name, path, body), verdict in zip(chosen, said):
            problem = problem_with(body, rows.get(key_of(body)), verdict)
            if verdict[1] != unchanged[name][1] and path not in IDENTIFIES:
                problem = f"{verdict[1]} because of {path}"
            self.assertIsNone(problem, f"seed {seed}: {name} {path}: {body[:300]}")
        self.assertIsNone(worker.process.poll(), "the worker is still there")
        self.assertEqual(self.redis.command("XPENDING", STREAM, "workers")[0], 0)
        states = sorted(row[0] for row in rows.values())
        print(
            f"measured: mutants of sample payloads: {len(chosen)} of {len(everything)} stored, "
            f"{ {s: states.count(s) for s in set(states)} }",
            file=sys.stderr,
        )

    def append(self, bodies):
        with socket.create_connection(("127.0.0.1", self.redis.port), timeout=30) as s:
            s.sendall(_wire("AUTH", "trunkline-admin", "admin-password"))
            stream = s.makefile("rb")
            self.assertEqual(stream.readline(), b"+OK\r\n")
            for start in range(0, len(bodies), 200):
                part = bodies[start : start + 200]
                s.sendall(
                    b"".join(
                        _wire(
                            "XADD",
                            STREAM,
                            "*",
                            "d",
                            f"dlv-{start + n}",
                            "t",
                            "1795194181310",
                            "s",
                            "hex",
                            "k",
                            "0",
                            "b",
                            body,
                        )
                        for n, body in enumerate(part)
                    )
                )
                for _ in part:
                    self.assertTrue(stream.readline().startswith(b"$"))
                    stream.readline()


def refuse(word):
    raise ValueError(word)


def depth_of(value):
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, (dict, list)):
            deepest = max(deepest, depth)
            waiting += [(item, depth + 1) for item in (one.values() if isinstance(one, dict) else one)]
    return deepest


def python_says(body):
    """Returns "" if Python parses it, "deep" if it is beyond 64 levels, else Python's error."""
    try:
        value = json.loads(body.decode(), parse_constant=refuse, parse_int=str)
    except (ValueError, RecursionError) as error:
        return str(error)[:60] or "no"
    return "deep" if depth_of(value) > 64 else ""


def disturbed(draw, sources):
    body = bytearray(draw.choice(sources))
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        at, how = draw.randrange(len(body) + 1), draw.randrange(6)
        if how == 0:
            body[at : at + 1] = bytes([draw.randrange(256)])
        elif how == 1:
            del body[at : at + draw.choice((1, 1, 2, 9))]
        elif how == 2:
            body[at:at] = draw.choice(
                (
                    b"0",
                    b"-",
                    b"e",
                    b".",
                    b",",
                    b'"',
                    b"\\",
                    b"\\u",
                    b"\\ud800",
                    b"\xc3\xa9",
                    b"[",
                    b"{",
                    b"]",
                    b"}",
                    b":",
                    b" ",
                    b"\n",
                    b"\t",
                    b"\0",
                    b"\x1f",
                    b"\x7f",
                    b"\xef\xbb\xbf",
                    b"\xf4\x90\x80\x80",
                    b"NaN",
                    b"Infinity",
                    b"true",
                    b"null",
                    b"nul",
                    b"/**/",
                )
            )
        elif how == 3 and body:
            start = draw.randrange(len(body))
            body[at:at] = body[start : start + draw.randrange(20)]
        elif how == 4:
            body[at:] = b""
        elif body:
            body[at % len(body)] ^= 1 << draw.randrange(8)
    return bytes(body)


SMALL = (
    b'{"a":[1,2.5e-3,-0,"x\\n\\u00e9",true,false,null],"b":{"c":"\xc3\xa9"}}',
    b"[1E+2,-1.0,0]",
    b' "a\\"b" ',
    b"-12.5e10",
    b"[" * 63 + b"]" * 63,
    b'{"a":{"a":{}}}',
)


class Differential(unittest.TestCase):
    def compare(self, seed, count):
        draw = random.Random(seed)
        sources = [json.dumps(s, ensure_ascii=False).encode() for s in samples().values()]
        for start in range(0, count, 20_000):
            bodies = [disturbed(draw, SMALL if n % 2 else sources) for n in range(min(20_000, count - start))]
            accepted = 0
            for body, (problem, _, _) in zip(bodies, verdicts(bodies)):
                python = python_says(body)
                ours_reads = not problem or problem.startswith("duplicate key")
                accepted += ours_reads
                agree = ours_reads == (not python)
                if problem.startswith("nested"):  # reported before the rest was parsed
                    agree = python != ""
                self.assertTrue(agree, f"seed {seed}: we say {problem!r}, Python says {python!r}: {body!r}")
            self.assertGreater(accepted, len(bodies) // 20)
            self.assertLess(accepted, len(bodies) * 19 // 20)

    def test_twenty_thousand(self):  # C13
        self.compare(seeds()[0], 20_000)

    @soak_only
    def test_a_million(self):  # C13
        self.compare(seeds()[0], 1_000_000)
