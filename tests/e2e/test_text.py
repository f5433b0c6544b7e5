# SPDX-License-Identifier: Apache-2.0
"""Published texts that break parsers, signed, through the whole pipeline: every byte is stored, all are settled at
once."""
import json
import os
import sys
import unittest

from bodies_pipe import SUITES, Sender, key_of, problem_with, stored, verdicts
from pipeline import Pipeline, wait_for

# Well-formed, but rejected: docs/events.md "Dead".
REFUSED = ("y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json")
# RFC 8259 leaves the choice: only these are rejected as not JSON.
NOT_JSON = (
    "i_string_UTF-16LE_with_BOM",
    "i_string_UTF-8_invalid_sequence",
    "i_string_UTF8_surrogate_U+D800",
    "i_string_invalid_utf-8",
    "i_string_iso_latin_1",
    "i_string_lone_utf8_continuation_byte",
    "i_string_not_in_unicode_range",
    "i_string_overlong_sequence_2_bytes",
    "i_string_overlong_sequence_6_bytes",
    "i_string_overlong_sequence_6_bytes_null",
    "i_string_truncated-utf-8",
    "i_string_utf16BE_no_BOM",
    "i_string_utf16LE_no_BOM",
    "i_structure_500_nested_arrays",
    "i_structure_UTF-8_BOM_empty_object",
)
MEMORY = 64 << 20


def suite(name):
    path = os.path.join(SUITES, name)
    if not os.path.exists(path):
        raise unittest.SkipTest(f"no {path}: set TRUNKLINE_SUITES")
    return path


def message(**members):
    return json.dumps({"id": "EV", "type": "message.received", "data": {"object": members}}).encode()


