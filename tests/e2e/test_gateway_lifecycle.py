# SPDX-License-Identifier: Apache-2.0
"""Start, reload, limits, refusal warnings and the way out of a gateway."""
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from gateway_harness import (HEX_KEY, LEGACY_KEY, PATH, STANDARD_KEY, STREAM, Client, Gateway, entries, request,
                             restart, sign_hex, sign_legacy, sign_standard)
from servers import Redis, wait_for


def run(*options, env=None, timeout=10):
    """The program to its end: (exit code, stderr)."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TRUNKLINE_", "OPENPHONE_", "REDIS_"))}
    done = subprocess.run([os.path.join(os.environ["TRUNKLINE_BIN"], "trunkline-gateway"), *options],
                          env={**environment, **(env or {})}, capture_output=True, text=True, timeout=timeout)
    return done.returncode, done.stderr


class WithRedis(unittest.TestCase):
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


class Start(WithRedis):
    def test_refuses_without_a_usable_key(self):  # facts 2
        cases = [
            ((), {}, "no signing key"),
            (("--signing-key", "whsec_!!"), {}, "key 1 of --signing-key"),
            (("--signing-keys-file", "/nonexistent/keys"), {}, "cannot read /nonexistent/keys"),
            (("--signing-keys-file", "/"), {}, "it is a directory"),
            (("--signing-keys-file", self.temp_file("# none\n\n")), {}, "no signing key"),
            (("--signing-keys-file", self.temp_file("hex:ok\nlegacy:%%%\n")), {}, "key 2 of"),
            ((), {"TRUNKLINE_SIGNING_KEYS": "hex:ok\nwhsec_"}, "key 2 of --signing-key"),
        ]
        for options, env, text in cases:
            with self.subTest(text):
                code, said = run("--redis", self.redis.url_of("gateway"), *options, env=env)
                self.assertEqual(code, 78, said)
                self.assertIn(text, said)
                self.assertNotIn("whsec_!!", said)
                self.assertNotIn("%%%", said)

    def test_wrong_usage_shows_no_secret(self):
        for arguments in (("--signing-kee=whsec_c2VjcmV0MQ",), ("--signing-kee", "whsec_c2VjcmV0MQ"),
                          ("hex:c2VjcmV0MQ",)):
            code, said = run(*arguments)
            self.assertEqual(code, 64, said)
            self.assertNotIn("c2VjcmV0MQ", said)
            self.assertEqual("--signing-kee" in said, "--signing-kee" in arguments[0], said)
        stray_line = self.temp_file("whsec_c2VjcmV0MQ\n")
        code, said = run("--config", stray_line, "--signing-key", HEX_KEY)
        self.assertEqual(code, 78, said)
        self.assertNotIn("c2VjcmV0MQ", said)

    def test_every_bad_key_has_its_line(self):
        code, said = run("--signing-key", "whsec_!!", "--signing-key", "legacy:!!", "--signing-keys-file",
                         self.temp_file("hex:ok\nlegacy:%%%\nwhsec_\n"))
        self.assertEqual(code, 78, said)
        self.assertEqual(len(said.strip().splitlines()), 4, said)

    def test_all_problems_at_once(self):
        code, said = run("--threads", "0", "--listen", "nowhere", "--ops-listen", "127.0.0.1:70000", "--redis",
                         "http://x", "--durability", "maybe", "--max-body", "1", "--header-timeout", "5")
        self.assertEqual(code, 78)
        for key in ("--threads", "--listen", "--ops-listen", "--redis", "--durability", "--max-body",
                    "--header-timeout", "signing"):
            self.assertIn(key, said)
        self.assertEqual(len(said.strip().splitlines()), 8, said)

    def test_taken_addresses(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            for options in (("--listen", address, "--ops-listen", "127.0.0.1:0"),
                            ("--ops-listen", address, "--listen", "127.0.0.1:0")):
                code, said = run("--redis", self.redis.url_of("gateway"), "--signing-key", HEX_KEY, *options)
                self.assertEqual(code, 1)
                self.assertIn(f"cannot listen on {address}: Address already in use", said)

    def test_check_config_shows_no_secret(self):
        code, said = run("--check-config", "--signing-key", "hex:very-secret", "--redis", "redis://:hidden@h/0")
        self.assertEqual((code, said), (0, ""))

    def test_the_variable_of_the_integration_document(self):
        with self.start(keys=(), env={"OPENPHONE_WEBHOOK_SIGNING_KEY": HEX_KEY}) as gateway:
            self.assertEqual(gateway.post().status, 200)

    def test_several_keys_and_sources(self):
        keys_file = self.temp_file(f"# both\n{STANDARD_KEY}\r\n\n  {LEGACY_KEY}  \n")
        with self.start("--signing-key", HEX_KEY, "--signing-key", "hex:second", "--signing-keys-file",
                        keys_file, keys=()) as gateway:
            for headers in (sign_hex(b"{}"), sign_hex(b"{}", "second"), sign_standard(b"{}"), sign_legacy(b"{}")):
                self.assertEqual(gateway.post(headers=headers).status, 200)
            self.assertEqual([e["k"] for e in entries(self.redis)[-4:]], ["0", "1", "2", "3"])

    def test_keys_file_that_others_may_read(self):
        keys_file = self.temp_file(HEX_KEY + "\n")
        with self.start("--signing-keys-file", keys_file, keys=()) as gateway:
            self.assertIsNone(gateway.find("others may read the keys file"))
            os.chmod(keys_file, 0o644)
            gateway.signal(signal.SIGHUP)
            wait_for(lambda: gateway.find("signing keys reloaded"), "the reload")
            self.assertEqual(gateway.count("others may read the keys file"), 1)
        with self.start("--signing-keys-file", keys_file, keys=()) as gateway:
            self.assertIn(keys_file, gateway.find("others may read the keys file"))

    def test_windows_are_options(self):
        minute_ago = int(time.time()) - 60
        with self.start("--legacy-max-age", "5s", "--max-clock-skew", "5s") as gateway:
            self.assertEqual(gateway.post(headers=sign_standard(b"{}", at=minute_ago)).status, 403)
            self.assertEqual(gateway.post(headers=sign_legacy(b"{}", at_ms=minute_ago * 1000)).status, 403)
        with self.start("--legacy-max-age", "2m", "--max-clock-skew", "2m") as gateway:
            self.assertEqual(gateway.post(headers=sign_standard(b"{}", at=minute_ago)).status, 200)
            self.assertEqual(gateway.post(headers=sign_legacy(b"{}", at_ms=minute_ago * 1000)).status, 200)

    def test_namespace(self):
        self.redis.command("ACL", "SETUSER", "trunkline-gateway", "~{other}:*")
        with self.start("--namespace", "other") as gateway:
            gateway.post(b"in the other stream")
            self.assertEqual(entries(self.redis, "{other}:deliveries")[-1]["b"], "in the other stream")

    def test_unix_socket(self):
        folder = tempfile.mkdtemp(prefix="trunkline-")
        self.addCleanup(os.rmdir, folder)
        path = folder + "/gateway.sock"
        with self.start(listen="unix:" + path) as gateway:
            self.assertEqual(gateway.post().status, 200)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o660)
            code, said = run("--redis", self.redis.url_of("gateway"), "--signing-key", HEX_KEY, "--listen", "unix:" + path,
                             "--ops-listen", "127.0.0.1:0")
            self.assertEqual(code, 1)  # somebody listens there
            self.assertIn("Address already in use", said)
        self.assertTrue(os.path.exists(path))  # it was killed
        with self.start("--drain-delay", "0s", listen="unix:" + path) as gateway:
            self.assertEqual(gateway.post().status, 200)
            self.assertEqual(gateway.terminate(), 0)
        self.assertFalse(os.path.exists(path))

    def test_ops_listener(self):
        with self.start() as gateway:
            self.assertEqual(gateway.probe("/livez"), (200, {"live": True}))
            self.assertEqual(gateway.probe("/readyz"), (200, {"ready": True, "durability": "always"}))
            self.assertEqual(gateway.probe("/readyz?verbose")[0], 200)
            self.assertEqual(gateway.probe("/readyz", "HEAD"), (200, None))
            self.assertEqual(gateway.probe("/")[0], 404)
            self.assertEqual(gateway.probe(PATH)[0], 404)
            self.assertEqual(gateway.probe("/livez", "POST")[0], 405)
            self.assertEqual(gateway.probe("/livez?" + "x" * 5000)[0], 431)


class Keys(WithRedis):
    def test_rotation_under_load_loses_no_request(self):  # facts 32
        keys_file = self.temp_file("hex:old\nhex:new\n")
        gateway = self.start("--signing-keys-file", keys_file, keys=())
        stop, statuses = threading.Event(), []

        def sender():
            with Client(gateway) as client:
                while not stop.is_set():
                    client.send(request(b"{}", headers=sign_hex(b"{}", "new")))
                    answer = client.read()
                    statuses.append(answer.status)
                    if answer.closes:  # after --max-requests-per-connection
                        client.close()
                        client.__init__(gateway)

        threads = [threading.Thread(target=sender) for _ in range(4)]
        for thread in threads:
            thread.start()
        for round_ in range(10):
            with open(keys_file, "w") as f:
                f.write("hex:new\n" if round_ % 2 else "hex:old\nhex:new\n")
            gateway.signal(signal.SIGHUP)
            wait_for(lambda: gateway.count("signing keys reloaded") == round_ + 1, "the reload")
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(set(statuses), {200})
        self.assertEqual(gateway.post(headers=sign_hex(b"{}", "old")).status, 403)  # removed: no more

    def test_a_bad_file_keeps_the_old_keys(self):
        keys_file = self.temp_file("hex:old\n")
        gateway = self.start("--signing-keys-file", keys_file, keys=())
        for bad in ("whsec_???\n", "# nothing\n", None):
            if bad is None:
                os.rename(keys_file, keys_file + ".away")
                self.addCleanup(os.rename, keys_file + ".away", keys_file)
            else:
                with open(keys_file, "w") as f:
                    f.write(bad)
            before = gateway.count("not reloaded")
            gateway.signal(signal.SIGHUP)
            wait_for(lambda: gateway.count("not reloaded") > before, "the error")
            self.assertEqual(gateway.post(headers=sign_hex(b"{}", "old")).status, 200)
        self.assertNotIn("???", "".join(gateway.log))


class Figures(WithRedis):
    def test_refusals_are_warned_of_once_and_counted(self):  # facts 6, 31
        gateway = self.start()
        for _ in range(7):
            self.assertEqual(gateway.post(headers=sign_hex(b"{}", "wrong")).status, 403)
        line = wait_for(lambda: gateway.find("deliveries are being refused"), "the warning")
        self.assertIn("reason=mismatch", line)
        for _ in range(7):
            gateway.post(headers={})
        gateway.post()

        def minutes():
            sums = {}
            for key in self.redis.command("KEYS", "{trunkline}:minute:*"):
                self.assertGreater(self.redis.command("TTL", key), 7000)
                flat = self.redis.command("HGETALL", key)
                for name, n in zip(flat[::2], flat[1::2]):
                    sums[name] = sums.get(name, 0) + int(n)
            return sums

        wait_for(lambda: minutes().get("refused:missing", 0) >= 7, "the figures")
        self.assertGreaterEqual(minutes()["refused:mismatch"], 7)
        self.assertGreaterEqual(minutes()["accepted"], 1)
        self.assertEqual(gateway.count("deliveries are being refused"), 1)

    def test_card_tells_of_the_process(self):
        gateway = self.start("--durability", "redis", "--threads", "1")
        gateway.post()

        def card():
            for key in self.redis.command("KEYS", "{trunkline}:gateway:*"):
                flat = self.redis.command("HGETALL", key)
                fields = dict(zip(flat[::2], flat[1::2]))
                if fields.get("pid") == str(gateway.process.pid) and fields["accepted"] == "1":
                    self.assertLessEqual(self.redis.command("TTL", key), 30)
                    return fields
            return None

        found = wait_for(card, "the card")
        self.assertEqual(found["state"], "running")
        self.assertEqual(found["threads"], "1")
        self.assertEqual(found["durability"], "always (--durability redis)")
        self.assertIn("appendfsync always", found["settings"])

    def test_figures_outlive_an_absence_of_redis(self):
        redis = Redis()
        self.addCleanup(redis.close)
        gateway = Gateway(redis.url_of("gateway"))
        self.addCleanup(gateway.stop)
        redis.kill()
        wait_for(lambda: gateway.post().status == 503, "503")
        for _ in range(5):
            gateway.post()
        restart(redis)
        wait_for(lambda: sum(int(redis.command("HGET", key, "refused:not_connected") or 0)
                             for key in redis.command("KEYS", "{trunkline}:minute:*")) >= 5, "the figures of before")


class Limits(WithRedis):
    def test_requests_of_a_connection(self):
        gateway = self.start("--max-requests-per-connection", "3")
        with Client(gateway) as client:
            for closes in (False, False, True):
                client.send(request())
                self.assertEqual(client.read().closes, closes)
            self.assertTrue(client.ended())

    def test_idle_connection_ends_in_order(self):
        gateway = self.start("--idle-timeout", "200ms")
        with Client(gateway) as client:
            client.send(request())
            self.assertEqual(client.read().status, 200)
            self.assertTrue(client.ended())

    def test_connections(self):
        gateway = self.start("--max-connections", "4", "--header-timeout", "1s")
        held = [Client(gateway) for _ in range(4)]
        with Client(gateway) as waiting:  # in the backlog until one of the four times out
            waiting.send(request())
            self.assertEqual(waiting.read().status, 200)
        self.assertTrue(gateway.find("at --max-connections"))
        for client in held:
            client.close()
        wait_for(lambda: gateway.post().status == 200, "room again")

    def test_out_of_file_descriptors(self):
        gateway = self.start("--threads", "1", "--idle-timeout", "1h", "--header-timeout", "1h", ulimit=64)
        held = [Client(gateway) for _ in range(100)]
        wait_for(lambda: gateway.find("no free file descriptors"), "the warning")
        spent = cpu_seconds(gateway.process.pid)
        end = time.monotonic() + 1
        while time.monotonic() < end:
            self.assertIsNone(gateway.process.poll())
            time.sleep(0.1)
        self.assertLess(cpu_seconds(gateway.process.pid) - spent, 0.2)  # no spinning
        for client in held:
            client.close()
        wait_for(lambda: gateway.post().status == 200, "deliveries again")
        self.assertEqual(gateway.count("no free file descriptors"), 1)

    def test_answer_nobody_reads(self):
        # Thousands of answers are not taken: the connection ends, others go on.
        gateway = self.start("--threads", "1")
        with Client(gateway) as client:
            client.socket.setblocking(False)
            try:
                while True:
                    client.socket.send(request(b"", headers={}) * 100)
            except BlockingIOError:
                pass
            self.assertEqual(gateway.post().status, 200)


class TheWayOut(WithRedis):
    def test_drain_loses_and_resets_nothing(self):
        gateway = self.start("--drain-delay", "1s")
        before = self.redis.command("XLEN", STREAM)
        acked, failures, ended = [], [], threading.Event()

        def sender(keep_alive):
            while not ended.is_set():
                try:
                    client = Client(gateway)
                except ConnectionRefusedError:
                    return
                try:
                    while True:
                        client.send(request())
                        answer = client.read()
                        acked.append(answer.status)
                        if answer.closes or not keep_alive:
                            break
                except OSError as error:
                    failures.append(repr(error))
                finally:
                    client.close()

        threads = [threading.Thread(target=sender, args=(i % 2 == 0,)) for i in range(8)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(acked) > 200, "traffic")
        gateway.signal(signal.SIGTERM)
        wait_for(lambda: gateway.probe("/readyz") == (503, {"ready": False, "reason": "draining"}), "unready")
        self.assertEqual(gateway.process.wait(15), 0)
        ended.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(set(acked), {200})
        self.assertEqual(self.redis.command("XLEN", STREAM) - before, len(acked))

    def test_serves_during_the_delay_and_ends_connections(self):
        gateway = self.start("--drain-delay", "5s")
        with Client(gateway) as old:
            old.send(request())
            self.assertFalse(old.read().closes)
            gateway.signal(signal.SIGTERM)
            wait_for(lambda: gateway.probe("/readyz")[0] == 503, "unready")
            old.send(request())
            answer = old.read()
            self.assertEqual((answer.status, answer.closes), (200, True))
            self.assertEqual(gateway.post().status, 200)  # a new connection

    def test_finishes_what_is_in_flight(self):
        redis = Redis()
        self.addCleanup(redis.close)
        gateway = Gateway(redis.url_of("gateway"), "--drain-delay", "0s", "--redis-deadline", "5s")
        self.addCleanup(gateway.stop)
        with Client(gateway) as begun, Client(gateway) as waiting:
            begun.send(request(b"{}")[:-1])
            redis.kill(signal.SIGSTOP)
            waiting.send(request())
            wait_for(lambda: gateway.count("delivery verified") == 1, "a delivery in flight")
            gateway.signal(signal.SIGTERM)
            wait_for(lambda: gateway.find("no longer listening"), "the closed listener")
            redis.kill(signal.SIGCONT)
            begun.send(b"}")
            self.assertEqual((waiting.read().status, begun.read().status), (200, 200))
        self.assertEqual(gateway.process.wait(10), 0)

    def test_second_signal_leaves_at_once(self):
        gateway = self.start("--drain-delay", "60s")
        gateway.signal(signal.SIGTERM)
        wait_for(lambda: gateway.find("draining"), "the drain")
        gateway.signal(signal.SIGINT)
        self.assertNotEqual(gateway.process.wait(3), 0)

    def test_debug_is_toggled_while_running(self):
        gateway = self.start(log_level="info")
        gateway.post(b"before")
        self.assertEqual(gateway.count("delivery answered"), 0)
        gateway.signal(signal.SIGUSR1)
        wait_for(lambda: gateway.post().status == 200 and gateway.count("delivery answered") > 0, "debug lines")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    unittest.main()
