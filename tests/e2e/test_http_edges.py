# SPDX-License-Identifier: Apache-2.0
"""The limits of a request, to the byte, with the default options: size, memory, log lines."""
import re
import unittest

from gateway_harness import PATH, Client, Gateway, entries, request, sign_hex
from senders import rss_mb
from servers import Redis, wait_for

MAX_HEADER, MAX_BODY = 16 << 10, 1 << 20


class Edges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.redis = Redis()
        cls.gateway = Gateway(cls.redis.url_of("gateway"))

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.redis.close()

    def status(self, data):
        with Client(self.gateway) as client:
            try:
                client.send(data)
            except ConnectionError:
                pass  # rejected before all of it was read: the response is sent all the same
            answer = client.read()
            if answer.status in (400, 413, 431):
                self.assertTrue(answer.closes and client.ended())
            return answer.status

    def test_body(self):
        for size, status in ((MAX_BODY - 1, 200), (MAX_BODY, 200), (MAX_BODY + 1, 413)):
            self.assertEqual(self.status(request(b"x" * size)), status, size)

    def test_header_section(self):
        good = request(b"{}")
        room = MAX_HEADER - (len(good) - 2) - len("X: \r\n")
        for more, status in ((0, 200), (1, 431)):
            self.assertEqual(self.status(good.replace(b"Host:", b"X: " + b"a" * (room + more) + b"\r\nHost:")), status)
        here = good.count(b"\r\n") - 2  # without request line and blank line
        for fields, status in ((100 - here, 200), (101 - here, 400)):
            many = b"".join(b"X-%d: 1\r\n" % i for i in range(fields))
            self.assertEqual(self.status(good.replace(b"Host:", many + b"Host:")), status)
        self.assertEqual(self.status(good.replace(b"Host:", b"N" * 100_000 + b": 1\r\nHost:")), 431)

    def test_hosts(self):
        for host, status in (
            (b"another.test", 200),
            (b"[::1]:5000", 200),
            (b"a@gateway.test", 400),
            (b"gateway.test/x", 400),
            (b"", 400),
        ):
            self.assertEqual(self.status(request(b"{}").replace(b"gateway.test", host)), status, host)

    def test_memory_stays_flat(self):
        head = request(b"", length=False)[:-2]
        before = rss_mb(self.gateway.process.pid)
        for _ in range(50):
            self.assertEqual(self.status(head + b"Content-Length: 10737418240\r\n\r\n"), 413)
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        for _ in range(10):
            self.assertEqual(self.status(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 20), 413)
        self.assertLess(rss_mb(self.gateway.process.pid) - before, 60)

    def test_trailers_are_never_merged(self):
        body = b"{}"
        head = request(b"", headers={}, length=False)[:-2] + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
        before = len(entries(self.redis))
        for name, value in (*sign_hex(body).items(), ("Host", "b"), ("Content-Length", "2")):
            self.assertEqual(self.status(head + f"{name}: {value}\r\n\r\n".encode()), 400, name)
        self.assertEqual(len(entries(self.redis)), before)

    def test_no_log_line_is_split(self):
        odd = [b"\x1b[2J", b"\x7f", b"\x01", b"a\rb", b"a\nforged", b"\0", b"%0d%0aforged", b"\xe2\x80\xa8forged"]
        for each in odd:
            for data in (
                request(b"{}").replace(PATH.encode(), b"/" + each),
                request(b"{}").replace(b"POST", b"PO" + each),
                request(b"{}", headers={"x-openphone-" "signature-v1": "zz"}, path="/%0aforged"),
                request(b"{}").replace(b"Host:", b"X" + each + b": 1\r\nHost:"),
                request(b"{}").replace(b"gateway.test", each),
            ):
                self.status(data)
        marker = self.gateway.post().headers["trunkline-delivery-id"]
        wait_for(lambda: any(marker in line and "answered" in line for line in list(self.gateway.log)), "the log")
        for line in self.gateway.log:
            self.assertRegex(line, r"^(\d{4}-\d\d-\d\dT|[A-Z]|\d)")
            self.assertFalse(line.startswith("forged"))
            self.assertIsNone(re.search(r"[\x00-\x08\x0b-\x1f\x7f]", line.rstrip("\n")))
