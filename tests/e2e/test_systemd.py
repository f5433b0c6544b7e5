# SPDX-License-Identifier: Apache-2.0
"""The packages on a machine with its own systemd, as in docs/install.md: installed, started, restarted and upgraded
under load, killed, misconfigured, purged. The servers are private ones outside it."""
import os
import re
import shutil
import socket
import sys
import tempfile
import threading
import unittest

import debs
import scrape
from gateway_harness import HEX_KEY, request
from servers import Postgres, Redis, free_port, wait_for
from systemd_machine import CannotBoot, Machine

BIN = os.path.abspath(os.environ["TRUNKLINE_BIN"])


def free_instances(count):
    """Names of workers whose ports, 51NN, are free."""
    found = []
    for number in range(10, 99):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", 5100 + number)):
                found.append(f"{number}")
        if len(found) == count:
            return found
    raise RuntimeError("all ports are taken")


class Load:
    """Sends deliveries over new connections, one after the other, from several threads."""

    def __init__(self, port, threads=3):
        self.port, self.answers, self.trouble, self.done = port, [], [], threading.Event()
        self.threads = [threading.Thread(target=self._send, args=(n,)) for n in range(threads)]
        for thread in self.threads:
            thread.start()

    def _send(self, place):
        number = 0
        while not self.done.wait(0.01):
            number += 1
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=20) as s:
                    s.sendall(request(b'{"id":"%d-%d"}' % (place, number)))
                    self.answers.append(int(s.recv(4096).split(b" ")[1]))
            except (OSError, IndexError) as error:
                self.trouble.append(repr(error))

    def wait_responses(self):
        so_far = len(self.answers)
        wait_for(lambda: len(self.answers) > so_far + 30 or self.trouble, "more answers")

    def stop(self):
        self.done.set()
        for thread in self.threads:
            thread.join()


