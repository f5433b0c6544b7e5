# SPDX-License-Identifier: Apache-2.0
"""Ten thousand deliveries with strings that must not appear in any output; many of them fail, each in another way."""
import base64
import json
import os
import re
import threading

from gateway_harness import Client, request, sign_hex, sign_legacy, sign_standard
from pipeline import BIN, Pipeline, clean_environment

# Keys in the form that the gateway expects: words that no hash or id contains by chance.
HEX_SECRET = "zqx-hex-signing-key-0001-of-the-canary-test"
LEGACY_SECRET = b"zqx legacy signing key of 32 b.."
STANDARD_SECRET = b"zqx standard signing key of 32 b"
REDIS_SECRET, POSTGRES_SECRET, API_SECRET = "zqxRedisPassword", "zqxPostgresPassword", "zqxProviderApiKey"
KEYS = (
    HEX_SECRET,
    "legacy:" + base64.b64encode(LEGACY_SECRET).decode(),
    "whsec_" + base64.b64encode(STANDARD_SECRET).decode(),
)
NUMBERS = [f"415555010{n}" for n in range(10)]  # fictitious; only their last two digits are logged
MARK = "zqxPrivate"  # part of every text, name, transcript, address and query string


def forms(secret):
    """Returns the encodings in which it could appear: plain, hex, base64 (both alphabets, padded or not)."""
    raw = secret.encode() if isinstance(secret, str) else secret
    yield raw
    yield raw.hex().encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).rstrip(b"=")


CANARIES = {MARK.encode().lower(), *(n.encode() for n in NUMBERS)}
for one in (HEX_SECRET, LEGACY_SECRET, STANDARD_SECRET, REDIS_SECRET, POSTGRES_SECRET, API_SECRET):
    CANARIES |= {form.lower() for form in forms(one)}
NUMBERLESS = CANARIES - {n.encode() for n in NUMBERS}


def pattern(canaries):
    return re.compile(b"|".join(re.escape(c) for c in sorted(canaries)))


ANY, ANY_BUT_NUMBERS = pattern(CANARIES), pattern(NUMBERLESS)


def found_in(data, which=ANY):
    """Returns the lines that contain a canary, shortened."""
    data = data.encode() if isinstance(data, str) else data
    return [line[:400] for line in data.split(b"\n") if which.search(line.lower())]


def number(n):
    return "+1" + NUMBERS[n % len(NUMBERS)]


def message(n, text="", **more):
    return {
        "id": f"ZQM{n}",
        "conversationId": f"ZQC{n % 40}",
        "direction": "incoming",
        "from": number(n),
        "to": [number(n + 1)],
        "createdAt": "2026-06-09T09:02:11.000Z",
        "text": f"{MARK} {text} {number(n + 2)}",
        "media": [f"https://media.example/{n}.jpg?token={MARK}{n}&sig=1"],
        **more,
    }


def good(n):
    """Yields events of every kind that are applied."""
    kind = n % 5
    if kind < 2:
        return "message.received", message(n)
    if kind == 2:
        return "call.recording.completed", {
            "id": f"ZQR{n}",
            "callId": f"ZQL{n}",
            "duration": 3,
            "url": f"https://media.example/{n}.mp3?token={MARK}",
        }
    if kind == 3:
        return "call_summary.created", {
            "callId": f"ZQL{n}",
            "summary": f"{MARK} {number(n)}",
            "nextSteps": [MARK],
            "keyPoints": [f"call {number(n)}"],
        }
    return "call_transcript.created", {
        "callId": f"ZQL{n}",
        "transcript": {
            "confidence": 0.9,
            "dialogue": [{"speaker": f"{MARK} Dana", "text": f"{MARK} {number(n)}", "timestamp": "00:00:02"}],
        },
    }


def hopeless(n):
    """Yields bodies that can never be an event."""
    whole = json.dumps({"type": "message.received", "data": {"object": message(n)}}).encode()
    obj = message(n)
    return (
        whole[:-9],
        b"\xff" + whole,
        f"{MARK} {number(n)}".encode(),
        b'"' + MARK.encode() + b'"',
        whole + whole,
        json.dumps({"type": {MARK: number(n)}, "data": {"object": obj}}).encode(),
        json.dumps({"type": "message.received", "data": MARK + number(n)}).encode(),
        json.dumps({"type": "message.received", "data": {"object": {**obj, "id": {MARK: 1}}}}).encode(),
        json.dumps({"type": "message.received", "data": {"object": {**obj, "id": (MARK + number(n)) * 20}}}).encode(),
        json.dumps({"type": "contact.updated", "data": {"object": {"firstName": MARK}}}).encode(),
        b'{"%s it": 1, "%s it": 2, %s' % (MARK.encode(), MARK.encode(), whole[1:]),
        b'{"%s%s": "\\ud800", %s' % (MARK.encode(), number(n).encode(), whole[1:]),
    )[n % 12]


