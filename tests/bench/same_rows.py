# SPDX-License-Identifier: Apache-2.0
"""Runs before any measurement: every writer applies the same events, one after the other, and must leave the same
rows."""
import concurrent.futures
import http.client

import bodies
import comparing
import contenders
import copying
import drain
import fill

EVENTS = 1000
CLIENTS = 8


def check(servers, programs, connections):
    """The servers are empty afterwards."""
    servers.forget()
    fill.stream(servers.redis, EVENTS)
    drain.run(servers, lambda: [drain.ours(servers, programs)], drain.entries_left)
    drain.check_rows(servers, EVENTS)
    wanted, all_of_it = comparing.shared(servers.postgres), comparing.whole(servers.postgres)
    for count in {1, connections}:
        copying.measure(servers, copying.keep(servers.postgres, count), EVENTS)
        comparing.check_same(all_of_it, comparing.whole(servers.postgres), f"COPY by {count}")
    servers.forget()
    fill.jobs(servers.redis, EVENTS)
    drain.run(servers, lambda: [drain.bullmq(servers)], drain.jobs_left)
    comparing.check_same(wanted, comparing.shared(servers.postgres), "the BullMQ worker")
    flask = contenders.Flask(servers)
    try:
        servers.forget()
        _post(flask.port)
    finally:
        flask.close()
    comparing.check_same(wanted, comparing.shared(servers.postgres), "Flask")
    servers.forget()
    print(f"  our worker, COPY, BullMQ and Flask leave the same rows of {EVENTS:,} events", flush=True)


def _post(port):
    """Sends all of them, with several clients at once."""

    def take(share):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for number, body in share:
            connection.request("POST", bodies.PATH, body, bodies.sign(body, number))
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"Flask answered {answer.status}")
        connection.close()

    numbered = list(enumerate(fill.events(EVENTS)))
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(take, [numbered[i::CLIENTS] for i in range(CLIENTS)]))
