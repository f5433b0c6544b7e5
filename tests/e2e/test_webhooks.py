# SPDX-License-Identifier: Apache-2.0
"""trunkline webhooks and recordings against a fake of the provider's API."""
import fcntl
import os
import pty
import socket
import stat
import subprocess
import tempfile
import threading
import unittest

import json_schema
from provider_api import KEY, ProviderApi
from servers import clean_environment, free_port

TRUNKLINE = os.path.join(os.environ["TRUNKLINE_BIN"], "trunkline")
HOOK = "https://hooks.example.com/api/webhooks/openphone"
OLD_KEY = "whsec_coYfTG+CBzBhq5+ix34MyJDTVtgzb+jX"


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.api = ProviderApi()
        self.addCleanup(self.api.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def run_verb(self, *arguments, answer="", key=KEY, url=None, code=0, **more):
        env = clean_environment(**({"OPENPHONE_API_KEY": key} if key else {}), **more)
        done = subprocess.run(
            [TRUNKLINE, *arguments, "--api-url", url or self.api.url],
            input=answer,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn(KEY, done.stdout + done.stderr)
        return done

    def webhooks(self, verb, *arguments, **more):
        return self.run_verb("webhooks", verb, *arguments, **more)

    def json_of(self, verb, *arguments, **more):
        return json_schema.check(f"webhooks {verb}", self.webhooks(verb, *arguments, "--json", **more).stdout)

    def keys_file(self, mode=0o640):
        path = os.path.join(self.folder, "signing-keys")
        with open(path, "w", encoding="utf-8") as file:
            file.write("# ours\n" + OLD_KEY)  # no newline at its end
        os.chmod(path, mode)
        return path

    @staticmethod
    def lines_of(path):
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()

    def methods(self):
        return [f"{method} {path}" for method, path, _, _ in self.api.requests]

    def test_create_adds_missing_webhooks_only_once(self):
        planned = self.json_of("create", "--url", HOOK, "--dry-run")
        self.assertEqual(len(planned["would_create"]), 1)
        self.assertEqual(self.api.hooks, {})
        made = self.json_of("create", "--url", HOOK)["created"]
        key = next(iter(self.api.hooks.values()))["key"]
        self.assertEqual([hook["signing_key"] for hook in made], [key])
        again = self.json_of("create", "--url", HOOK)
        self.assertEqual((again["created"], len(again["existing"])), ([], 1))
        self.assertEqual(len(self.api.hooks), 1)

    def test_v1_needs_four(self):
        self.webhooks("create", "--url", HOOK, "--api", "v1")
        posts = [m for m in self.methods() if m.startswith("POST")]
        self.assertEqual(
            posts, [f"POST /v1/webhooks/{kind}" for kind in ("messages", "calls", "call-summaries", "call-transcripts")]
        )
        lost = next(iter(self.api.hooks))
        del self.api.hooks[lost]
        again = self.webhooks("create", "--url", HOOK, "--api", "v1").stdout
        self.assertEqual((again.count("created "), again.count("existing ")), (1, 3), again)

    def test_keys_go_to_the_file(self):
        path = self.keys_file()
        done = self.webhooks("create", "--url", HOOK, "--api", "v1", "--keys-file", path)
        self.assertIn("systemctl restart trunkline-gateway", done.stderr)
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertEqual(lines[:2], ["# ours", OLD_KEY])
        for hook in self.api.hooks.values():
            self.assertIn("legacy:" + hook["key"], lines)
            self.assertEqual(done.stdout.count(hook["key"]), 1, "shown once")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o640, "mode kept")
        self.assertEqual(os.listdir(self.folder), ["signing-keys"])
        fresh = os.path.join(self.folder, "new-keys")
        self.webhooks("create", "--url", HOOK, "--keys-file", fresh)
        self.assertEqual(stat.S_IMODE(os.stat(fresh).st_mode), 0o600)

    def test_nothing_is_created_when_the_key_cannot_be_stored(self):
        path = os.path.join(self.folder, "no", "keys")
        self.assertIn(os.path.dirname(path), self.webhooks("create", "--url", HOOK, "--keys-file", path, code=1).stderr)
        self.assertEqual(self.api.requests, [])

    def test_a_disabled_webhook_is_reported(self):
        self.webhooks("create", "--url", HOOK)
        next(iter(self.api.hooks.values()))["status"] = "disabled"
        self.assertIn("disabled", self.webhooks("create", "--url", HOOK, code=1).stderr)
        self.assertEqual(len(self.api.hooks), 1)

    def test_list_shows_both_generations_and_no_key(self):
        self.webhooks("create", "--url", HOOK)
        self.webhooks("create", "--url", HOOK, "--api", "v1")
        done = self.webhooks("list", TRUNKLINE_URL="http://127.0.0.1:5000/x")  # belongs to `send` only
        self.assertEqual(len(done.stdout.splitlines()), 6)
        self.assertLess(max(map(len, done.stdout.splitlines())), 160)
        printed = self.webhooks("list", "--json").stdout
        listed = json_schema.check("webhooks list", printed)["webhooks"]
        self.assertEqual([hook["api"] for hook in listed], ["2026-03-30"] + ["v1"] * 4)
        for hook in self.api.hooks.values():
            self.assertNotIn(hook["key"], done.stdout + printed)
        self.assertEqual(self.json_of("list", "--url", "https://other.example.com/")["webhooks"], [])

    def test_delete_asks(self):
        self.webhooks("create", "--url", HOOK)
        identity = next(iter(self.api.hooks))
        for answer in ("", "y\n"):
            self.assertIn("no webhook deleted", self.webhooks("delete", identity, answer=answer, code=1).stderr)
        self.webhooks("delete", identity, "--dry-run")
        self.assertIn(identity, self.api.hooks)
        self.assertEqual(self.json_of("delete", identity, "--yes"), {"deleted": [identity]})
        self.assertEqual(self.api.hooks, {})
        self.assertIn("has no webhook", self.webhooks("delete", identity, "--yes", code=1).stderr)
        self.assertIn("not the id", self.webhooks("delete", "../x", "--yes", code=1).stderr)

    def test_rotate_in_place_keeps_the_old_key_in_the_file(self):
        path = self.keys_file()
        self.webhooks("create", "--url", HOOK, "--keys-file", path)
        hook = next(iter(self.api.hooks.values()))
        old = hook["key"]
        asked = self.webhooks("rotate", hook["id"], "--in-place", answer="no\n", code=1)
        self.assertIn("gateway", asked.stderr)
        self.assertEqual(hook["key"], old)
        result = self.json_of("rotate", hook["id"], "--in-place", "--yes", "--keys-file", path)
        self.assertNotEqual(hook["key"], old)
        self.assertEqual((result["signing_key"], result["replaces"]), (hook["key"], None))
        self.assertEqual(len(self.api.hooks), 1)
        lines = self.lines_of(path)
        self.assertIn(old, lines)
        self.assertIn(hook["key"], lines)
        self.webhooks("rotate", "WH1", "--in-place", code=64)

    def test_rotate_creates_before_it_deletes(self):
        for api, prefix in (("2026-03-30", ""), ("v1", "legacy:")):
            path = self.keys_file()
            self.api.hooks.clear()
            self.webhooks(
                "create",
                "--url",
                HOOK,
                "--api",
                api,
                "--event",
                "call.completed",
                "--event",
                "call.ringing",
                "--resource",
                "PN7",
            )
            old = next(iter(self.api.hooks.values()))
            kept = dict(old)
            done = self.webhooks("rotate", old["id"], "--yes", "--keys-file", path)
            self.assertIn(f"trunkline webhooks delete {old['id']}", done.stderr)
            self.assertEqual(old, kept, "the old one delivers on, with its key")
            new = [hook for hook in self.api.hooks.values() if hook["id"] != old["id"]][0]
            for part in ("url", "events", "resourceIds", "label", "status"):
                self.assertEqual(new[part], old[part], part)
            self.assertIn(prefix + new["key"], self.lines_of(path))
            new["events"].reverse()
            refused = self.webhooks("rotate", old["id"], "--yes", code=1)
            self.assertRegex(refused.stderr, f"{new['id']}.*{old['id']}")
            self.webhooks("delete", old["id"], "--yes")
            self.api.requests.clear()
            self.webhooks("rotate", new["id"], "--keys-file", path, answer="yes\nyes\n")
            self.assertEqual(len(self.api.hooks), 1)
            self.assertNotIn(new["id"], self.api.hooks)
            order = [m.split()[0] for m in self.methods() if not m.startswith("GET")]
            self.assertEqual(order, ["POST", "DELETE"])

    def test_equivalent_webhooks_are_identified_by_their_settings(self):
        self.webhooks("create", "--url", HOOK)
        first = next(iter(self.api.hooks.values()))
        for number, change in enumerate(
            ({"resourceIds": ["PN9"]}, {"status": "disabled"}, {"events": ["call.missed"]}), 1
        ):
            self.api.hooks[str(number)] = {**first, "id": str(number), **change}  # none of them is equivalent
        self.webhooks("rotate", first["id"], "--yes")
        disabled = self.api.hooks["2"]
        made = self.json_of("rotate", disabled["id"], "--yes")["id"]
        self.assertEqual(self.api.hooks[made]["status"], "disabled", "nothing is switched on by the way")

    def test_v1_webhook_with_events_of_no_kind(self):
        hook = self.api.new_hook(
            "WH77", {"url": HOOK, "events": ["message.received", "call.new"]}, "c2VjcmV0c2VjcmV0c2VjcmV0"
        )
        done = self.webhooks("rotate", hook["id"], "--yes", code=1)
        self.assertIn("message.received, call.new", done.stderr)
        self.assertEqual([m for m in self.methods() if m.startswith("POST")], [])

    def test_webhooks_of_other_users(self):
        self.webhooks("create", "--url", HOOK, "--api", "v1", "--user", "US2", "--event", "call.ringing")
        hook = next(iter(self.api.hooks.values()))
        self.assertEqual(hook["userId"], "US2")
        self.assertEqual(self.json_of("list", "--api", "v1")["webhooks"], [])
        listed = self.json_of("list", "--api", "v1", "--user", "US2")["webhooks"]
        self.assertEqual([(each["id"], each["user"]) for each in listed], [(hook["id"], "US2")])
        again = self.json_of("create", "--url", HOOK, "--api", "v1", "--user", "US2", "--event", "call.ringing")
        self.assertEqual((again["created"], len(again["existing"])), ([], 1))
        self.webhooks("rotate", hook["id"], "--yes")
        self.assertEqual([each["userId"] for each in self.api.hooks.values()], ["US2"] * 2)
        self.webhooks("list", "--user", "a/b", code=78)

    def test_a_lost_response_to_create_is_reported(self):
        self.api.faults = [None, "lost"]
        done = self.webhooks("create", "--url", HOOK, code=1)
        lost = next(iter(self.api.hooks.values()))
        self.assertIn("may have been carried out", done.stderr)
        self.assertIn(f"trunkline webhooks delete {lost['id']}", done.stderr)
        self.webhooks("delete", lost["id"], "--yes")
        self.webhooks("create", "--url", HOOK)
        self.api.hooks.clear()
        self.api.faults = [None, "lost", (403, {})]  # and the current state is unknown
        done = self.webhooks("create", "--url", HOOK, code=3)
        self.assertIn(f"trunkline webhooks list --url {HOOK}\n", done.stderr)
        self.assertNotIn("does not show it", done.stderr)

    def test_a_response_without_a_key_is_no_success(self):
        for answer in (
            b"<html>",
            b"{}",
            b'{"data":{"id":"1025"}}',
            b'{"data":{"id":"1025","key":""}}',
            b" " * (17 << 20),
        ):
            self.api.hooks.clear()
            self.api.requests.clear()
            self.api.times.clear()  # a request rejected by the rate limit would consume the fault of the next one
            self.api.faults = [None, answer]
            done = self.webhooks("create", "--url", HOOK, "--json", code=1)
            identity = next(iter(self.api.hooks))
            self.assertIn(f"trunkline webhooks delete {identity}", done.stderr, answer[:40])
            self.assertEqual(json_schema.check("webhooks create", done.stdout)["lost"], [identity])
            self.assertEqual([m for m in self.methods() if m.startswith("POST")], ["POST /webhooks"], "sent once")

    def test_the_list_of_v1_shows_a_lost_key(self):
        path = self.keys_file()
        self.api.faults = [None, "lost"]
        self.webhooks("create", "--url", HOOK, "--api", "v1", "--keys-file", path)
        self.assertEqual(len(self.api.hooks), 4)
        for hook in self.api.hooks.values():
            self.assertIn("legacy:" + hook["key"], self.lines_of(path))

    def test_a_lost_response_to_rotate_is_reported(self):
        self.webhooks("create", "--url", HOOK)
        hook = next(iter(self.api.hooks.values()))
        for fault in ("lost", b'{"data":{}}'):
            self.api.faults = [None, fault]
            done = self.webhooks("rotate", hook["id"], "--in-place", "--yes", code=3 if fault == "lost" else 1)
            self.assertNotEqual(done.stderr, "")
        self.api.faults = [None, None, "lost"]
        done = self.webhooks("rotate", hook["id"], "--yes", code=1)
        twin = [identity for identity in self.api.hooks if identity != hook["id"]][0]
        self.assertIn(f"trunkline webhooks delete {twin}", done.stderr)

    def test_a_key_is_shown_once_and_harmless_to_a_terminal(self):
        self.api.new_key = lambda: "whsec_\x1b[31m" + "A" * 32
        for verb, typed in ((("create", "--url", HOOK), b"\n"), (("rotate", "1025", "--in-place"), b"yes\n\n")):
            terminal, ours = pty.openpty()
            env = clean_environment(OPENPHONE_API_KEY=KEY)
            process = subprocess.Popen(
                [TRUNKLINE, "webhooks", *verb, "--api-url", self.api.url],
                stdin=ours,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            os.write(terminal, typed)
            out, err = process.communicate(timeout=30)
            os.close(terminal)
            os.close(ours)
            self.assertEqual((out + err).count(b"A" * 32), 1, out + err)
            self.assertNotIn(b"\x1b", out + err)
            self.assertEqual(process.returncode, 0, err)

    def test_the_keys_file_is_required_once(self):
        """v1 has one key per webhook: four webhooks."""
        for typed, lines in ((self.keys_file(), 10), ("", 0)):
            terminal, ours = pty.openpty()
            process = subprocess.Popen(
                [TRUNKLINE, "webhooks", "create", "--url", f"{HOOK}{lines}", "--api", "v1", "--api-url", self.api.url],
                stdin=ours,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=clean_environment(OPENPHONE_API_KEY=KEY),
            )
            os.write(terminal, typed.encode() + b"\n")
            _, err = process.communicate(timeout=30)
            os.close(terminal)
            os.close(ours)
            self.assertEqual((process.returncode, err.count(b"file of the gateway to add")), (0, 1), err)
            if typed:
                self.assertEqual(len(self.lines_of(typed)), lines)

    def test_waits_for_the_lock_of_the_keys_file(self):
        path = self.keys_file()
        holder = os.open(self.folder, os.O_RDONLY)
        fcntl.flock(holder, fcntl.LOCK_EX)
        done = self.webhooks("create", "--url", HOOK, "--keys-file", path, code=1)
        self.assertIn("lock", done.stderr)
        self.assertIn(next(iter(self.api.hooks.values()))["key"], done.stdout)
        self.assertEqual(self.lines_of(path), ["# ours", OLD_KEY])
        threading.Timer(1.5, os.close, (holder,)).start()
        self.webhooks("create", "--url", HOOK + "2", "--keys-file", path)
        self.assertEqual(len(self.lines_of(path)), 4)

    def test_transient_errors_pass(self):
        self.api.faults = [(503, {}), "drop", (429, {"Retry-After": "1"})]
        self.webhooks("list", "--api", "v1")
        self.assertEqual(len(self.api.requests), 4)

    def test_create_is_not_repeated_when_its_outcome_is_unknown(self):
        for fault in ((500, {}), "drop"):
            self.api.requests.clear()
            self.api.faults = [(429, {"Retry-After": "1"}), None, fault]  # twice for the list, then for the creation
            done = self.webhooks("create", "--url", HOOK, code=3)
            self.assertIn("may have been carried out", done.stderr)
            self.assertEqual([m.split()[0] for m in self.methods()], ["GET", "GET", "POST", "GET"])
            self.assertEqual(self.api.hooks, {})

    def test_rejections_are_reported(self):
        refused = self.webhooks("list", key="other-secret-key", code=1)
        self.assertIn("0300401", refused.stderr)
        self.assertNotIn("other-secret-key", refused.stderr)
        self.webhooks("list", key=None, code=78)
        self.webhooks("create", "--url", "http://plain.example.com/x", code=78)
        self.webhooks("create", code=64)
        self.assertIn("must be https://", self.webhooks("list", url="http://api.example.com", code=78).stderr)
        self.webhooks("list", url=f"http://127.0.0.1:{free_port()}", code=3)

    def test_key_from_a_file(self):
        path = os.path.join(self.folder, "api-key")
        with open(path, "w", encoding="utf-8") as file:
            file.write(KEY + "\n")
        self.webhooks("list", "--api-key-file", path, key=None)
        with open(path, "w", encoding="utf-8") as file:
            file.write("one\r\nX-Other: two\n")
        refused = self.webhooks("list", "--api-key-file", path, key=None, code=78)
        self.assertNotIn("X-Other", refused.stderr)

    def test_rate_is_kept(self):
        self.webhooks("create", "--url", HOOK)
        hook = next(iter(self.api.hooks.values()))
        ids = [hook["id"]] * 15
        self.webhooks("delete", *ids, "--dry-run")  # requests each of them
        self.assertEqual(self.api.limited, 0)
        self.assertGreaterEqual(len(self.api.requests), 15)

    def test_recordings(self):
        self.api.recordings["AC7"] = [
            {
                "id": "CR1",
                "duration": 12.5,
                "startTime": None,
                "status": "completed",
                "type": "audio/mpeg",
                "url": "https://example.com/r.mp3?sig=1",
            }
        ]
        for call in ("AC7", "https://api.openphone.com/v1/call-recordings/AC7"):
            for api in ("v1", "2026-03-30"):
                done = self.run_verb("recordings", call, "--api", api, "--json")
                found = json_schema.check("recordings", done.stdout)["recordings"]
                self.assertEqual(
                    (found[0]["url"], found[0]["duration_seconds"]), ("https://example.com/r.mp3?sig=1", 12.5)
                )
        self.assertIn("404", self.run_verb("recordings", "AC8", code=1).stderr)
        self.run_verb("recordings", "a/b", code=64)

    def test_a_proxy_never_gets_the_key_in_clear(self):
        with socket.create_server(("127.0.0.1", 0)) as proxy:
            proxy.settimeout(0.2)
            at = f"http://127.0.0.1:{proxy.getsockname()[1]}"
            self.webhooks("list", http_proxy=at, all_proxy=at, ALL_PROXY=at, no_proxy="")
            with self.assertRaises(TimeoutError):
                proxy.accept()

    def test_a_proxy_for_https_gets_a_tunnel(self):
        tls = self.api_with_tls()
        heads = []
        with socket.create_server(("127.0.0.1", 0)) as proxy:

            def serve():
                client, _ = proxy.accept()
                heads.append(client.recv(65536))
                with client, socket.create_connection(tls.server.server_address) as upstream:
                    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    back = threading.Thread(target=self.relay, args=(upstream, client))
                    back.start()
                    self.relay(client, upstream)
                    back.join(10)

            threading.Thread(target=serve, daemon=True).start()
            self.webhooks(
                "list",
                "--api",
                "v1",
                "--ca-file",
                f"{self.folder}/ca.pem",
                url=tls.url,
                https_proxy=f"http://127.0.0.1:{proxy.getsockname()[1]}",
                no_proxy="",
            )
        self.assertTrue(heads and heads[0].startswith(b"CONNECT "), heads)
        self.assertNotIn(KEY.encode(), heads[0])

    @staticmethod
    def relay(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=self.folder)

    def api_with_tls(self):
        """Creates a certificate and ca.pem in a folder, which the program trusts."""
        name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        self.openssl(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=Test CA",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
        )
        self.openssl("req", "-newkey", "rsa:2048", "-nodes", *name, "-keyout", "own.key", "-out", "own.csr")
        self.openssl(
            "x509",
            "-req",
            "-in",
            "own.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-copy_extensions",
            "copy",
            "-out",
            "own.pem",
        )
        tls = ProviderApi(certificate=(f"{self.folder}/own.pem", f"{self.folder}/own.key"))
        self.addCleanup(tls.close)
        return tls

    def test_certificates_are_verified(self):
        tls = self.api_with_tls()
        self.assertIn("certificate", self.webhooks("list", url=tls.url, code=1).stderr)
        self.assertEqual(tls.requests, [], "the key was not sent")
        self.webhooks("list", "--ca-file", f"{self.folder}/ca.pem", url=tls.url)
        other = tls.url.replace("127.0.0.1", "localhost")
        self.webhooks("list", "--ca-file", f"{self.folder}/ca.pem", url=other, code=1)
