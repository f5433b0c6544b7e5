# SPDX-License-Identifier: Apache-2.0
"""How the programs are built: position-independent, read-only tables, checked buffers, no search path, no more
libraries than needed, memory that other users and core files never contain."""
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import tempfile
import unittest

from pipeline import BIN, clean_environment, wait_for

PROGRAMS = ("trunkline", "trunkline-gateway", "trunkline-worker")
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
# What each compiler adds where it can; FORTIFY only where the build optimises.
FLAGS = (
    "-fstack-protector-strong",
    "-fstack-clash-protection",
    "-ftrivial-auto-var-init=zero",
    "-D_GLIBCXX_ASSERTIONS",
    "-D_FORTIFY_SOURCE=2",
)
# Writes past a buffer and an array of the standard library whose size the compiler cannot see.
OVERFLOW = """
#include <cstdio>
#include <cstring>
#include <vector>
int main(int argc, char** argv) {
  char buffer[8];
  if (argc == 2) std::strcpy(buffer, argv[1]);
  std::vector<int> numbers(static_cast<std::size_t>(argc));
  std::printf("%d\\n", argc == 2 ? buffer[0] : numbers[static_cast<std::size_t>(argc)]);
}
"""


def readelf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], check=True, capture_output=True, text=True).stdout


def weaknesses(path):
    """Returns what a program lacks, in words; [] for a hardened program."""
    dynamic, segments, symbols = readelf("-d", path), readelf("-l", path), readelf("--dyn-syms", path)
    checks = {
        "no PIE": "DYN (Position-Independent" in readelf("-h", path) and "PIE" in dynamic,
        "no RELRO": "GNU_RELRO" in segments,
        "no BIND_NOW": "BIND_NOW" in dynamic,
        "executable stack": re.search(r"GNU_STACK.* RW ", segments),
        "writable code": not re.search(r"LOAD.* RWE ", segments),
        "text relocations": "TEXTREL" not in dynamic,
        "search path": not re.search("RPATH|RUNPATH", dynamic),
        "no stack protector": "__stack_chk_fail" in symbols,
        "no FORTIFY": re.search(r"__(memcpy|strcpy|snprintf|printf|fprintf)_chk", symbols),
        "no assertions": "__glibcxx_assert_fail" in symbols,
    }
    return [name for name, passed in checks.items() if not passed]


class Binaries(unittest.TestCase):
    def test_programs_are_hardened(self):
        for name in PROGRAMS:
            self.assertEqual(weaknesses(os.path.join(BIN, name)), [], name)

    def test_libraries(self):
        needed = {
            name: set(re.findall(r"NEEDED.*\[(.*)\]", readelf("-d", os.path.join(BIN, name)))) for name in PROGRAMS
        }
        for name, libraries in needed.items():
            self.assertFalse([x for x in libraries if "/" in x], name)
        # The program that faces the internet cannot connect to PostgreSQL.
        self.assertFalse([x for x in needed["trunkline-gateway"] if re.search("libpq", x)])
        self.assertTrue([x for x in needed["trunkline-worker"] if re.search("libpq", x)])

    def test_every_file_is_compiled_so(self):
        path = os.path.join(BIN, "..", "compile_commands.json")
        if not os.path.exists(path):
            self.skipTest("programs that were not built here")
        with open(path, encoding="utf-8") as file:
            commands = [
                c
                for c in json.load(file)
                if re.search(
                    r"/(admin|cli|common|exporter|gateway|generated|openphone|parse|store|worker)/[^:]*\.cpp$",
                    c["file"],
                )
            ]
        self.assertGreater(len(commands), 250)
        for one in commands:
            words = set(shlex.split(one["command"]))
            with self.subTest(one["file"]):
                self.assertEqual([flag for flag in FLAGS if flag not in words], [])
                self.assertTrue(words & {"-fPIC", "-fPIE"})

    def test_release_flags_have_effect(self):
        """The flags of the release preset make a program that aborts instead of writing past an end."""
        folder = tempfile.mkdtemp(prefix="trunkline-flags-")
        self.addCleanup(shutil.rmtree, folder)
        subprocess.run(
            ["cmake", "--preset", "release", "-B", folder + "/build"], cwd=ROOT, check=True, capture_output=True
        )
        with open(folder + "/build/compile_commands.json", encoding="utf-8") as file:
            ours = next(c for c in json.load(file) if c["file"].endswith("gateway/main.cpp"))
        words = [w for w in shlex.split(ours["command"]) if w.startswith(("-f", "-O", "-D_", "-U_", "-std"))]
        self.assertIn("-O3", words)
        with open(folder + "/build/build.ninja", encoding="utf-8") as file:
            linked = re.search(r"build bin/trunkline-gateway:.*?LINK_FLAGS = (.*?)\n", file.read(), re.S)[1]
        with open(folder + "/overflow.cpp", "w", encoding="utf-8") as file:
            file.write(OVERFLOW)
        for name, flags in (
            ("hard", [*words, *shlex.split(linked)]),
            ("soft", ["-O2", "-no-pie", "-fno-stack-protector"]),
        ):
            subprocess.run(["c++", "overflow.cpp", "-o", name, *flags], cwd=folder, check=True, capture_output=True)
        self.assertEqual(weaknesses(folder + "/hard"), [])
        self.assertLessEqual(
            {"no PIE", "no BIND_NOW", "no stack protector", "no FORTIFY", "no assertions"},
            set(weaknesses(folder + "/soft")),
        )
        for arguments in (["x" * 60], ["two", "arguments"]):
            done = subprocess.run([folder + "/hard", *arguments], capture_output=True, text=True)
            self.assertEqual(done.returncode, -signal.SIGABRT, arguments)
            self.assertRegex(done.stderr, "buffer overflow detected|Assertion '__n < this->size\\(\\)' failed")
        self.assertEqual(subprocess.run([folder + "/hard"], capture_output=True).returncode, -signal.SIGABRT)


