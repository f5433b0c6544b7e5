# SPDX-License-Identifier: Apache-2.0
"""Http11Probe against the gateway, direct and through nginx with deploy/nginx.conf. Its verdicts are for a server with
pages to GET; DEVIATIONS lists exactly where ours differ, and the reason: one more or one less fails."""
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

import probe_suite
from gateway_harness import PATH, Client, Gateway, entries, request, sign_hex
from servers import Redis, free_port, wait_for

NO_GET = "the path takes POST only: 405 where the suite reads a page"
LEGAL = "legal, and one reading only: the body was read whole, what follows is a request of its own"
# case: (verdict, status, why it stays)
DEVIATIONS = {
    "COMP-BASELINE": ("fail", 405, NO_GET),
    "COMP-CONNECTION-CLOSE": ("fail", 405, NO_GET + "; closed as asked"),
    "COMP-HEAD-NO-BODY": ("fail", 405, NO_GET + "; the answer has no body"),
    "COMP-DATE-HEADER": ("fail", 405, NO_GET + "; Date is there"),
    "COMP-CONTENT-TYPE": ("fail", 405, NO_GET + "; Content-Type is there"),
    "COMP-OPTIONS-ALLOW": ("fail", 405, NO_GET + "; Allow is there"),
    "COMP-NO-CL-IN-204": ("warn", 405, NO_GET),
    "COMP-RANGE-INVALID": ("warn", 405, NO_GET),
    "COMP-ACCEPT-NONSENSE": ("fail", 405, NO_GET),
    "COMP-EXPECT-UNKNOWN": ("fail", 405, NO_GET + "; a POST gets 417"),
    "COMP-OPTIONS-STAR": ("fail", 400, "only paths are targets"),
    "COMP-ABSOLUTE-FORM": ("warn", 400, "only paths are targets: nobody is proxied for"),
    "COMP-HTTP10-DEFAULT-CLOSE": ("fail", 400, "HTTP/1.1 only; closed as asked"),
    "COMP-HTTP12-VERSION": ("fail", 400, "HTTP/1.1 only"),
    "COMP-POST-NO-CL-NO-TE": ("fail", 411, "a delivery says how long it is"),
    "COMP-DUPLICATE-CT": ("warn", 200, "what is signed is never refused for its type"),
    "SMUG-PIPELINE-SAFE": ("fail", 405, NO_GET + "; a control: both are answered, as they should be"),
    "SMUG-EXPECT-100-CL": ("warn", 200, LEGAL),
    "SMUG-EXPECT-100-CL-DESYNC": ("warn", 200, LEGAL),
    "SMUG-CL0-BODY-POISON": ("warn", 200, LEGAL),
    "MAL-URL-BACKSLASH": ("warn", 404, "compared byte for byte, never decoded: no path of ours"),
    "MAL-URL-PERCENT-NULL": ("warn", 404, "compared byte for byte, never decoded: no path of ours"),
    "MAL-URL-PERCENT-CRLF": ("warn", 404, "compared byte for byte, never decoded: no path of ours"),
    "MAL-RANGE-OVERLAPPING": ("fail", 405, NO_GET + "; Range is not looked at"),
    "MAL-POST-CL-HUGE-NO-BODY": ("fail", 413, "refused by its length at once, without waiting for the body"),
}


def build(text, port):
    return probe_suite.bytes_of(text, port, PATH, sign_hex)


def probe(port, case):
    """Returns (verdict, status of the first response)."""
    if case.get("kind") == "sequence":
        seen = probe_suite.run_sequence(port, case, build)
        return probe_suite.sequence_verdict(case, seen), seen[0].final
    seen = probe_suite.ask(port, build(case["payload_b64"], port))
    return probe_suite.verdict_of(case, seen), seen.final


