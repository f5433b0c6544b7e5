# SPDX-License-Identifier: Apache-2.0
"""The Debian packages: built, inspected, installed, upgraded and purged in a copy of this machine's file system (an
overlay that is discarded); the units, verified, and the programs under the limits of their units."""
import glob
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import unittest

import debs
import scrape
from bodies_pipe import Sender
from exporter_harness import Exporter
from pipeline import Pipeline
from servers import Postgres, Redis, clean_environment, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))

BIN = os.path.abspath(os.environ["TRUNKLINE_BIN"])
UNITS = os.path.join(HERE, "..", "..", "deploy", "systemd")
CONFINED = os.path.join(HERE, "..", "support", "confined.py")
PACKAGES = ("trunkline", "trunkline-gateway", "trunkline-worker")
# A copy of the root: programs in it see their own /etc, /usr and /var, and it ends with the mount namespace.
IN_A_COPY = """
set -e
mount -t tmpfs tmpfs "$1" && cd "$1" && mkdir up work root
mount -t overlay overlay -o lowerdir=/,upperdir=up,workdir=work root
mount -t proc proc root/proc
mount --bind "$2" root/mnt
exec chroot root /bin/bash -euc "$3"
"""


def run(*command, **how):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, **how)
    if done.returncode:
        raise AssertionError(f"{command[0]}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """Builds two versions of each package, from the programs in the build folder."""
        cls.folder = tempfile.mkdtemp(prefix="trunkline-packages-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        debs.make(cls.folder, "0.1.0", "0.1.1")

    def package(self, name, version="0.1.0"):
        return glob.glob(f"{self.folder}/{version}/{name}_*.deb")[0]

    def in_a_copy(self, script):
        if os.geteuid() != 0:
            self.skipTest("needs root: mounts")
        place = tempfile.mkdtemp(prefix="trunkline-copy-")
        self.addCleanup(os.rmdir, place)
        done = subprocess.run(
            ["unshare", "-m", "bash", "-c", IN_A_COPY, "bash", place, self.folder, script],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            env={**clean_environment(), "DEBIAN_FRONTEND": "noninteractive"},
        )
        if "mount" in done.stderr and "permi" in done.stderr:
            self.skipTest("needs mounts: " + done.stderr.strip())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_package_contents(self):
        wanted = {
            "trunkline": [
                "/usr/bin/trunkline",
                "/lib/systemd/system/trunkline-exporter.service",
                "/etc/trunkline/trunkline.toml",
                "/usr/share/trunkline/schema/roles.sql",
                "/usr/share/doc/trunkline/examples/postgresql.conf",
                "/usr/share/doc/trunkline/examples/prometheus/alerts.yml",
                "/usr/share/doc/trunkline/docs/runbook.md",
                "/usr/share/doc/trunkline/copyright",
                "/usr/share/man/man1/trunkline.1.gz",
                "/usr/share/man/man5/trunkline.toml.5.gz",
                "/usr/share/bash-completion/completions/trunkline",
            ],
            "trunkline-gateway": [
                "/usr/bin/trunkline-gateway",
                "/lib/systemd/system/trunkline-gateway.socket",
                "/lib/systemd/system/trunkline-gateway.service",
                "/usr/share/man/man8/trunkline-gateway.8.gz",
                "/usr/share/bash-completion/completions/trunkline-gateway",
            ],
            "trunkline-worker": [
                "/usr/bin/trunkline-worker",
                "/lib/systemd/system/trunkline-worker@.service",
                "/lib/systemd/system/trunkline-workers.target",
                "/usr/share/man/man8/trunkline-worker.8.gz",
                "/usr/share/bash-completion/completions/trunkline-worker",
            ],
        }
        for name, files in wanted.items():
            listed = run("dpkg-deb", "--contents", self.package(name))
            held = {line.split()[5].removeprefix(".") for line in listed.splitlines()}
            self.assertLessEqual(set(files), held, name)
            for line in listed.splitlines():
                if line.split()[5].endswith(".env"):
                    self.assertTrue(line.startswith("-rw-------"), line)
            self.assertRegex(
                run("dpkg-deb", "--field", self.package(name), "Depends"), r"libc6 .*adduser|adduser.*libc6 "
            )

    def test_manual_and_completion_of_an_installation(self):
        """`cmake --install`, without packages."""
        with tempfile.TemporaryDirectory(prefix="trunkline-prefix-") as folder:
            run("cmake", "--install", os.path.dirname(BIN), "--prefix", folder)
            for name in (
                "man1/trunkline.1.gz",
                "man5/trunkline.toml.5.gz",
                "man8/trunkline-gateway.8.gz",
                "man8/trunkline-worker.8.gz",
            ):
                self.assertTrue(os.path.isfile(f"{folder}/share/man/{name}"), name)
            for name in PACKAGES:
                self.assertTrue(os.path.isfile(f"{folder}/share/bash-completion/completions/{name}"), name)

    def test_lintian_misses_no_manual_page(self):
        if not shutil.which("lintian"):
            self.skipTest("needs lintian")
        said = subprocess.run(
            ["lintian", "--tag-display-limit", "0", *map(self.package, PACKAGES)],
            capture_output=True,
            text=True,
            timeout=120,
        ).stdout
        self.assertEqual([line for line in said.splitlines() if "manual-page" in line or "groff" in line], [])

    def test_lintian_finds_no_error(self):
        if not shutil.which("lintian"):
            self.skipTest("needs lintian")
        self.assertEqual(
            run(
                "lintian",
                "--fail-on",
                "error",
                "--tag-display-limit",
                "0",
                "--display-level",
                "error",
                *map(self.package, PACKAGES),
            ),
            "",
        )

    def test_install_start_upgrade_purge(self):
        said = self.in_a_copy(
            """
            dpkg -i /mnt/0.1.0/*.deb
            stat -c '%U %a %n' /etc/trunkline/*.env
            getent passwd trunkline-gateway trunkline-worker trunkline-exporter
            for program in trunkline trunkline-gateway trunkline-worker; do /usr/bin/$program --version; done
            echo 'log-level = "warn"' >>/etc/trunkline/trunkline.toml
            echo '# mine' >>/etc/trunkline/worker.env
            setpriv --reuid trunkline-worker --clear-groups /usr/bin/trunkline-worker --check-config | grep log-level
            dpkg -i /mnt/0.1.1/*.deb
            grep -c mine /etc/trunkline/worker.env
            dpkg-query -W -f '${Package} ${Version}\\n' 'trunkline*'
            echo 'a key' >/etc/trunkline/signing-keys
            systemctl --quiet enable trunkline-worker@01 trunkline-worker@02 trunkline-workers.target trunkline-gateway
            dpkg --remove trunkline-worker trunkline-gateway trunkline
            ls /etc/trunkline
            ! find /etc/systemd/system -name 'trunkline*' | grep .
            dpkg --purge trunkline-worker trunkline-gateway trunkline
            ! ls -d /etc/trunkline /usr/bin/trunkline* /lib/systemd/system/trunkline*
            ! getent passwd trunkline-gateway
            echo all gone
        """
        )
        for file in ("exporter", "gateway", "worker"):
            self.assertIn(f"root 600 /etc/trunkline/{file}.env", said)
            self.assertRegex(said, rf"trunkline-{file}:x:\d+:\d+:.*:/nonexistent:/usr/sbin/nologin")
        self.assertRegex(said, r'log-level = "?warn"?')
        for name in PACKAGES:
            self.assertIn(f"{name} 0.1.1\n", said)
        self.assertTrue(said.rstrip().endswith("all gone"), said)

    def test_an_upgrade_restarts_services_and_leaves_the_socket(self):
        said = self.in_a_copy(
            """
            dpkg -i /mnt/0.1.0/*.deb
            mkdir -p /run/systemd/system
            printf '#!/bin/sh\\necho "asked: $*" >&2\\n' >/usr/bin/systemctl.new
            chmod 755 /usr/bin/systemctl.new
            mv /usr/bin/systemctl.new /usr/bin/systemctl
            exec 2>&1
            echo upgrade
            dpkg -i /mnt/0.1.1/*.deb
            echo removal
            dpkg --remove trunkline-worker trunkline-gateway trunkline
        """
        )
        upgrade, removal = said.split("upgrade\n", 1)[1].split("removal\n", 1)
        asked = {line for line in upgrade.splitlines() if line.startswith("asked: ")}
        self.assertEqual(
            asked,
            {
                "asked: daemon-reload",
                *(f"asked: try-restart trunkline-{name}.service" for name in ("exporter", "gateway", "worker@*")),
            },
        )
        for stopped in (
            "trunkline-exporter.service",
            "trunkline-gateway.socket trunkline-gateway.service",
            "trunkline-workers.target trunkline-worker@*.service",
        ):
            self.assertIn(f"asked: stop {stopped}\n", removal)


class Units(unittest.TestCase):
    def test_verify_is_clean(self):
        with tempfile.TemporaryDirectory(prefix="trunkline-units-") as folder:
            for path in glob.glob(UNITS + "/*"):
                with open(path, encoding="utf-8") as file:
                    text = file.read().replace("/usr/bin/", BIN + "/")  # verify requires that it exists
                with open(os.path.join(folder, os.path.basename(path)), "w", encoding="utf-8") as file:
                    file.write(text)
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", *sorted(glob.glob(folder + "/*"))],
                capture_output=True,
                text=True,
                timeout=60,
            )
            self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_exposure_is_small(self):
        for path in glob.glob(UNITS + "/*.service"):
            said = run("systemd-analyze", "security", "--offline=true", path)
            level = float(re.search(r"Overall exposure level for \S+: ([0-9.]+)", said)[1])
            self.assertLessEqual(level, 2.0, path)

    def test_enabled_units_run_after_a_boot(self):
        with tempfile.TemporaryDirectory(prefix="trunkline-units-") as root:
            shutil.copytree(UNITS, root + "/lib/systemd/system")
            shutil.copytree(UNITS, root + "/usr/lib/systemd/system")
            run("systemctl", "--root", root, "enable", "trunkline-gateway", "trunkline-worker@01", "trunkline-exporter")
            wanted = root + "/etc/systemd/system/multi-user.target.wants/"
            for unit in ("trunkline-gateway", "trunkline-worker@01", "trunkline-exporter"):
                self.assertTrue(os.path.islink(f"{wanted}{unit}.service"), unit)
            run("systemctl", "--root", root, "disable", "trunkline-worker@01")
            self.assertEqual(glob.glob(root + "/etc/systemd/system/*/trunkline-worker@*"), [])

    def test_supervision(self):
        for path in glob.glob(UNITS + "/*.service"):
            with open(path, encoding="utf-8") as file:
                unit = file.read()
            for line in ("Type=notify", "Restart=always", "RestartPreventExitStatus=64 78", "WatchdogSec="):
                self.assertIn("\n" + line, unit, path)

    def test_a_missing_keys_file_is_not_read_each_second(self):
        said = run("systemd-analyze", "exit-status", "CREDENTIALS")
        code = re.search(r"^CREDENTIALS +(\d+)", said, re.M)[1]
        with_credentials = []
        for path in glob.glob(UNITS + "/*.service"):
            with open(path, encoding="utf-8") as file:
                unit = file.read()
            if "\nLoadCredential=" in unit:
                with_credentials.append(path)
                final = re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.M)[1].split()
                self.assertIn(code, final, path)
        self.assertTrue(with_credentials)