class Memory(unittest.TestCase):
    def start(self, *command, **how):
        """Runs the command with core files allowed, in a new folder."""
        folder = tempfile.mkdtemp(prefix="trunkline-core-")
        self.addCleanup(shutil.rmtree, folder)
        os.chmod(folder, 0o777)
        unlimited = resource.getrlimit(resource.RLIMIT_CORE)[1]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=clean_environment(TRUNKLINE_SIGNING_KEYS="a secret of thirty-two characters"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (unlimited, unlimited)),
            **how,
        )
        self.addCleanup(lambda: process.stderr.close())
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process, folder

    def programs(self, **how):
        for name, options in (("trunkline-gateway", ["--listen", "127.0.0.1:0"]), ("trunkline-worker", [])):
            process, folder = self.start(
                os.path.join(BIN, name),
                *options,
                "--ops-listen",
                "127.0.0.1:0",
                "--redis",
                "redis://127.0.0.1:1/0",
                **how,
            )
            process.stderr.readline()  # it is running
            yield name, process, folder

    @staticmethod
    def crash(process):
        """Ends it by a fault; returns whether the kernel wrote a core file."""
        os.kill(process.pid, signal.SIGSEGV)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -signal.SIGSEGV
        return os.WIFSIGNALED(status) and os.WCOREDUMP(status)

    def test_no_core_file(self):
        process, folder = self.start("sleep", "60")
        wait_for(lambda: os.readlink(f"/proc/{process.pid}/exe").endswith("sleep"), "sleep")
        dumps_here = self.crash(process)
        for name, process, folder in self.programs():
            self.assertFalse(self.crash(process), name)
            self.assertEqual(os.listdir(folder), [], name)
        if not dumps_here:
            self.skipTest("this machine writes no core files for anybody")

    @unittest.skipUnless(os.geteuid() == 0, "needs root: becomes another user")
    def test_memory_and_environment_are_closed_to_the_same_user(self):
        """Another program of the same user, for example a compromised one, can read neither keys nor memory."""
        look = [
            "setpriv",
            "--reuid=nobody",
            "--regid=nogroup",
            "--clear-groups",
            "--no-new-privs",
            "--bounding-set=-all",
            "--",
        ]
        if subprocess.run([*look, "test", "-x", BIN + "/trunkline-gateway"]).returncode:
            self.skipTest("the repository lies where other users may not enter")
        for name, process, _ in self.programs(user="nobody", group="nogroup", extra_groups=[]):
            for file in ("environ", "maps", "mem", "fd/0"):
                done = subprocess.run([*look, "cat", f"/proc/{process.pid}/{file}"], capture_output=True, text=True)
                self.assertIn("Permission denied", done.stderr, f"{name} {file}")
            # What a supervisor needs is readable.
            done = subprocess.run(
                [*look, "cat", f"/proc/{process.pid}/status", f"/proc/{process.pid}/stat"], capture_output=True
            )
            self.assertEqual(done.returncode, 0)
        process, _ = self.start("sleep", "60", user="nobody", group="nogroup", extra_groups=[])
        wait_for(lambda: os.readlink(f"/proc/{process.pid}/exe").endswith("sleep"), "sleep")
        control = subprocess.run([*look, "cat", f"/proc/{process.pid}/environ"], capture_output=True)
        self.assertIn(b"a secret of thirty-two", control.stdout)
