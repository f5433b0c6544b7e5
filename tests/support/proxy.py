# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy between any two parts that cuts, delays, stalls and loses bytes. Standard library only, loopback only.

"up" is what the client sends, "down" what the server sends. All methods may be called from any thread at any time.
"""
import atexit
import contextlib
import socket
import struct
import threading
import time

RESET = struct.pack("ii", 1, 0)  # SO_LINGER 0: close() sends RST
DIRECTIONS = ("up", "down")


class Link:
    """One connection through the proxy."""

    def __init__(self, proxy, number, near, far):
        self.proxy, self.number = proxy, number
        self.ends = {"up": (near, far), "down": (far, near)}  # (from, to)
        self.passed = {"up": 0, "down": 0}
        self.limits, self.after = dict(proxy.limits), dict(proxy.after)
        self.closed = False
        self.open_directions, self.lock = len(DIRECTIONS), threading.Lock()
        for direction in DIRECTIONS:
            threading.Thread(target=self._pump, args=(direction,), daemon=True).start()

    def _pump(self, direction):
        source, target = self.ends[direction]
        try:
            while data := source.recv(65536):
                for piece in self.proxy._shape(self, direction, data):
                    target.sendall(piece)
            self.proxy._wait_open(self, direction)
            target.shutdown(socket.SHUT_WR)
            self._ended()
        except OSError:
            self.reset()

    def _ended(self):
        """Both sides have sent everything: an orderly end."""
        with self.lock:
            self.open_directions -= 1
            if self.open_directions:
                return
        self.closed = True
        for end in self.ends["up"]:
            end.close()

    def reset(self):
        """Ends both sides with RST: bytes under way are lost."""
        self.closed = True
        for end in self.ends["up"]:
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Proxy:
    def __init__(self, target_port):
        self.target_port = target_port
        self.links, self.count, self.watcher = [], 0, None
        self.delays, self.rates = {"up": 0.0, "down": 0.0}, {"up": None, "down": None}
        self.limits, self.after = {}, {}
        self.gate = {direction: threading.Event() for direction in DIRECTIONS}
        self.refusing = False
        self.heal()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        atexit.register(self.close)

    # Faults. Each lasts until heal().

    def cut(self):
        """Resets all current connections."""
        for link in list(self.links):
            link.reset()

    def refuse(self):
        """Resets all connections, and each new one at once."""
        self.refusing = True
        self.cut()

    def stall(self, *directions):
        """Holds bytes back; connections stay open, new ones are accepted: a hanging network."""
        for direction in directions or DIRECTIONS:
            self.gate[direction].clear()

    def delay(self, seconds, *directions):
        """Delays each piece of up to 64 KiB."""
        for direction in directions or DIRECTIONS:
            self.delays[direction] = seconds

    def rate(self, bytes_per_second, *directions):
        for direction in directions or DIRECTIONS:
            self.rates[direction] = bytes_per_second

    def limit(self, direction, count, then="cut"):
        """Connections opened from now on pass this number of bytes in that direction; then "cut" resets the
        connection, "lose" drops the rest silently."""
        self.limits[direction], self.after[direction] = count, then

    def watch(self, watcher):
        """watcher(link, direction, data) receives each piece and returns what is sent on: data, other bytes, or b""
        for nothing; it may call link.reset(), wait, or kill a process. None removes it."""
        self.watcher = watcher

    def heal(self):
        """Ends all faults. Connections that were cut stay cut."""
        self.refusing, self.watcher = False, None
        self.delays, self.rates = {"up": 0.0, "down": 0.0}, {"up": None, "down": None}
        self.limits, self.after = {}, {}
        for event in self.gate.values():
            event.set()

    def close(self):
        self.heal()
        # shutdown wakes accept(), close alone does not
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Implementation.

    def _accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            try:
                if self.refusing:
                    raise ConnectionRefusedError
                far = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
            except OSError:
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                near.close()
                continue
            for end in (near, far):
                end.settimeout(None)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.count += 1
            self.links = [link for link in self.links if not link.closed]
            self.links.append(Link(self, self.count, near, far))

    def _wait_open(self, link, direction):
        while not self.gate[direction].wait(0.2):
            if link.closed:
                raise ConnectionResetError

    def _shape(self, link, direction, data):
        """Yields the pieces of data that are sent on."""
        if watcher := self.watcher:
            data = watcher(link, direction, data)
        if link.closed:
            raise ConnectionResetError
        if self.delays[direction]:
            time.sleep(self.delays[direction])
        limit = link.limits.get(direction)
        room = None if limit is None else max(0, limit - link.passed[direction])
        link.passed[direction] += len(data)
        step = max(1, (self.rates[direction] or 0) // 20) if self.rates[direction] else len(data) or 1
        kept = data if room is None else data[:room]
        for at in range(0, len(kept), step):
            self._wait_open(link, direction)
            yield kept[at : at + step]
            if self.rates[direction]:
                time.sleep(step / self.rates[direction])
        if room is not None and len(data) > room and link.after.get(direction) == "cut":
            raise ConnectionResetError
