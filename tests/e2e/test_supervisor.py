# SPDX-License-Identifier: Apache-2.0
"""The interface between systemd and the programs, played by the test: sd_notify(3), sd_listen_fds(3)."""
import os
import signal
import socket
import tempfile
import threading
import time
import unittest

from gateway_harness import Gateway, WithGateway, entries, request
from servers import wait_for
from worker_harness import Postgres, Redis, Worker, message


class Supervisor:
    """The receiving end of NOTIFY_SOCKET."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory(prefix="trunkline-notify-")
        test.addCleanup(folder.cleanup)
        self.path = folder.name + "/notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(0.05)
        test.addCleanup(self.socket.close)
        self.received = []

    def listen(self):
        try:
            said = self.socket.recv(4096).decode().split("\n")
        except TimeoutError:
            return []
        self.received += said
        return said

    def pinged_within(self, seconds):
        """Returns whether the watchdog was pinged within that time."""
        end = time.monotonic() + seconds
        said = []
        while time.monotonic() < end:
            said += self.listen()
        return any(each.startswith("WATCHDOG") for each in said)

    def fill(self):
        """Fills the socket until no sender can add a message: one sender may reach its own limit first."""
        fits = True
        while fits:
            fits = False
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
                other.setblocking(False)
                try:
                    while True:
                        other.sendto(b"X=1", self.path)
                        fits = True
                except BlockingIOError:
                    pass

    def wait_received(self, what, times=1):
        def enough():
            while self.listen():
                pass
            return sum(each.startswith(what) for each in self.received) >= times

        wait_for(enough, f"{what!r} in {self.received}")


def listening_socket():
    made = socket.create_server(("127.0.0.1", 0), backlog=1024)
    return made, made.getsockname()[1]


class GatewayUnderSystemd(WithGateway):
    def test_notifies_readiness_status_and_stop(self):
        supervisor = Supervisor(self)
        gateway = self.start("--drain-delay", "0s", env={"NOTIFY_SOCKET": supervisor.path, "WATCHDOG_USEC": "2000000"})
        supervisor.wait_received("READY=1")
        before = supervisor.received[: supervisor.received.index("READY=1")]
        self.assertEqual(
            [each for each in before if each.startswith("STATUS=")][-1],
            f"STATUS=accepting deliveries at 127.0.0.1:{gateway.port}",
            "true from the start",
        )
        supervisor.wait_received("WATCHDOG=1", times=3)
        with open(f"/proc/{gateway.process.pid}/environ", "rb") as file:  # as it was passed: the test itself works
            self.assertIn(b"NOTIFY_SOCKET", file.read())
        self.assertEqual(gateway.terminate(), 0)
        supervisor.wait_received("STOPPING=1")

    def test_messages_that_did_not_fit_are_sent_later(self):
        """systemd ends a service whose READY=1 never arrives."""
        supervisor = Supervisor(self)
        supervisor.fill()
        gateway = self.start("--drain-delay", "0s", env={"NOTIFY_SOCKET": supervisor.path, "WATCHDOG_USEC": "2000000"})
        self.assertEqual(gateway.post().status, 200)
        supervisor.wait_received("READY=1")
        supervisor.wait_received("STATUS=accepting deliveries")
        supervisor.wait_received("WATCHDOG=1")
        self.assertEqual(gateway.terminate(), 0)

    def test_a_watchdog_of_another_process_is_not_pinged(self):
        supervisor = Supervisor(self)
        self.start(env={"NOTIFY_SOCKET": supervisor.path, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"})
        supervisor.wait_received("STATUS=accepting")
        self.assertFalse([each for each in supervisor.received if each.startswith("WATCHDOG")])

    def test_serves_at_a_socket_that_is_passed(self):
        passed, port = listening_socket()
        self.addCleanup(passed.close)
        gateway = self.start(listen="systemd", passed=passed)
        self.assertEqual(gateway.port, port)
        self.assertEqual(gateway.post().status, 200)

    def test_serves_at_a_unix_socket_that_is_passed_and_leaves_its_file(self):
        with tempfile.TemporaryDirectory(prefix="trunkline-socket-") as folder:
            passed = socket.socket(socket.AF_UNIX)
            self.addCleanup(passed.close)
            passed.bind(folder + "/s")
            passed.listen()
            gateway = self.start("--drain-delay", "0s", listen="systemd", passed=passed)
            self.assertIn(f"listen=unix:{folder}/s", gateway.find("gateway: listening"))
            self.assertEqual(gateway.post().status, 200)
            self.assertEqual(gateway.terminate(), 0)
            self.assertTrue(os.path.exists(folder + "/s"))
            self.assertEqual(self.start(listen="systemd", passed=passed).post().status, 200)

    def test_ends_in_order_before_it_takes_connections(self):
        """It waits up to a second for an unreachable queue: here SIGTERM arrives first."""
        for passed in (None, listening_socket()[0]):
            gateway = Gateway(
                "redis://127.0.0.1:1/0",
                "--drain-delay",
                "0s",
                ready=False,
                passed=passed,
                listen="systemd" if passed else "127.0.0.1:0",
            )
            self.addCleanup(gateway.stop)
            self.assertEqual(gateway.terminate(), 0)
            gateway.reader.join()
            self.assertIsNotNone(gateway.find("no longer listening"))
            if passed:  # a client that connects meanwhile waits for the next process
                with passed, socket.create_connection(passed.getsockname(), timeout=5):
                    passed.settimeout(5)
                    passed.accept()[0].close()

    def test_a_reload_of_a_credential_reports_its_limit(self):
        keys = self.temp_file("a key of the seed generation 0001\n")
        gateway = self.start("--signing-keys-file", keys, keys=(), env={"CREDENTIALS_DIRECTORY": os.path.dirname(keys)})
        gateway.signal(signal.SIGHUP)
        wait_for(lambda: gateway.find("restart the service"), "the hint")
        other = self.start("--signing-keys-file", keys, keys=())
        other.signal(signal.SIGHUP)
        wait_for(lambda: other.find("signing keys reloaded"), "the reload")
        self.assertIsNone(other.find("restart the service"))

    def test_without_one_the_error_names_the_fix(self):
        with self.assertRaisesRegex(
            RuntimeError, "no socket was passed; start the gateway with trunkline-gateway.socket"
        ):
            self.start(listen="systemd")

    def test_a_socket_that_does_not_listen_is_rejected(self):
        a, b = socket.socketpair()
        self.addCleanup(a.close)
        self.addCleanup(b.close)
        with self.assertRaisesRegex(RuntimeError, "is not listening"):
            self.start(listen="systemd", passed=a)

    def test_restarts_under_load_refuse_no_connection(self):
        passed, port = listening_socket()
        self.addCleanup(passed.close)
        before = len(entries(self.redis))
        answers, trouble, stop = [], [], threading.Event()

        def send():
            while not stop.is_set():
                try:
                    with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
                        s.sendall(request(b'{"n":1}'))
                        answers.append(int(s.recv(4096).split(b" ")[1]))
                except (OSError, IndexError) as error:
                    trouble.append(repr(error))

        gateway = self.start("--drain-delay", "0s", listen="systemd", passed=passed)
        senders = [threading.Thread(target=send) for _ in range(4)]
        for sender in senders:
            sender.start()
        for _ in range(3):
            sent = len(answers)
            wait_for(lambda: len(answers) > sent + 50 or trouble, "answers")
            self.assertEqual(gateway.terminate(), 0)
            gateway = self.start("--drain-delay", "0s", listen="systemd", passed=passed, ready=False)
        sent = len(answers)
        wait_for(lambda: len(answers) > sent + 50 or trouble, "answers")
        stop.set()
        for sender in senders:
            sender.join()
        self.assertEqual(trouble, [])
        print(f"measured: 3 restarts behind the socket, {len(answers)} connections, none refused")
        self.assertEqual(set(answers), {200})
        self.assertEqual(len(entries(self.redis)) - before, len(answers))


class WorkerUnderSystemd(unittest.TestCase):
    def test_a_hung_thread_stops_the_watchdog_pings(self):
        """This is not found by the check of hanging calls, which ends calls that wait for PostgreSQL: this thread
        waits for nothing."""
        redis, postgres = Redis(), Postgres()
        self.addCleanup(redis.close)
        self.addCleanup(postgres.close)
        postgres.migrate(os.path.join(os.environ["TRUNKLINE_BIN"], "trunkline"))
        supervisor = Supervisor(self)
        bin_ = os.environ["TRUNKLINE_BIN"]
        more = {
            "NOTIFY_SOCKET": supervisor.path,
            "WATCHDOG_USEC": "400000",
            "LD_PRELOAD": f"{bin_}/test-crash.so",
            "TEST_CRASH_MARKER": "stands-still",
            "TEST_CRASH_STATEMENT": "merge_activities",
            "TEST_CRASH_HANGS": "1",
            "ASAN_OPTIONS": "verify_asan_link_order=0",
        }
        os.environ.update(more)
        try:
            worker = Worker(
                redis, postgres, postgres_statement_timeout="100ms", watchdog_grace="50ms"
            )  # hung after 7 s
        finally:
            for name in more:
                del os.environ[name]
        self.addCleanup(worker.close)
        worker.wait_ready()
        supervisor.wait_received("WATCHDOG=1", times=5)
        redis.command(
            "XADD",
            "{trunkline}:deliveries",
            "*",
            "d",
            "01TEST",
            "t",
            "1772359200000",
            "s",
            "hex",
            "k",
            "0",
            "b",
            message(1, text="stands-still"),
        )
        wait_for(lambda: "thread unresponsive" in worker.log(), "the log line")
        wait_for(lambda: not supervisor.pinged_within(3), "the pings to stop")
        self.assertIsNone(worker.process.poll())  # only the supervisor ends it

    def test_notifies_readiness_status_and_stop(self):
        redis, postgres = Redis(), Postgres()
        self.addCleanup(redis.close)
        self.addCleanup(postgres.close)
        supervisor = Supervisor(self)
        os.environ.update(NOTIFY_SOCKET=supervisor.path, WATCHDOG_USEC="1000000")
        try:
            worker = Worker(redis, postgres)
        finally:
            del os.environ["NOTIFY_SOCKET"], os.environ["WATCHDOG_USEC"]
        self.addCleanup(worker.close)
        supervisor.wait_received("READY=1")
        supervisor.wait_received("STATUS=blocked: ")  # the schema is missing
        supervisor.wait_received("WATCHDOG=1", times=2)
        postgres.migrate(os.path.join(os.environ["TRUNKLINE_BIN"], "trunkline"))
        supervisor.wait_received("STATUS=running")
        self.assertEqual(worker.terminate(), 0)
        supervisor.wait_received("STOPPING=1")
