# SPDX-License-Identifier: Apache-2.0
"""Start of a gateway: what it rejects, where it listens, its keys and their reload."""
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time

from gateway_harness import (
    HEX_KEY,
    LEGACY_KEY,
    PATH,
    STANDARD_KEY,
    Client,
    WithGateway,
    entries,
    request,
    sign_hex,
    sign_legacy,
    sign_standard,
)
from servers import wait_for


def run(*options, env=None, timeout=10):
    """Runs the program to its end; returns (exit code, stderr)."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("TRUNKLINE_", "OPENPHONE_", "REDIS_"))}
    done = subprocess.run(
        [os.path.join(os.environ["TRUNKLINE_BIN"], "trunkline-gateway"), *options],
        env={**environment, **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return done.returncode, done.stderr


class Start(WithGateway):
    def test_refuses_without_a_usable_key(self):
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
        for arguments in (
            ("--signing-kee=whsec_c2VjcmV0MQ",),
            ("--signing-kee", "whsec_c2VjcmV0MQ"),
            ("hex:c2VjcmV0MQ",),
        ):
            code, said = run(*arguments)
            self.assertEqual(code, 64, said)
            self.assertNotIn("c2VjcmV0MQ", said)
            self.assertEqual("--signing-kee" in said, "--signing-kee" in arguments[0], said)
        stray_line = self.temp_file("whsec_c2VjcmV0MQ\n")
        code, said = run("--config", stray_line, "--signing-key", HEX_KEY)
        self.assertEqual(code, 78, said)
        self.assertNotIn("c2VjcmV0MQ", said)

    def test_every_bad_key_has_its_line(self):
        code, said = run(
            "--signing-key",
            "whsec_!!",
            "--signing-key",
            "legacy:!!",
            "--signing-keys-file",
            self.temp_file("hex:ok\nlegacy:%%%\nwhsec_\n"),
        )
        self.assertEqual(code, 78, said)
        self.assertEqual(len(said.strip().splitlines()), 4, said)

    def test_all_problems_at_once(self):
        code, said = run(
            "--threads",
            "0",
            "--listen",
            "nowhere",
            "--ops-listen",
            "127.0.0.1:70000",
            "--redis",
            "http://x",
            "--durability",
            "maybe",
            "--max-body",
            "1",
            "--header-timeout",
            "5",
        )
        self.assertEqual(code, 78)
        for key in (
            "--threads",
            "--listen",
            "--ops-listen",
            "--redis",
            "--durability",
            "--max-body",
            "--header-timeout",
            "signing",
        ):
            self.assertIn(key, said)
        self.assertEqual(len(said.strip().splitlines()), 8, said)

    def test_taken_addresses(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            for options in (
                ("--listen", address, "--ops-listen", "127.0.0.1:0"),
                ("--ops-listen", address, "--listen", "127.0.0.1:0"),
            ):
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
        with self.start(
            "--signing-key", HEX_KEY, "--signing-key", "hex:second", "--signing-keys-file", keys_file, keys=()
        ) as gateway:
            for headers in (sign_hex(b"{}"), sign_hex(b"{}", "second"), sign_standard(b"{}"), sign_legacy(b"{}")):
                self.assertEqual(gateway.post(headers=headers).status, 200)
            self.assertEqual([e["k"] for e in entries(self.redis)[-4:]], ["0", "1", "2", "3"])

    def test_keys_file_that_others_may_read(self):
        keys_file = self.temp_file(HEX_KEY + "\n")
        with self.start("--signing-keys-file", keys_file, keys=()) as gateway:
            self.assertIsNone(gateway.find("signing keys file is readable by other users"))
            os.chmod(keys_file, 0o644)
            gateway.signal(signal.SIGHUP)
            wait_for(lambda: gateway.find("signing keys reloaded"), "the reload")
            self.assertEqual(gateway.count("signing keys file is readable by other users"), 1)
        with self.start("--signing-keys-file", keys_file, keys=()) as gateway:
            self.assertIn(keys_file, gateway.find("signing keys file is readable by other users"))

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
            code, said = run(
                "--redis",
                self.redis.url_of("gateway"),
                "--signing-key",
                HEX_KEY,
                "--listen",
                "unix:" + path,
                "--ops-listen",
                "127.0.0.1:0",
            )
            self.assertEqual(code, 1)  # another process listens there
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


class Keys(WithGateway):
    def test_rotation_under_load_loses_no_request(self):
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
