#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""A fake of the provider's API, of both generations: strict about paths, headers and bodies, with responses in the
form of the real one.

tests/support/provider_api.py --port 9100 [--deliver-to http://127.0.0.1:5000/api/webhooks/openphone]

It accepts the API key "fake-api-key" and runs until it is stopped. Test events and redeliveries go to --deliver-to,
signed, instead of the webhook's own URL.
"""
import argparse
import base64
import collections
import hashlib
import hmac
import http.server
import json
import re
import ssl
import threading
import time
import urllib.parse
import urllib.request
import uuid

KEY = "fake-api-key"
OWNER = "US1"  # of the workspace: its v1 webhooks are listed without userId
VERSION = "2026-03-30"
SAMPLE = "EVsample0000000000000000000000000"  # the one id of all test events
MAX_WEBHOOKS = 50
V1_KINDS = {
    "messages": {"message.received", "message.delivered"},
    "calls": {"call.completed", "call.ringing", "call.recording.completed"},
    "call-summaries": {"call.summary.completed"},
    "call-transcripts": {"call.transcript.completed"},
}
EVENTS = set().union(*V1_KINDS.values()) | {
    "message.failed",
    "message.undelivered",
    "call.answered",
    "call.missed",
    "call.forwarded",
    "call.menu.selected",
    "call.voicemail.completed",
    "contact.updated",
    "contact.deleted",
}


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())


class Refused(Exception):
    def __init__(self, status, message, code="0300400", headers=None, errors=None):
        super().__init__(message)
        self.status, self.code, self.headers, self.errors = status, code, headers or {}, errors


class ProviderApi:
    """key: the expected Authorization. faults, one per request: None, (status, headers) instead of a response, "drop":
    no response, "lost": executed, and no response; bytes: executed, and these as the response. old_scheme: ids of
    webhooks that sign in the older way, without webhook-id. takes: seconds before each response."""

    def __init__(self, port=0, deliver_to=None, certificate=None, key=KEY):
        self.key, self.deliver_to = key, deliver_to
        self.hooks, self.deliveries, self.faults = {}, collections.defaultdict(list), []
        self.requests, self.times, self.lock = [], collections.deque(), threading.RLock()
        self.recordings, self.limited, self.next_id, self.old_scheme = {}, 0, 1024, set()
        self.takes = 0
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def do(self):
                owner.handle(self)

            do_GET = do_POST = do_DELETE = do_PATCH = do

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.handle_error = lambda *_: None  # clients may abort the handshake
        self.server.daemon_threads = True
        self.scheme = "http"
        if certificate:  # (chain, key)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
            self.scheme = "https"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def handle(self, http_request):
        body = http_request.rfile.read(int(http_request.headers.get("Content-Length") or 0))
        time.sleep(self.takes)
        with self.lock:
            self.requests.append((http_request.command, http_request.path, dict(http_request.headers), body))
            fault = self.faults.pop(0) if self.faults else None
            try:
                if fault == "drop":
                    http_request.close_connection = True
                    return
                if isinstance(fault, tuple):
                    raise Refused(fault[0], "Trouble", headers=fault[1])
                status, answer = self.answer(http_request, body)
                if fault == "lost":
                    http_request.close_connection = True
                    return
            except Refused as refused:
                status, answer = refused.status, {
                    "message": str(refused),
                    "code": refused.code,
                    "status": refused.status,
                    "docs": "https://example.com/docs",
                    "title": "Error",
                    "errors": refused.errors or [],
                }
                headers = refused.headers
            else:
                headers = {}
        data = b"" if answer is None else json.dumps(answer).encode()
        if isinstance(fault, bytes):
            data = fault
        http_request.send_response(status)
        for name, value in headers.items():
            http_request.send_header(name, value)
        http_request.send_header("Content-Type", "application/json")
        if status != 204:
            http_request.send_header("Content-Length", str(len(data)))
        http_request.end_headers()
        http_request.wfile.write(data)

    def answer(self, http_request, body):
        self.check_rate()
        path, _, query = http_request.path.partition("?")
        headers, method = http_request.headers, http_request.command
        version = headers.get("Quo-Api-Version")
        if path.startswith("/v1/"):
            if version is not None:
                raise Refused(400, "Version header is not for v1", "0305400")
        elif version != VERSION:
            raise Refused(400, "Missing or unknown Quo-Api-Version", "0305400")
        if headers.get("Authorization") != self.key:  # also rejects a Bearer prefix
            raise Refused(401, "Unauthorized", "0300401")
        value = None
        if method in ("POST", "PATCH"):
            if headers.get("Content-Type") != "application/json":
                raise Refused(400, "Content-Type must be application/json")
            value = json.loads(body)
        elif body:
            raise Refused(400, "no body is expected")
        route = self.v1 if path.startswith("/v1/") else self.current
        found = route(method, path, dict(urllib.parse.parse_qsl(query, strict_parsing=bool(query))), value)
        if found is None:
            raise Refused(404, "Not Found", "0300404")
        return found

    def check_rate(self):
        at = time.monotonic()
        while self.times and self.times[0] < at - 1:
            self.times.popleft()
        if len(self.times) >= 10:
            self.limited += 1
            raise Refused(429, "Too Many Requests", "0300429")
        self.times.append(at)

    def v1(self, method, path, query, value):
        if path == "/v1/webhooks" and method == "GET":
            user = query.pop("userId", OWNER)
            if query:
                raise Refused(400, "Bad Request", "0304400")
            return 200, {"data": [hook for hook in self.hooks.values() if hook.get("userId") == user]}
        if match := re.fullmatch("/v1/webhooks/([a-z-]+)", path):
            if method == "POST" and match[1] in V1_KINDS:
                self.check_hook(value, V1_KINDS[match[1]], more={"userId"})
                hook = self.new_hook(
                    f"WH{uuid.uuid4().hex[:12]}", value, base64.b64encode(uuid.uuid4().bytes * 2).decode()
                )
                return 201, {"data": hook}
            return None
        if match := re.fullmatch("/v1/webhooks/(WH[0-9a-f]+)", path):
            if method == "GET" and match[1] in self.hooks:
                return 200, {"data": self.hooks[match[1]]}
            if method == "DELETE" and self.hooks.pop(match[1], None):
                return 204, None
        if match := re.fullmatch("/v1/call-recordings/([A-Za-z0-9]+)", path):
            if method == "GET" and match[1] in self.recordings:
                return 200, {"data": self.recordings[match[1]]}
        return None

    def current(self, method, path, query, value):
        if path == "/webhooks" and method == "GET":
            return 200, {"data": [self.public(hook) for hook in self.hooks.values() if hook["id"].isdigit()]}
        if path == "/webhooks" and method == "POST":
            self.check_hook(value, EVENTS)
            self.next_id += 1
            return 201, {"data": self.new_hook(str(self.next_id), value, self.new_key())}
        if match := re.fullmatch("/calls/([A-Za-z0-9]+)/recordings", path):
            if method == "GET" and match[1] in self.recordings:
                return 200, {"data": self.recordings[match[1]]}
        match = re.fullmatch("/webhooks/([0-9]+)(/.*)?", path)
        hook = match and self.hooks.get(match[1])
        return self.of_hook(method, hook, match[2] or "", query, value) if hook else None

    def of_hook(self, method, hook, rest, query, value):
        if rest == "" and method == "DELETE":
            del self.hooks[hook["id"]]
            return 204, None
        if rest == "" and method == "GET":
            return 200, {"data": self.public(hook)}
        if rest == "/rotate" and method == "POST":
            hook["key"] = self.new_key()
            return 200, {"data": {"key": hook["key"]}}
        if rest == "/events/test" and method == "POST":
            if set(value) != {"eventType"} or value["eventType"] not in hook["events"]:
                raise Refused(
                    400,
                    "Bad Request",
                    "0304400",
                    errors=[{"path": "/eventType", "message": "not one of this webhook's"}],
                )
            return 200, self.test_event(hook, value["eventType"])
        if rest == "/events" and method == "GET":
            return 200, self.page(hook, query)
        if match := re.fullmatch("/events/(msg_[A-Za-z0-9]+)/retry", rest):
            for item, body in self.deliveries[hook["id"]]:
                if method == "POST" and item["id"] == match[1]:
                    self.deliver(hook, item, body)
                    return 202, {}
        return None

    def page(self, hook, query):
        if (
            set(query) - {"limit", "after", "status", "eventType", "createdAt[gt]"}
            or not 1 <= int(query.get("limit", 10)) <= 50
        ):
            raise Refused(400, "Bad Request", "0304400")
        items = [
            item
            for item, _ in reversed(self.deliveries[hook["id"]])
            if query.get("status", item["status"]) == item["status"]
            and query.get("eventType", item["eventType"]) == item["eventType"]
            and item["createdAt"] > query.get("createdAt[gt]", "")
        ]
        start, limit = int(query.get("after", 0)), int(query.get("limit", 10))
        end = start + limit
        return {"data": items[start:end], "nextCursor": str(end) if end < len(items) else None}

    @staticmethod
    def new_key():
        return "whsec_" + base64.b64encode(uuid.uuid4().bytes * 2).decode()

    @staticmethod
    def public(hook):
        return {name: value for name, value in hook.items() if name != "key"}

    def check_hook(self, value, events, more=()):
        if len(self.hooks) >= MAX_WEBHOOKS:
            raise Refused(400, "Too many webhooks in this workspace", "0304400")
        if (
            set(value) - {"url", "events", "label", "resourceIds", "status", *more}
            or not value.get("events")
            or not set(value["events"]) <= events
            or not str(value.get("url")).startswith("https://")
            or value.get("status", "enabled") not in ("enabled", "disabled")
        ):
            raise Refused(
                400,
                "Bad Request",
                "0304400",
                errors=[{"path": "/events", "message": "Invalid webhook", "value": None, "schema": {}}],
            )

    def new_hook(self, identity, value, key):
        hook = {
            "id": identity,
            "orgId": "OR1",
            "label": value.get("label"),
            "status": value.get("status", "enabled"),
            "url": value["url"],
            "key": key,
            "createdAt": now(),
            "updatedAt": now(),
            "events": value["events"],
            "resourceIds": value.get("resourceIds", ["*"]),
        }
        if identity.startswith("WH"):
            hook |= {"userId": value.get("userId", OWNER), "deletedAt": None}
        self.hooks[identity] = hook
        return dict(hook)

    @staticmethod
    def payload(event_type, event_id, resource_id, at):
        return {
            "id": event_id,
            "apiVersion": VERSION,
            "createdAt": at,
            "type": event_type,
            "data": {
                "resource": {
                    "id": resource_id,
                    "text": "Test",
                    "direction": "incoming",
                    "status": "received",
                    "createdAt": at,
                },
                "context": {
                    "orgId": "OR1",
                    "phoneNumberId": "PN1",
                    "conversationId": "CN1",
                    "userId": None,
                    "contacts": {"ids": [], "lookupStatus": "none"},
                    "senderIdentifier": "+14155550111",
                    "recipientIdentifiers": ["+14155550100"],
                },
                "links": {"quo": None},
            },
        }

    def happen(self, hook, event_type, delivered=True, status="success"):
        """Logs and delivers an event of that type. Returns the log's item."""
        event = self.payload(event_type, "EV" + uuid.uuid4().hex, "AC" + uuid.uuid4().hex, now())
        return self.log(hook, event, event["id"], event["data"]["resource"]["id"], delivered, status)

    def test_event(self, hook, event_type):
        """Delivers the same sample each time; the log does not identify it, only the delivery is new."""
        sample = self.payload(event_type, SAMPLE, "ACsample", "2026-03-30T00:00:00.000Z")
        self.log(hook, sample, None, None, True, "sending")
        return sample

    def log(self, hook, event, event_id, resource_id, delivered, status):
        item = {
            "id": "msg_" + uuid.uuid4().hex,
            "eventId": event_id,
            "resourceId": resource_id,
            "eventType": event["type"],
            "status": status,
            "nextAttemptAt": None,
            "createdAt": now(),
        }
        body = json.dumps(event).encode()
        self.deliveries[hook["id"]].append((item, body))
        if delivered and hook["status"] == "enabled":
            self.deliver(hook, item, body)
        return item

    def deliver(self, hook, item, body):
        if self.deliver_to:
            headers = self.sign(hook, item, body)
            threading.Thread(target=self.post, args=(headers, item, body), daemon=True).start()

    def sign(self, hook, item, body):
        old = hook["id"] in self.old_scheme
        at = str(int(time.time() * (1000 if old else 1)))
        signed = (f"{at}." if old else f"{item['id']}.{at}.").encode() + body
        key = base64.b64decode(hook["key"].removeprefix("whsec_"))
        digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        if old:
            return {"openphone-signature": f"hmac;1;{at};{digest}"}
        return {"webhook-id": item["id"], "webhook-timestamp": at, "webhook-signature": "v1," + digest}

    def post(self, headers, item, body):
        request = urllib.request.Request(self.deliver_to, body, {"Content-Type": "application/json", **headers})
        try:
            with urllib.request.urlopen(request, timeout=10):
                item["status"] = "success"
        except OSError:
            item["status"] = "failed"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--deliver-to", metavar="URL")
    options = parser.parse_args()
    fake = ProviderApi(options.port, options.deliver_to)
    fake.recordings["AC123abc"] = [
        {
            "id": "CR1",
            "duration": 300,
            "startTime": now(),
            "status": "completed",
            "type": "audio/mpeg",
            "url": "https://example.com/CR1.mp3?expires=1",
        }
    ]
    print(f"serving at {fake.url}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