def peak(process, forget=False):
    """Returns the maximum resident memory in bytes, since the start or since the last reset."""
    if forget:
        with open(f"/proc/{process.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return int(next(line for line in file if line.startswith("VmHWM")).split()[1]) << 10


class Text(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pipe = Pipeline()
        cls.sender = Sender(cls.pipe)

    @classmethod
    def tearDownClass(cls):
        cls.sender.close()
        cls.pipe.close()

    def settle(self, bodies):
        """Sends each body; returns the rows by event key once all exist, each checked against the parser."""
        for body in bodies:
            self.assertEqual(self.sender.post(body)[0], 200)
        wanted = {key_of(body) for body in bodies}
        wait_for(lambda: wanted <= stored(self.pipe.postgres).keys(), "all rows", every=0.2)
        rows = stored(self.pipe.postgres)
        for body, said in zip(bodies, verdicts(bodies)):
            self.assertIsNone(problem_with(body, rows[key_of(body)], said), body[:200])
        self.assertIsNone(self.pipe.worker.poll(), "the worker is still there")
        self.assertIsNone(self.pipe.gateway.poll(), "the gateway is still there")
        return rows

    def columns(self, query):
        """Returns rows of text columns, byte for byte; a null is None."""
        lines = self.pipe.postgres.psql(query).splitlines()
        return [[None if part == "-" else bytes.fromhex(part).decode() for part in line.split("|")] for line in lines]

    def test_json_suite(self):  # C1
        folder = suite("JSONTestSuite/test_parsing")
        files = {}
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                files[name] = file.read()
        self.assertGreaterEqual(len(files), 318)
        rows = self.settle(list(files.values()))
        for name, body in files.items():
            state, reason = rows[key_of(body)][:2]
            with self.subTest(file=name, reason=reason):
                self.assertEqual(state, "dead")  # valid or not, none of them is an event
                well_formed = name.startswith("y_") or (name.startswith("i_") and name[:-5] not in NOT_JSON)
                if name in REFUSED:
                    self.assertIn("duplicate key", reason)
                elif well_formed:
                    self.assertNotRegex(reason, "not JSON|nested deeper|duplicate")
                    self.assertRegex(reason, "(?i)object|type|data")
                else:
                    self.assertRegex(reason, "not JSON|nested deeper")

    def test_naughty_strings(self):  # C4
        with open(suite("blns/blns.json"), encoding="utf-8") as file:
            strings = json.load(file)
        self.assertGreaterEqual(len(strings), 500)
        bodies = [
            message(
                id=f"TRUNKLINE-TEST-{n}",
                text=text,
                userId=text,
                **{"from": text},
                to=["+14155550100"],
                direction="incoming",
                media=[text],
            )
            for n, text in enumerate(strings)
        ]
        named = [text for text in strings if 0 < len(text.encode()) <= 255]
        bodies += [message(id=text, text="named") for text in named]
        self.settle(bodies)
        hexed = "coalesce(nullif(encode(convert_to(%s, 'UTF8'), 'hex'), ''), '-')"
        found = self.columns(
            "select "
            + " || '|' || ".join(
                hexed % name for name in ("openphone_id", "body", "user_id", "from_number", "media_urls ->> 0")
            )
            + " from activities where openphone_id like 'TRUNKLINE-TEST-%'"
        )
        self.assertEqual(len(found), len(strings))
        for name, text, user, number, url in found:
            sent = strings[int(name.rsplit("-", 1)[1])]
            with self.subTest(sent=sent):
                self.assertEqual(text, sent or None)
                short = sent if 0 < len(sent.encode()) <= 255 else None
                self.assertEqual(user, short)
                self.assertEqual(url, sent if 0 < len(sent.encode()) <= 8192 else None)
                if number is not None:  # trimmed, or made E.164: never cut, never another character
                    self.assertTrue(number.startswith("+1") or number in sent, number)
        ids = {row[0] for row in self.columns(f"select {hexed % 'openphone_id'} from activities where body = 'named'")}
        self.assertEqual(ids, set(named))

    def test_replacement(self):  # C3
        escapes = {"nul": rb"\u0000", "high": rb"\ud800", "low": rb"\udc00", "both wrong": rb"\udc00\ud800"}
        bodies = {}
        for name, escape in escapes.items():
            for field in ("text", "from", "userId", "conversationId", "status", "createdAt", "extra"):
                bodies[name, field] = message(id=f"TRUNKLINE-R-{name}-{field}", **{field: "aXXb"}).replace(
                    b"XX", escape
                )
        raw = {"surrogate": b"\xed\xa0\x80", "overlong": b"\xc0\xaf", "255": b"\xff", "cut off": b"\xe2\x82"}
        broken = [message(id="TRUNKLINE-R", text="aXXb").replace(b"XX", bad) for bad in raw.values()]
        rows = self.settle(list(bodies.values()) + broken)
        for body in bodies.values():
            self.assertEqual(rows[key_of(body)][0], "processed")
        for body in broken:
            self.assertEqual(rows[key_of(body)][0], "dead")
            self.assertIn("UTF-8", rows[key_of(body)][1])
        found = self.columns(
            "select encode(convert_to(body, 'UTF8'), 'hex') from activities "
            "where openphone_id like 'TRUNKLINE-R-%-text' order by 1"
        )
        self.assertEqual(sorted(row[0] for row in found), sorted(["a�b"] * 3 + ["a��b"]))

    def test_depth(self):  # C2
        inner = {64: 61, 65: 62}  # the event is three levels deep
        bodies = [
            message(id=f"TRUNKLINE-D-{depth}", extra="XX").replace(b'"XX"', b"[" * inner[depth] + b"]" * inner[depth])
            for depth in inner
        ]
        before = peak(self.pipe.worker, forget=True)
        deep = []
        for depth in (10_000, 200_000, 500_000):
            deep += [
                b"[" * depth,
                b"[" * depth + b"]" * depth,
                (b'{"a":' * depth)[:1_000_000],
                (b'{"a":' * min(depth, 160_000) + b"1" + b"}" * min(depth, 160_000)),
            ]
        rows = self.settle(bodies + deep)
        self.assertEqual([rows[key_of(body)][0] for body in bodies], ["processed", "dead"])
        for body in deep:
            self.assertIn("nested deeper", rows[key_of(body)][1])
        grown = peak(self.pipe.worker) - before
        print(f"measured: worker memory under deep nesting: {grown >> 20} MiB more at most", file=sys.stderr)
        self.assertLess(grown, MEMORY)

    def test_caps_and_numbers(self):  # C5, C7
        bodies = {
            "media": message(id="TRUNKLINE-C-media", media=[f"https://a.test/{n}" for n in range(10_000)]),
            "odd media": message(id="TRUNKLINE-C-odd", media=[None, 7, "", "u" * 100_000, {"url": "https://a.test/1"}]),
            "to": message(
                id="TRUNKLINE-C-to",
                to=["+1415555%04d" % n for n in range(5000)],
                direction="outgoing",
                **{"from": "+14155550100"},
            ),
        }
        for n, number in enumerate(("-1", "1.5", "1e400", "9007199254740993", "9223372036854775808", '"300"', "null")):
            bodies[number] = (
                message(id=f"TRUNKLINE-C-n{n}", duration="XX")
                .replace(b"message.received", b"call.completed")
                .replace(b'"XX"', number.encode())
            )
        rows = self.settle(list(bodies.values()))
        self.assertEqual({rows[key_of(body)][0] for body in bodies.values()}, {"processed"})
        sql = self.pipe.postgres.psql
        self.assertEqual(
            sql(
                "select json_array_length(media_urls::json), media_urls ->> 999 from activities "
                "where openphone_id = 'TRUNKLINE-C-media'"
            ),
            "1000|https://a.test/999",
        )
        self.assertEqual(
            sql("select media_urls::text from activities where openphone_id = 'TRUNKLINE-C-odd'"),
            '["https://a.test/1"]',
        )
        self.assertEqual(
            sql("select cardinality(to_numbers) from activities where openphone_id = 'TRUNKLINE-C-to'"), "1000"
        )
        self.assertEqual(
            sql(
                "select string_agg(coalesce(duration_seconds::text, '-'), ',' order by openphone_id) "
                "from activities where openphone_id like 'TRUNKLINE-C-n_'"
            ),
            "-,-,-,-,-,300,-",
        )