class Probe(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.cases = probe_suite.cases()
        if self.cases is None:
            self.skipTest(f"no {probe_suite.FILE}; set TRUNKLINE_SUITES")
        self.redis = Redis()
        self.addCleanup(self.redis.close)
        self.gateway = Gateway(self.redis.url_of("gateway"))
        self.addCleanup(self.gateway.stop)

    def run_all(self, port):
        with ThreadPoolExecutor(12) as threads:
            return dict(zip((c["id"] for c in self.cases), threads.map(lambda c: probe(port, c), self.cases)))

    def test_direct(self):
        self.assertEqual(len(self.cases), 182)
        found = self.run_all(self.gateway.port)
        deviating = {name: seen for name, seen in found.items() if seen[0] != "pass"}
        self.assertEqual(deviating, {name: row[:2] for name, row in DEVIATIONS.items()})
        bodies = {entry["b"] for entry in entries(self.redis)}
        self.assertLessEqual(bodies, {"", "hello"}, "a body that was cut otherwise")
        self.assertEqual(self.gateway.post().status, 200)

    def test_through_nginx(self):
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        if not os.path.exists(program):
            self.skipTest("no nginx")
        port, log = self.start_nginx(program)
        self.run_all(port)
        with Client(self.gateway) as last:  # direct: the one request that nginx did not send
            last.send(request(b"last"))
            marker = last.read().headers["trunkline-delivery-id"]
        answered = wait_for(lambda: self.answered(marker), "the gateway's log")
        # Each request that the gateway received is one that nginx logs as sent, with the same status.
        wait_for(lambda: set(self.forwarded(log)) == answered - {marker}, "the same requests at both")
        bodies = {hashlib.sha256(e["b"].encode()).hexdigest() for e in entries(self.redis) if e["d"] != marker}
        self.assertLessEqual(bodies, {hashlib.sha256(b).hexdigest() for b in (b"", b"hello")})
        self.assertGreater(len(answered), 10)
        stored = {e["d"] for e in entries(self.redis)} - {marker}
        self.assertEqual(stored, {d for d, status in self.forwarded(log).items() if status == "200"})

    def answered(self, marker):
        ids = {
            m[1]
            for line in list(self.gateway.log)
            if "delivery answered" in line and (m := re.search(r"delivery_id=(\w+)", line))
        }
        return ids if marker in ids else None

    @staticmethod
    def forwarded(log):
        """Returns {delivery id: status} of the requests that nginx forwarded."""
        with open(log, encoding="utf-8") as file:
            rows = [line.split() for line in file]
        return {row[-1]: row[-3] for row in rows if row[-3] != "-"}

    def start_nginx(self, program):
        """Runs deploy/nginx.conf on a free port without TLS, which does not affect framing."""
        folder = tempfile.mkdtemp(prefix="trunkline-nginx-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        port, unused, log = free_port(), free_port(), os.path.join(folder, "access.log")
        with open(os.path.join(probe_suite.HERE, "..", "..", "deploy", "nginx.conf"), encoding="utf-8") as file:
            site = file.read()
        site = re.sub(r"(?m)^\s*(ssl_.*|listen \[::\].*);\n", "", site)
        for old, new in (
            ("listen 443 ssl http2", f"listen 127.0.0.1:{port}"),
            ("listen 80;", f"listen 127.0.0.1:{unused};"),
            ("127.0.0.1:5000", f"127.0.0.1:{self.gateway.port}"),
            ("/var/log/nginx/trunkline.log", log),
        ):
            self.assertIn(old, site)
            site = site.replace(old, new)
        temps = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        conf = os.path.join(folder, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(
                f"daemon off; master_process off; pid {folder}/pid; error_log stderr;\n"
                f"events {{}}\nhttp {{ {temps}\n{site}\n}}\n"
            )
        process = subprocess.Popen(
            [program, "-p", folder, "-e", os.path.join(folder, "error.log"), "-c", conf],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

        def answers():
            self.assertIsNone(process.poll(), "nginx ended")
            try:
                return probe_suite.ask(port, b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n").final == 404
            except ConnectionError:
                return False

        wait_for(answers, "nginx to answer")
        return port, log
