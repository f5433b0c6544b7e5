# SPDX-License-Identifier: Apache-2.0
"""Inserts event rows into PostgreSQL and runs the commands for events on them."""
import json
import os
import subprocess
import time

import json_schema
from seeds import limit
from servers import clean_environment

TRUNKLINE = os.path.join(os.environ["TRUNKLINE_BIN"], "trunkline")

# Many rows in one statement: {count} of a state, one second apart, the newest now; n counts from {first}.
MANY = """insert into webhook_events (event_key, event_id, event_type, state, error_message, sqlstate, attempts,
  next_attempt_at, received_at, finished_at, delivery_id, entry_id, scheme, key_index, parser_version, activity_id,
  payload)
  select sha256(convert_to('many' || n, 'UTF8')), 'EVM' || n, {type}, '{state}', {error}, {sqlstate}, 0,
    case when '{state}' = 'retrying' then now() + n * interval '1 second' end,
    now() - ({first} + {count} - n) * interval '1 second',
    case when '{state}' <> 'retrying' then now() - ({first} + {count} - n) * interval '1 second' end,
    'D' || n, (1700000000000 + n) || '-0', 'hex', 0, 1, 'AC' || n % 1000, '{{}}'
  from generate_series({first}, {first} + {count} - 1) n"""


def many(postgres, count, state, first=1, type="'message.received'", error="null", sqlstate="null"):
    postgres.psql(MANY.format(count=count, state=state, first=first, type=type, error=error, sqlstate=sqlstate))


def insert(
    postgres,
    number,
    state="processed",
    kind="message.received",
    error=None,
    sqlstate=None,
    ago="1 minute",
    body=None,
    activity=None,
    due="1 hour",
    attempts=0,
):
    """Inserts one row with ids EV<number>, DEL<number> and so on; returns its id."""

    def text(value):
        return "null" if value is None else "$q$%s$q$" % value

    waits = "true" if state in ("retrying", "paused") else "false"
    body = body if body is not None else json.dumps({"id": f"EV{number}"})
    return int(
        postgres.psql(
            "insert into webhook_events (event_key, event_id, event_type, state, error_message, sqlstate, attempts, "
            "next_attempt_at, received_at, finished_at, delivery_id, entry_id, scheme, key_index, parser_version, "
            f"activity_id, payload) select sha256('one{number}'), 'EV{number}', {text(kind)}, '{state}', {text(error)}, "
            f"{text(sqlstate)}, {attempts}, case when {waits} then now() + interval '{due}' end, "
            f"now() - interval '{ago}', case when not {waits} then now() - interval '{ago}' end, "
            f"'DEL{number}', '170000000000{number}-0', 'standard', 1, 1, {text(activity)}, {text(body)} returning id"
        )
    )


class Commands:
    """A mixin for a TestCase: self.command("events list", ...) runs with self.postgres, as a role."""

    role = "readonly"
    redis_url = None

    def command(self, name, *arguments, answer="", role=None, within=None, text=True):
        start = time.monotonic()
        command = [TRUNKLINE, *name.split(), *arguments, "--postgres", self.postgres.url_of(role or self.role)]
        if name == "events show" and self.redis_url:
            command += ["--redis", self.redis_url]
        done = subprocess.run(
            command,
            input=answer if text else answer.encode(),
            capture_output=True,
            text=text,
            timeout=60,
            env=clean_environment(),
        )
        if within:
            self.assertLess(time.monotonic() - start, limit(within), name)
        return done

    def ok(self, name, *arguments, **how):
        done = self.command(name, *arguments, **how)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def json(self, name, *arguments, **how):
        return json_schema.check(name, self.ok(name, *arguments, "--json", **how))
