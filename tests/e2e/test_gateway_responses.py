# SPDX-License-Identifier: Apache-2.0
"""Every response of the gateway, over real sockets: docs/troubleshooting.md lists them."""
import re
import time
import unittest

from gateway_harness import HEX_KEY, PATH, Client, Gateway, entries, request, sign_hex, sign_legacy, sign_standard
from seeds import limit
from servers import Redis, wait_for


class ResponsesCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.redis = Redis()
        cls.gateway = Gateway(
            cls.redis.url_of("gateway"),
            "--header-timeout",
            "300ms",
            "--body-timeout",
            "300ms",
            "--idle-timeout",
            "2s",
            "--max-header",
            "8KiB",
            "--max-body",
            "64KiB",
        )

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.redis.close()

    def stored(self):
        return self.redis.command("XLEN", "{trunkline}:deliveries")

    def expect(self, data, status, closes, stored=0, **headers):
        """Sends one request of raw bytes and checks its status, whether the connection ends, and what the stream
        gained."""
        before = self.stored()
        with Client(self.gateway) as client:
            client.send(data)
            answer = client.read()
            self.assertEqual(answer.status, status, data[:200])
            self.assertEqual(answer.closes, closes, data[:200])
            self.assertRegex(answer.headers["trunkline-delivery-id"], r"^[0-9A-Z]{26}$")
            for name, value in headers.items():
                self.assertEqual(answer.headers.get(name.replace("_", "-")), value)
            if closes:
                self.assertTrue(client.ended())
        self.assertEqual(self.stored() - before, stored, data[:200])
        return answer


class Accepted(ResponsesCase):
    def test_each_scheme(self):
        body = b'{"type":"message.received"}'
        for sign, scheme, key, delivery in (
            (sign_hex, "hex", "0", None),
            (sign_standard, "standard", "1", "msg_1"),
            (sign_legacy, "legacy", "2", None),
        ):
            answer = self.expect(request(body, headers=sign(body)), 200, False, stored=1)
            self.assertEqual(answer.body, b'{"status":"accepted"}')
            self.assertEqual(answer.headers["content-type"], "application/json")
            entry = entries(self.redis)[-1]
            self.assertEqual((entry["s"], entry["k"], entry.get("w")), (scheme, key, delivery))
            self.assertEqual(entry["d"], answer.headers["trunkline-delivery-id"])
            self.assertLess(abs(int(entry["t"]) - time.time() * 1000), 5000)

    def test_body_is_kept_byte_for_byte(self):
        body = bytes(range(256)) * 3 + b"\r\n\r\n\x00"
        self.expect(request(body), 200, False, stored=1)
        self.assertEqual(entries(self.redis)[-1]["b"].encode("utf-8", "surrogateescape"), body)

    def test_a_signed_delivery_is_never_rejected_permanently(self):
        for body, kind in (
            (b"not json", "application/json"),
            (b"", "application/json"),
            (b"{}", "text/plain"),
            (b"{}", "application/cloudevents+json"),
            (b"{}", None),
        ):
            self.expect(request(body, content_type=kind), 200, False, stored=1)

    def test_query_and_case_of_names(self):
        body = b"{}"
        upper = {name.upper(): value for name, value in sign_hex(body).items()}
        self.expect(request(body, headers=upper, path=PATH + "?source=a"), 200, False, stored=1)

    def test_sizes_up_to_the_limit(self):
        for size in (64 * 1024 - 1, 64 * 1024):
            self.expect(request(b"x" * size), 200, False, stored=1)
        self.expect(request(b"x" * (64 * 1024 + 1)), 413, True)

    def test_chunked(self):
        body = b"0123456789abcdef" * 10
        head = request(body, length=False).split(b"\r\n\r\n")[0] + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:1], body[1:100], body[100:]))
        self.expect(head + chunks + b"0\r\n\r\n", 200, False, stored=1)
        self.assertEqual(entries(self.redis)[-1]["b"].encode(), body)

    def test_legacy_retries_with_an_old_timestamp(self):
        body = b"{}"
        hours_ago = int(time.time() * 1000) - 71 * 3600 * 1000
        self.expect(request(body, headers=sign_legacy(body, at_ms=hours_ago)), 200, False, stored=1)