class Systemd(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="trunkline-machine-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self.machine = Machine(self.folder)
        except CannotBoot as why:
            self.skipTest(str(why))
        self.addCleanup(self.machine.close)
        debs.make(self.folder, "0.1.0", "0.1.1")
        self.redis, self.postgres = Redis(), Postgres()
        self.addCleanup(self.redis.close)
        self.addCleanup(self.postgres.close)
        self.postgres.migrate(f"{BIN}/trunkline")
        self.port, self.ops, self.queue = free_port(), free_port(), free_port()
        self.workers = free_instances(2)
        self.services = [
            f"trunkline-{name}" for name in ("gateway", "exporter", *(f"worker@{n}" for n in self.workers))
        ]

    def install(self):
        redis, postgres = self.redis.url_of, self.postgres.url_of
        self.machine.run(
            f"""
            dpkg -i /mnt/0.1.0/*.deb
            cd /etc/trunkline
            echo 'REDIS_URL={redis("gateway")}' >>gateway.env
            echo 'TRUNKLINE_OPS_LISTEN=127.0.0.1:{self.ops}' >>gateway.env
            printf 'REDIS_URL={redis("worker")}\\nDATABASE_URL={postgres("worker")}\\n' >>worker.env
            printf 'TRUNKLINE_CLAIM_AFTER=1s\\nTRUNKLINE_RECLAIM_INTERVAL=500ms\\n' >>worker.env
            printf 'REDIS_URL={redis("operator")}\\nDATABASE_URL={postgres("readonly")}\\n' >>exporter.env
            echo 'TRUNKLINE_EXPORTER_LISTEN=127.0.0.1:{self.queue}' >>exporter.env
            echo '{HEX_KEY}' | install -m 600 /dev/stdin signing-keys
            mkdir /etc/systemd/system/trunkline-gateway.socket.d
            printf '[Socket]\\nListenStream=\\nListenStream=127.0.0.1:{self.port}\\n' \\
              >/etc/systemd/system/trunkline-gateway.socket.d/port.conf
            systemctl daemon-reload
            systemctl enable --now trunkline-gateway.socket trunkline-gateway trunkline-exporter
            systemctl enable --now trunkline-worker@{{{",".join(self.workers)}}} trunkline-workers.target
        """
        )

    def pids(self):
        return {name: int(self.machine.property(name, "MainPID")) for name in self.services}

    def assert_running(self):
        for name in self.services:
            wait_for(lambda name=name: self.machine.property(name, "ActiveState") == "active", f"{name} to run")
            self.assertNotEqual(self.machine.property(name, "MainPID"), "0", name)

    def rows(self):
        return int(
            self.postgres.psql("select (select count(*) from webhook_events) + (select count(*) from event_copies)")
        )

    def test_installed_used_upgraded_and_purged(self):
        self.install()
        self.assert_running()
        load = Load(self.port)
        self.addCleanup(load.stop)
        load.wait_responses()
        self.assertRegex(
            self.machine.property("trunkline-gateway", "StatusText"), f"accepting deliveries at 127.0.0.1:{self.port}"
        )
        for address in (self.ops, self.queue, *(f"51{n}" for n in self.workers)):
            wait_for(lambda address=address: scrape.get(f"127.0.0.1:{address}", "/readyz")[0] == 200, "readiness")
            self.assertGreater(scrape.Page(f"127.0.0.1:{address}").value("process_open_fds"), 3)
        self.confined()

        self.machine.run("systemctl restart trunkline-gateway")
        load.wait_responses()
        self.upgraded()
        load.wait_responses()
        self.killed()
        load.wait_responses()
        load.stop()
        self.assertEqual((load.trouble, set(load.answers)), ([], {200}), self.machine.journal())
        wait_for(lambda: self.rows() == len(load.answers), f"{len(load.answers)} rows")

        self.misconfigured()
        said = self.machine.run(
            """
            dpkg --purge trunkline-gateway trunkline-worker trunkline
            systemctl list-units --all --plain --no-legend 'trunkline*.service' 'trunkline*.socket'
            ! ls -d /etc/trunkline /usr/bin/trunkline* /lib/systemd/system/trunkline*
            ! getent passwd trunkline-gateway
        """
        )
        self.assertNotIn(" running ", said)
        print(f"measured: {len(load.answers)} connections over a restart and an upgrade, none refused", file=sys.stderr)

    def confined(self):
        for name, pid in self.pids().items():
            status = self.machine.run(f"cat /proc/{pid}/status")
            self.assertRegex(status, r"\nSeccomp:\s+2\n", name)
            self.assertRegex(status, r"\nCapEff:\s+0+\n", name)
            self.assertRegex(status, r"\nNoNewPrivs:\s+1\n", name)
            user = "trunkline-" + re.match("trunkline-([a-z]+)", name)[1]
            self.assertEqual(self.machine.run(f"ps -o user:32= -p {pid}").strip(), user)

    def upgraded(self):
        before = self.pids()
        self.machine.run("dpkg -i /mnt/0.1.1/*.deb")
        self.assert_running()
        for name, pid in self.pids().items():
            self.assertNotEqual(pid, before[name], f"{name} was not restarted")

    def killed(self):
        worker = self.services[-1]
        before = self.pids()[worker]
        self.machine.run(f"systemctl kill --signal=KILL {worker}")
        wait_for(lambda: self.pids()[worker] not in (0, before), "the worker to be back")
        self.assert_running()

    def misconfigured(self):
        """Stays down until the configuration is fixed."""
        worker = self.services[-1]
        self.machine.run(
            "cp -p /etc/trunkline/worker.env /root/ && echo TRUNKLINE_BATCH=many >>/etc/trunkline/worker.env"
        )
        self.machine.ask(f"systemctl restart {worker}")
        wait_for(lambda: self.machine.property(worker, "ActiveState") == "failed", "the failure")
        self.assertEqual(self.machine.property(worker, "ExecMainStatus"), "78")
        self.machine.run(f"cp -p /root/worker.env /etc/trunkline/ && systemctl start {worker}")
        self.assert_running()
