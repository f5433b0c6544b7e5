# SPDX-License-Identifier: Apache-2.0
"""A power loss for redis-server or postgres, without root: unsynced.c, preloaded into the server, records what it
writes and which fsync covers it; power_loss() kills the server and undoes the rest.

Not simulated are: file names (creating, renaming and removing a file counts as durable at once), writes through stdio
or mmap (they count as durable), and sectors written in part or out of order, except for the torn end of torn=.
"""
import os
import shutil
import signal
import struct
import tempfile
import time

RECORD = struct.Struct("<IIQQqq")  # struct record of unsynced.c
BEFORE, DONE, SYNC_BEGAN, SYNC_ENDED, GONE = b"wdseg"


def library():
    return os.path.join(os.environ["TRUNKLINE_BIN"], "test-unsynced.so")


class Power:
    """environment: for the server. slow: additional milliseconds per fsync."""

    def __init__(self, folder, slow=0):
        self.folder = folder
        self.log = tempfile.mktemp(prefix="unsynced-", dir=os.path.dirname(folder))
        self.new_log()
        # A copy, because the user postgres may not be able to read a build folder.
        copied = tempfile.mktemp(prefix="unsynced-", suffix=".so", dir=os.path.dirname(folder))
        self.preload = shutil.copy(library(), copied)
        os.chmod(self.preload, 0o755)
        self.environment = {
            "LD_PRELOAD": self.preload,
            "UNSYNCED_FOLDER": folder,
            "UNSYNCED_LOG": self.log,
            "UNSYNCED_SLOW": str(slow),
        }

    def loss(self, process, torn=None):
        """Kills the server with all its children, then undoes its unsynced writes. torn(lost): of the bytes that a
        file would lose at its end, the number that survives. Returns the number of bytes lost."""
        kill_all(process)
        if not os.path.getsize(self.log):
            raise RuntimeError("the server wrote no undo log: was the library loaded?")
        lost = sum(undo(path, records, torn) for path, records in unsynced(self.folder, self.log))
        self.new_log()  # what remains is on the disk
        return lost

    def new_log(self):
        """A server of another user may write to it too."""
        with open(self.log, "wb"):
            os.chmod(self.log, 0o666)

    def close(self):
        for path in (self.log, self.preload):
            if os.path.exists(path):
                os.unlink(path)


def children(pid):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                state, parent = file.read().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state != "Z":
            found.append(int(name))
    return found


def running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill_all(process):
    """Kills the process tree. The parent is stopped first, so that no child is started or missed meanwhile."""
    process.send_signal(signal.SIGSTOP)
    pids = children(process.pid)
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.kill()
    process.wait(30)
    end = time.monotonic() + 30
    while any(running(pid) for pid in pids):
        if time.monotonic() > end:
            raise TimeoutError("the server's children do not end")
        time.sleep(0.01)


def read_log(path):
    """Returns [(kind, token, inode, offset, old length, old bytes)]."""
    with open(path, "rb") as file:
        data = file.read()
    records, at = [], 0
    while at + RECORD.size <= len(data):
        kind, size, token, inode, offset, length = RECORD.unpack_from(data, at)
        at += RECORD.size
        records.append((kind, token, inode, offset, length, data[at : at + size]))
        at += size
    return records


def unsynced(folder, log):
    """Returns [(path, its records that no finished fsync covers)] of the files that still exist."""
    records = read_log(log)
    ended = {token for kind, token, *_ in records if kind == SYNC_ENDED}
    open_writes, done_writes = {}, {}  # inode: {token: record}
    inode_of, covered = {}, {}  # covered: token of a sync: what it covers if it ends
    for record in records:
        kind, token, inode = record[:3]
        if kind == BEFORE:
            open_writes.setdefault(inode, {})[token] = record
            inode_of[token] = inode
        elif kind == DONE:
            inode = inode_of.get(token)
            if token in open_writes.get(inode, {}):
                done_writes.setdefault(inode, {})[token] = open_writes[inode].pop(token)
        elif kind == SYNC_BEGAN and token in ended:
            covered[token] = inode, set(done_writes.get(inode, ()))
        elif kind == SYNC_ENDED and token in covered:
            inode, tokens = covered.pop(token)
            for each in tokens:
                done_writes.get(inode, {}).pop(each, None)
        elif kind == GONE:
            open_writes.pop(inode, None)
            done_writes.pop(inode, None)
    left = {}
    for part in (open_writes, done_writes):
        for inode, writes in part.items():
            left.setdefault(inode, []).extend(writes.values())
    order = {id(record): n for n, record in enumerate(records)}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            mine = left.get(os.lstat(path).st_ino)
            if mine:
                yield path, sorted(mine, key=lambda record: order[id(record)])


def undo(path, records, torn=None):
    """Undoes the writes, newest first. Returns the number of bytes lost at the file's end."""
    with open(path, "r+b") as file:
        now = file.seek(0, os.SEEK_END)
        then = min([now] + [record[4] for record in records])
        file.seek(then)
        tail = file.read(now - then)
        for _, _, _, offset, length, old in reversed(records):
            if old:
                file.seek(offset)
                file.write(old)
            file.truncate(length)
        end = file.seek(0, os.SEEK_END)
        lost = tail[max(0, end - then) :]
        if torn and lost and end == then:
            kept = torn(lost)
            file.write(lost[:kept])
            lost = lost[kept:]
    return len(lost)