class Rejected(ResponsesCase):
    def test_signatures(self):
        body = b"{}"
        good = sign_hex(body)["x-openphone-signature-v1"]
        stale = int(time.time()) - 301
        refused = [
            {},
            {"x-openphone-signature-v1": ""},
            {"x-openphone-signature-v1": good[:-1]},
            {"x-openphone-signature-v1": good[:-1] + ("0" if good[-1] != "0" else "1")},
            sign_hex(body, "another key"),
            sign_standard(body, at=stale),
            sign_legacy(body, at_ms=int(time.time() * 1000) - 73 * 3600 * 1000),
            {**sign_hex(body), "webhook-id": "msg_1"},  # the stronger family decides, and it is incomplete
        ]
        bodies = {self.expect(request(body, headers=headers), 403, False).body for headers in refused}
        twice = request(body).replace(
            b"Content-Length", b"x-openphone-signature-v1: %s\r\nContent-Length" % good.encode()
        )
        bodies.add(self.expect(twice, 403, False).body)
        self.assertEqual(bodies, {b'{"error":"invalid signature"}'})  # one fixed body for any reason

    def test_paths_and_methods(self):
        for path in ("/", "/livez", PATH + "/", PATH.upper(), "/api/webhooks/openphon%65", "//api/webhooks/openphone"):
            self.expect(request(b"", path=path), 404, False)
            self.expect(request(b"{}", path=path), 404, True)  # its body is not read
        for method in ("GET", "PUT", "DELETE", "OPTIONS", "BREW"):
            self.expect(request(b"", method=method, length=False), 405, False, allow="POST")
        with Client(self.gateway) as client:
            client.send(request(b"", method="HEAD", length=False) + request(b"{}"))
            self.assertEqual(client.read(head_only=True).status, 405)
            self.assertEqual(client.read().status, 200)

    def test_type_unsigned(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx"):
            self.expect(request(b"{}", headers={}, content_type=kind), 415, True, accept="application/json")
        self.expect(request(b"{}", headers=sign_hex(b"other"), content_type="text/plain"), 403, False)

    def test_length_required_and_too_large(self):
        self.expect(request(b"", length=False), 411, True)
        self.expect(request(b"{}").replace(b"Content-Length: 2", b"Content-Length: 10737418240"), 413, True)
        head = request(b"", length=False)[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
        self.expect(head + b"10001\r\n" + b"x" * 100, 413, True)

    def test_header_section(self):
        self.expect(request(b"{}").replace(b"Host:", b"X-Large: " + b"a" * 8192 + b"\r\nHost:"), 431, True)
        self.expect(b"POST /" + b"a" * 100_000, 431, True)
        many = b"".join(b"X-%d: 1\r\n" % i for i in range(101))
        self.expect(request(b"{}").replace(b"Host:", many + b"Host:"), 400, True)

    def test_slow(self):
        whole = request(b"{}")
        for part in (whole[:1], whole[:60], whole[:-1]):
            started = time.monotonic()
            self.expect(part, 408, True)
            self.assertLess(time.monotonic() - started, limit(3))

    def test_slow_byte_by_byte_has_one_deadline(self):
        with Client(self.gateway) as client:
            client.send(b"POST / HTTP/1.1\r\nX: ")
            started = time.monotonic()
            client.socket.settimeout(0.05)
            answer = None
            while answer is None and time.monotonic() - started < 5:
                try:
                    client.send(b"a")
                    answer = client.read()
                except TimeoutError:
                    continue
            self.assertEqual(answer.status, 408)

    def test_silent_connection_is_closed_without_a_response(self):
        with Client(self.gateway) as client:
            self.assertTrue(client.ended())

    def test_framing(self):
        good = request(b"{}")
        length = b"Content-Length: 2"
        cases = {
            "HTTP/1.0": good.replace(b"HTTP/1.1", b"HTTP/1.0"),
            "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n",
            "bare LF": good.replace(b"\r\n", b"\n"),
            "bare CR": good.replace(b"Host: ", b"Host: a\rb"),
            "NUL": good.replace(b"Host: ", b"Host: a\0b"),
            "control": good.replace(b"Host: ", b"X: a\x01b\r\nHost: "),
            "folded": good.replace(length, b"X: a\r\n b\r\n" + length),
            "space before colon": good.replace(b"Content-Length:", b"Content-Length :"),
            "name with a space": good.replace(length, b"X Y: 1\r\n" + length),
            "no colon": good.replace(length, b"nonsense\r\n" + length),
            "absolute target": good.replace(b"POST /", b"POST http://gateway.test/"),
            "two spaces": good.replace(b"POST /", b"POST  /"),
            "space in target": good.replace(PATH.encode(), PATH.encode() + b" x"),
            "no Host": good.replace(b"Host: gateway.test\r\n", b""),
            "two Hosts": good.replace(b"Host:", b"Host: a\r\nHost:"),
            "empty Host": good.replace(b"Host: gateway.test", b"Host:"),
            "odd Host": good.replace(b"Host: gateway.test", b"Host: a/b"),
            "two lengths": good.replace(length, length + b"\r\n" + length),
            "list of lengths": good.replace(length, b"Content-Length: 2, 2"),
            "plus": good.replace(length, b"Content-Length: +2"),
            "hex": good.replace(length, b"Content-Length: 0x2"),
            "leading zero": good.replace(length, b"Content-Length: 02"),
            "20 digits": good.replace(length, b"Content-Length: 99999999999999999999"),
            "negative": good.replace(length, b"Content-Length: -2"),
            "empty length": good.replace(length, b"Content-Length:"),
            "both": good.replace(length, length + b"\r\nTransfer-Encoding: chunked"),
            "Trailer": good.replace(length, length + b"\r\nTrailer: x"),
            "Upgrade": good.replace(length, length + b"\r\nConnection: upgrade\r\nUpgrade: h2c"),
        }
        for coding in (b"xchunked", b"identity", b"", b"gzip, chunked", b"chunked, chunked", b"chunked;q=1", b"gzip"):
            cases[f"coding {coding}"] = good.replace(length, b"Transfer-Encoding: " + coding)
            cases[f"coding {coding} and a length"] = good.replace(length, length + b"\r\nTransfer-Encoding: " + coding)
        for name, data in cases.items():
            with self.subTest(name):
                # Bytes after an ambiguous end must not be read as a request.
                self.expect(data + good, 400, True)

    def test_broken_chunks(self):
        head = request(b"", length=False)[:-2] + b"Transfer-Encoding: chunked\r\n\r\n"
        for name, chunks in {
            "size": b"zz\r\n",
            "no CRLF": b"1\r\nxy\r\n0\r\n\r\n",
            "trailers": b"0\r\nX: 1\r\n\r\n",
            "signature as trailer": b"0\r\nx-openphone-signature-v1: 00\r\n\r\n",
            "endless size line": b"1;" + b"a" * 20000,
            "bare LF": b"1\nx\n0\n\n\r\n",
        }.items():
            with self.subTest(name):
                self.expect(head + chunks, 400, True)


class Continue(ResponsesCase):
    @staticmethod
    def head(body, **how):
        return request(body, **how).split(b"\r\n\r\n")[0] + b"\r\nExpect: 100-continue\r\n\r\n"

    def test_100_then_200(self):
        body = b'{"a":1}'
        with Client(self.gateway) as client:
            client.send(self.head(body))
            self.assertEqual(client.read().status, 100)
            client.send(body)
            self.assertEqual(client.read().status, 200)
            client.send(request(body))
            self.assertEqual(client.read().status, 200)

    def test_body_at_once_needs_no_100(self):
        body = b'{"a":1}'
        with Client(self.gateway) as client:
            client.send(self.head(body) + body)
            self.assertEqual(client.read().status, 200)

    def test_final_answer_instead_of_100(self):
        body = b"{}"
        for status, how in (
            (404, {"path": "/x"}),
            (405, {"method": "PUT"}),
            (403, {"headers": {}}),
            (403, {"headers": {"x-openphone-signature-v1": "zz"}}),
            (415, {"headers": {}, "content_type": "text/plain"}),
        ):
            self.expect(self.head(body, **how), status, True)
        self.expect(self.head(b"x" * (64 * 1024 + 1)), 413, True)

    def test_another_expectation(self):
        self.expect(self.head(b"{}").replace(b"100-continue", b"200-ok"), 417, True)


class Connections(ResponsesCase):
    def test_keep_alive(self):
        with Client(self.gateway) as client:
            for i in range(20):
                client.send(request(b"%d" % i))
                self.assertEqual(client.read().status, 200)
            client.send(request(b"{}", headers={}))
            self.assertEqual(client.read().status, 403)
            client.send(request(b"{}").replace(b"Host:", b"Connection: close\r\nHost:"))
            answer = client.read()
            self.assertEqual((answer.status, answer.closes), (200, True))
            self.assertTrue(client.ended())

    def test_pipeline_of_fifty_in_order(self):
        before = self.stored()
        with Client(self.gateway) as client:
            parts = [request(b"%d" % i) if i % 5 else request(b"%d" % i, headers={}) for i in range(50)]
            client.send(b"".join(parts))
            answers = [client.read() for _ in parts]
        self.assertEqual([a.status for a in answers], [200 if i % 5 else 403 for i in range(50)])
        new = entries(self.redis)[before:]
        self.assertEqual([e["b"] for e in new], [str(i) for i in range(50) if i % 5])
        self.assertEqual(
            [e["d"] for e in new], [a.headers["trunkline-delivery-id"] for a in answers if a.status == 200]
        )

    def test_split_at_every_byte(self):
        body = b'{"a":"\r\n\r\n"}'
        plain = request(body)
        chunked = (
            request(body, length=False)[: -2 - len(body)]
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"5;ext=1\r\n"
            + body[:5]
            + b"\r\n%x\r\n" % (len(body) - 5)
            + body[5:]
            + b"\r\n0\r\n\r\n"
        )
        for whole in (plain, chunked):
            with Client(self.gateway) as client:
                for at in range(1, len(whole)):
                    client.send(whole[:at])
                    wait_until_read(client)
                    client.send(whole[at:])
                    answer = client.read()
                    self.assertEqual(answer.status, 200, at)
                    self.assertEqual(entries_tail(self.redis)["b"].encode(), body)

    def test_byte_by_byte(self):
        with Client(self.gateway) as client:
            for byte in request(b"{}"):
                client.send(bytes([byte]))
            self.assertEqual(client.read().status, 200)

    def test_empty_line_between_requests(self):
        with Client(self.gateway) as client:
            client.send(b"\r\n" + request(b"{}") + b"\r\n" + request(b"{}"))
            self.assertEqual([client.read().status for _ in range(2)], [200, 200])

    def test_reset_before_the_response_affects_no_other(self):
        for _ in range(20):
            client = Client(self.gateway)
            client.send(request(b"{}"))
            client.socket.setsockopt(1, 13, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # SO_LINGER 0: RST
            client.close()
        self.assertEqual(self.gateway.post().status, 200)
        wait_for(lambda: self.in_flight() == "0", "nothing in flight")

    def in_flight(self):
        (key,) = self.redis.command("KEYS", "{trunkline}:gateway:*")
        return self.redis.command("HGET", key, "in_flight")


class Visible(ResponsesCase):
    def test_debug_log_has_each_step_and_no_secret(self):
        body = b'{"text":"a very private text"}'
        answer = self.gateway.post(body)
        delivery = answer.headers["trunkline-delivery-id"]
        steps = wait_for(
            lambda: [line for line in list(self.gateway.log) if delivery in line][3:]
            and [line for line in list(self.gateway.log) if delivery in line],
            "four steps",
        )
        for line, step in zip(steps, ("begun", "verified", "appended", "answered")):
            self.assertIn(f"delivery {step}", line)
        self.assertIn("scheme=hex", steps[1])
        self.assertRegex(steps[2], r"entry_id=\d+-\d+")
        self.assertRegex(steps[3], r"status=200 .*ms=\d+")
        everything = "".join(self.gateway.log)
        self.assertNotIn("very private", everything)
        self.assertNotIn(HEX_KEY, everything)
        self.assertEqual(
            len(re.findall(r"signing key loaded scheme=\S+ index=\d fingerprint=[0-9a-f]{8}\b", everything)), 3
        )

    def test_odd_types_are_counted(self):
        self.gateway.post(b"{}", content_type="text/plain")
        (key,) = self.redis.command("KEYS", "{trunkline}:gateway:*")
        wait_for(lambda: self.redis.command("HGET", key, "odd_types") != "0", "the count in the process information")


def wait_until_read(client):
    """Waits until the kernel has delivered the sent bytes: an empty send queue."""
    import array
    import fcntl
    import termios

    left = array.array("i", [1])
    end = time.monotonic() + 5
    while left[0] and time.monotonic() < end:
        fcntl.ioctl(client.socket, termios.TIOCOUTQ, left)


def entries_tail(redis):
    ((_, fields),) = redis.command("XREVRANGE", "{trunkline}:deliveries", "+", "-", "COUNT", "1")
    return dict(zip(fields[::2], fields[1::2]))
