# SPDX-License-Identifier: Apache-2.0
"""trunkline verify: verdicts for the vectors, and explanations that name the mistake."""
import base64
import hashlib
import hmac
import json
import os
import subprocess
import unittest

import json_schema

TRUNKLINE = os.path.join(os.environ["TRUNKLINE_BIN"], "trunkline")
FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "signatures")
NOW = 1795194181
TEXT_KEY = "test_signing_key_for_seed_scheme_0001"
APP_KEY = "Bcep8krvjEi6GZQC35MeW6/AjCJruF6/Hxotb/pz+Lc="
WHSEC = "whsec_coYfTG+CBzBhq5+ix34MyJDTVtgzb+jX"
BODY = b'{"type": "message.received", "data": {"object": {"id": "TEST123"}}}'


def digest(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def b64(data):
    return base64.b64encode(data).decode()


def hex_header(key, body):
    return {"x-openphone-signature-v1": digest(key, body).hex()}


def legacy_header(key, message, at=NOW * 1000):
    return {"openphone-signature": f"hmac;1;{at};{b64(digest(key, message))}"}


def standard_headers(key, body, at=NOW, ident="msg_1"):
    signed = b"%s.%d.%s" % (ident.encode(), at, body)
    return {"webhook-id": ident, "webhook-timestamp": str(at), "webhook-signature": "v1," + b64(digest(key, signed))}


class Verify(unittest.TestCase):
    def verify(self, headers, body, keys, *options, env=None, at=NOW, file="-"):
        command = [TRUNKLINE, "verify", "--body-file", file, "--at", str(at)]
        for key in keys:
            command += ["--signing-key", key]
        for name, value in headers.items():
            command += ["--header", f"{name}: {value}"]
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("TRUNKLINE_", "OPENPHONE_"))}
        done = subprocess.run(command + list(options), input=body, capture_output=True, env={**clean, **(env or {})})
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    def refused(self, headers, body, keys, *options):
        code, text = self.verify(headers, body, keys, *options)
        self.assertEqual(code, 1, text)
        for key in keys:
            self.assertNotIn(key, text)
        return text

    def test_vectors(self):
        with open(os.path.join(FIXTURES, "signature-vectors.json"), encoding="utf-8") as file:
            vectors = json.load(file)
        chosen = {"legacy compact-signed, spaced body": False, "std svix- header names": False}
        for vector in vectors:
            with self.subTest(vector["name"]):
                code, text = self.verify(
                    vector["headers"],
                    vector["body"].encode(),
                    vector["keys"],
                    "--legacy-max-age",
                    "5m",
                    "--json",
                    at=vector["now"],
                )
                verdict = json_schema.check("verify", text)
                self.assertEqual(verdict["valid"], chosen.get(vector["name"], vector["valid"]))
                self.assertEqual(code, 0 if verdict["valid"] else 1)

    def test_valid_names_scheme_and_key(self):
        headers = {k.upper(): f"  {v}\t" for k, v in standard_headers(base64.b64decode(WHSEC[6:]), BODY).items()}
        code, text = self.verify({**headers, "Content-Type": "application/json"}, BODY, [TEXT_KEY, WHSEC])
        fingerprint = hashlib.sha256(WHSEC.encode()).hexdigest()[:8]
        self.assertEqual((code, text), (0, f"valid: scheme standard, key 1 ({fingerprint}), webhook-id msg_1\n"))

    def test_keys_come_from_the_environment_too(self):
        headers = hex_header(TEXT_KEY.encode(), BODY)
        several = f"# ours\n{WHSEC}\n{TEXT_KEY}\n"
        self.assertEqual(self.verify(headers, BODY, [], env={"TRUNKLINE_SIGNING_KEYS": several})[0], 0)
        self.assertEqual(self.verify(headers, BODY, [], env={"OPENPHONE_WEBHOOK_SIGNING_KEY": TEXT_KEY})[0], 0)

    def test_newlines_and_white_space_of_the_body(self):
        key = TEXT_KEY.encode()
        self.assertIn("no newline at its end", self.refused(hex_header(key, BODY), BODY + b"\n", [TEXT_KEY]))
        self.assertIn("a newline at its end", self.refused(hex_header(key, BODY + b"\n"), BODY, [TEXT_KEY]))
        lines = b'{\n"type": "x"\n}'
        crlf = lines.replace(b"\n", b"\r\n")
        self.assertIn("has LF line ends", self.refused(hex_header(key, lines), crlf, [TEXT_KEY]))
        self.assertIn("has CRLF line ends", self.refused(hex_header(key, crlf), lines, [TEXT_KEY]))
        compact = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
        self.assertIn("compact JSON", self.refused(hex_header(key, compact), BODY, [TEXT_KEY]))

    def test_forms_of_the_key(self):
        decoded = base64.b64decode(APP_KEY)
        message = b"%d000.%s" % (NOW, BODY)
        self.assertIn(
            "sender used the key as text", self.refused(legacy_header(APP_KEY.encode(), message), BODY, [APP_KEY])
        )
        self.assertIn("sender used the base64-decoded key", self.refused(hex_header(decoded, BODY), BODY, [APP_KEY]))
        self.assertIn("with its whsec_ prefix", self.refused(standard_headers(WHSEC.encode(), BODY), BODY, [WHSEC]))
        self.assertIn(
            "without a dot", self.refused(legacy_header(decoded, message.replace(b".", b"", 1)), BODY, [APP_KEY])
        )
        self.assertIn("the body without the timestamp", self.refused(legacy_header(decoded, BODY), BODY, [APP_KEY]))
        # The right key, in a form that this scheme does not accept.
        self.assertIn(
            "configured for hex only",
            self.refused(legacy_header(decoded, message), BODY, ["hex:" + APP_KEY, "legacy:" + b64(b"x" * 32)]),
        )
        self.assertIn("signed with another key", self.refused(hex_header(b"other", BODY), BODY, [TEXT_KEY]))

    def test_clock(self):
        key = base64.b64decode(WHSEC[6:])
        old = self.refused(standard_headers(key, BODY, NOW - 400), BODY, [WHSEC])
        self.assertIn("the timestamp is 400 s old, at most 300 s are allowed", old)
        self.assertIn("the signature matches, but", old)
        ahead = self.refused(standard_headers(key, BODY, NOW + 301), BODY + b"x", [WHSEC])
        self.assertIn("301 s in the future", ahead)
        self.assertIn("does not match either", ahead)
        self.assertIn("looks like milliseconds", self.refused(standard_headers(key, BODY, NOW * 1000), BODY, [WHSEC]))
        wide = self.verify(standard_headers(key, BODY, NOW - 400), BODY, [WHSEC], "--max-clock-skew", "10m")
        self.assertEqual(wide[0], 0)

    def test_headers_that_are_missing_or_without_a_key(self):
        headers = standard_headers(base64.b64decode(WHSEC[6:]), BODY)
        del headers["webhook-id"]
        self.assertIn("missing (scheme standard): no header webhook-id", self.refused(headers, BODY, [WHSEC]))
        self.assertIn("supported are", self.refused({}, BODY, [WHSEC]))
        self.assertIn("svix- headers", self.refused({"svix-id": "x"}, BODY, [WHSEC]))
        self.assertIn("is x-openphone-signature-v1", self.refused({"X-OpenPhone-Signature": "x"}, BODY, [WHSEC]))
        served = self.refused(hex_header(TEXT_KEY.encode(), BODY), BODY, [WHSEC])
        self.assertIn("no_key (scheme hex)", served)
        self.assertIn("serves standard", served)

    def test_a_doubled_header(self):
        headers = {"X-OpenPhone-Signature-V1": "0" * 64, **hex_header(TEXT_KEY.encode(), BODY)}
        self.assertIn("doubled", self.refused(headers, BODY, [TEXT_KEY]))

    def test_usage_and_configuration(self):
        good = hex_header(TEXT_KEY.encode(), BODY)
        self.assertEqual(self.verify(good, BODY, [])[0], 78)
        code, text = self.verify(good, BODY, ["whsec_"])
        self.assertEqual(code, 78)
        self.assertIn("nothing follows whsec_", text)
        self.assertEqual(self.verify(good, BODY, [TEXT_KEY], "--header", "nonsense")[0], 64)
        self.assertEqual(self.verify(good, BODY, [TEXT_KEY], file="/nonexistent/body")[0], 64)
        self.assertEqual(self.verify(good, BODY, [TEXT_KEY], at="yesterday")[0], 78)