def body_of(n):
    if n % 50 == 5:  # rejected by PostgreSQL, see TRIGGER
        name, resource = "message.received", message(n, text="boom-" + BOOMS[n // 50 % len(BOOMS)])
    elif n % 10 < 7:
        name, resource = good(n)
    else:
        return hopeless(n)
    return json.dumps({"id": f"ZQE{n}", "type": name, "data": {"object": resource}}).encode()


BOOMS = ("raise", "check", "cast", "range", "unique", "lie", "warn")
# Each way in which an error message of a server can contain the row.
TRIGGER = """
create table taken (words text unique);
insert into taken values ('boom-unique');
create function refuse() returns trigger language plpgsql as $$
declare number bigint;
begin
  case substring(new.body from 'boom-[a-z]+')
    when 'boom-raise' then raise exception 'refused: %', new.body using detail = new.body, hint = new.body;
    when 'boom-check' then raise check_violation using message = 'new row: ' || new.body;
    when 'boom-cast' then number := new.body::bigint;
    when 'boom-range' then number := ('4155550' || substring(new.from_number from 9))::smallint;
    when 'boom-unique' then insert into taken values ('boom-unique');
    when 'boom-lie' then raise exception E'x\\nCONTEXT:  % at RAISE', new.body;
    when 'boom-warn' then raise warning 'noted %', new.body;
      raise exception using errcode = '22023', message = new.body;
    else null;
  end case;
  return new;
end $$;
create trigger refuse before insert on activities for each row execute function refuse();
grant select, insert on taken to trunkline_worker;
"""


class CanaryPipeline(Pipeline):
    """Every program at log level debug, with secrets that the test has chosen."""

    def start(self, program, *options):
        role = program.removeprefix("trunkline-")
        self.redis.command("ACL", "SETUSER", f"trunkline-{role}", f">{REDIS_SECRET}")
        return super().start(
            program,
            *options,
            "--log-level",
            "debug",
            *(
                ("--max-requests-per-connection", "100000")
                if role == "gateway"
                else (
                    "--max-attempts",
                    "2",
                    "--retry-base",
                    "50ms",
                    "--retry-poll-interval",
                    "50ms",
                    "--heartbeat-interval",
                    "100ms",
                )
            ),
        )

    def environment(self, role):
        """Returns the environment of a program: addresses with the canary passwords."""
        url = self.redis.url_of(role).replace(f"{role}-password", REDIS_SECRET)
        if role == "gateway":
            return {"REDIS_URL": url, "TRUNKLINE_SIGNING_KEYS": self.keys}
        return {"REDIS_URL": url, "DATABASE_URL": self.postgres.url_of("worker").replace("@", f":{POSTGRES_SECRET}@")}


def signed(n, body):
    """Returns the headers of delivery n: all schemes; one in 20 is rejected, for various reasons."""
    extra = {"User-Agent": f"{MARK}/{number(n)}", "Authorization": f"Bearer {MARK}", "X-Note": MARK}
    how = n % 3
    headers = (
        sign_hex(body, HEX_SECRET)
        if how == 0
        else sign_legacy(body, KEYS[1])
        if how == 1
        else sign_standard(body, KEYS[2], delivery=f"zqd_{n}")
    )
    if n % 20 == 19:
        name = next(k for k in headers if "signature" in k)
        headers[name] = (
            MARK,
            headers[name][:-6] + "aaaaaa",
            HEX_SECRET,
            "v1," + base64.b64encode(STANDARD_SECRET).decode(),
            "",
        )[n // 20 % 5]
    return {**headers, **extra}


def flood(gateway, numbers, threads=12):
    """Sends them; returns {status: count} and one example of each response."""
    counts, answers, lock = {}, {}, threading.Lock()

    def send(mine):
        client = Client(gateway, timeout=30)
        for n in mine:
            body = body_of(n)
            client.send(request(body, headers=signed(n, body)))
            answer = client.read()
            if answer.closes:
                client.close()
                client = Client(gateway, timeout=30)
            with lock:
                counts[answer.status] = counts.get(answer.status, 0) + 1
                answers[answer.status] = f"{answer.headers} {answer.body}"
        client.close()

    workers = [threading.Thread(target=send, args=(numbers[i::threads],)) for i in range(threads)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    return counts, answers


def program(name, *arguments, **env):
    return [os.path.join(BIN, name), *arguments], clean_environment(**env)
