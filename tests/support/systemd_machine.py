# SPDX-License-Identifier: Apache-2.0
"""A machine for a test: systemd as the first process of a copy of this file system (an overlay that is discarded), in
new namespaces except for the network. It leaves nothing behind."""
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile

from servers import clean_environment, wait_for

# $1: a cgroup to create, $2: an empty folder, $3: a folder that is mounted as /mnt
BOOT = r"""
set -e
mkdir "$1"
echo $$ >"$1/cgroup.procs"
exec unshare --mount --pid --fork --kill-child --uts --ipc --cgroup bash -euc '
mount -t tmpfs tmpfs "$1" && cd "$1" && mkdir up work root
mount -t overlay overlay -o lowerdir=/,upperdir=up,workdir=work root
cd root
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
for each in run dev; do mount -t tmpfs tmpfs $each; done
for each in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 dev/${each%:*} c 1 ${each#*:}; done
mknod -m 666 dev/tty c 5 0
mkdir dev/shm dev/pts dev/mqueue dev/hugepages && ln -s /proc/self/fd dev/fd && ln -s pts/ptmx dev/ptmx
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount --bind "$2" mnt
rm -rf etc/systemd/system/*.wants lib/systemd/system/{sysinit,basic,local-fs,sockets,timers,multi-user}.target.wants
printf "[Unit]\nDefaultDependencies=no\nWants=systemd-journald.service\n" >etc/systemd/system/test.target
pivot_root . tmp && umount -l /tmp && mount -t tmpfs tmpfs /tmp && cd /
mount --make-rshared /  # as systemd has it outside of containers: credentials are mounted by another process
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=test.target
' bash "$2" "$3"
"""


class CannotBoot(Exception):
    pass


class Machine:
    """shared: a folder that is mounted as /mnt."""

    def __init__(self, shared):
        if os.geteuid() != 0:
            raise CannotBoot("needs root")
        tree = next(
            (
                path
                for path in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
                if os.path.exists(path + "/cgroup.controllers")
            ),
            None,
        )
        if not tree:
            raise CannotBoot("needs cgroups of version 2")
        self.place = tempfile.mkdtemp(prefix="trunkline-machine-")
        self.cgroup = f"{tree}/{os.path.basename(self.place)}"
        with open(self.place + ".log", "wb") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", BOOT, "bash", self.cgroup, self.place, shared],
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            wait_for(lambda: self.process.poll() is not None or self._runs(), "systemd to run")
        except TimeoutError:
            pass
        if self.process.poll() is not None or not self._runs():
            with open(self.place + ".log", encoding="utf-8", errors="replace") as log:
                said = log.read()[-500:]
            self.close()
            raise CannotBoot(f"systemd does not start here: {said}")

    def _first(self):
        """Returns the pid of its first process, as seen from outside."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as children:
            return children.read().split()[0]

    def _runs(self):
        try:
            return self.ask("systemctl is-system-running").strip() in ("running", "degraded")
        except (OSError, IndexError):
            return False

    def ask(self, command):
        """Runs a command in it; returns the output for any exit code."""
        return self._enter(command).stdout

    def run(self, command):
        done = self._enter(command)
        if done.returncode:
            raise AssertionError(f"{command}\nexit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def _enter(self, command):
        return subprocess.run(
            [
                "nsenter",
                "--target",
                self._first(),
                "--mount",
                "--pid",
                "--uts",
                "--ipc",
                "--cgroup",
                "--root",
                "--wd",
                "/bin/bash",
                "-euc",
                command,
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        )

    def property(self, unit, name):
        return self.run(f"systemctl show --value -p {name} {unit}").strip()

    def journal(self):
        return self.ask("journalctl --no-pager -n 60 -o cat")

    def close(self):
        with contextlib.suppress(OSError, IndexError):
            os.kill(int(self._first()), signal.SIGKILL)  # ends all its processes
        self.process.kill()
        self.process.wait(10)
        # Processes leave a cgroup some time after their end.
        with contextlib.suppress(TimeoutError):
            wait_for(self._cgroup_is_gone, "its cgroup to be empty", 5)
        shutil.rmtree(self.place, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.unlink(self.place + ".log")

    def _cgroup_is_gone(self):
        for folder, _, _ in os.walk(self.cgroup, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        return not os.path.exists(self.cgroup)