@unittest.skipUnless(os.geteuid() == 0, "needs root: another user")
class Confined(unittest.TestCase):
    def setUp(self):
        try:
            run("/usr/bin/python3", "-c", "import seccomp")
        except AssertionError:
            self.skipTest("needs python3-seccomp")

    def folder(self):
        made = tempfile.mkdtemp(prefix="trunkline-confined-")
        self.addCleanup(shutil.rmtree, made)
        os.chmod(made, 0o755)
        return made

    def assert_confined(self, pid, name):
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
        self.assertEqual(status["Seccomp"].strip(), "2", name)
        self.assertEqual(int(status["CapEff"], 16), 0, name)
        self.assertEqual(int(status["Uid"].split()[0]), pwd.getpwnam("nobody").pw_uid, name)

    def test_metrics_of_the_queue_and_of_the_exporter(self):
        program = shutil.copy(f"{BIN}/trunkline", self.folder() + "/trunkline")  # where any user may read it
        redis, postgres = Redis(), Postgres()
        self.addCleanup(redis.close)
        self.addCleanup(postgres.close)
        postgres.migrate(f"{BIN}/trunkline")
        exporter = Exporter(
            redis.url_of("operator"),
            postgres.url_of("readonly"),
            before=["/usr/bin/python3", "-B", CONFINED, f"{UNITS}/trunkline-exporter.service", "nobody", "--"],
            program=program,
        )
        self.addCleanup(exporter.close)
        wait_for(lambda: exporter.get("/readyz")[0] == 200, "both servers")
        page = scrape.Page(exporter.address)
        self.assertEqual(page.value("trunkline_queue_up"), 1)
        for name in ("process_open_fds", "process_resident_memory_bytes", "process_start_time_seconds"):
            self.assertGreater(page.value(name), 3, name)
        self.assert_confined(exporter.process.pid, "exporter")

    def test_samples_go_through_gateway_and_worker(self):
        programs = self.folder()  # stand-ins that apply the limits first
        for program, unit in (
            ("trunkline-gateway", "trunkline-gateway.service"),
            ("trunkline-worker", "trunkline-worker@.service"),
        ):
            shutil.copy(f"{BIN}/{program}", f"{programs}/{program}.real")  # where any user may read it
            with open(f"{programs}/{program}", "w", encoding="utf-8") as file:
                file.write(
                    f"#!/bin/sh\nexec /usr/bin/python3 -B {CONFINED} {UNITS}/{unit} nobody -- "
                    f'{programs}/{program}.real "$@"\n'
                )
            os.chmod(f"{programs}/{program}", 0o755)
        pipe = Pipeline(binaries=programs)
        self.addCleanup(pipe.close)
        sender = Sender(pipe)
        self.addCleanup(sender.close)
        self.assertEqual(sender.post(b'{"id":"1"}')[0], 200)
        wait_for(
            lambda: pipe.postgres.psql("select count(*) from webhook_events where event_id = '1'") == "1", "the row"
        )
        for name, process in (("gateway", pipe.gateway), ("worker", pipe.worker)):
            self.assert_confined(process.pid, name)
