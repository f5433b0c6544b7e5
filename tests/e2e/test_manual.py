# SPDX-License-Identifier: Apache-2.0
"""Manual pages and bash completion of the build folder, compared with the programs' --help."""
import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import tempfile
import time
import unittest

from servers import clean_environment

BIN = os.path.abspath(os.environ["TRUNKLINE_BIN"])
SHARE = os.path.join(os.path.dirname(BIN), "share")
PAGES = {
    "trunkline": "man1/trunkline.1",
    "trunkline-gateway": "man8/trunkline-gateway.8",
    "trunkline-worker": "man8/trunkline-worker.8",
    "trunkline.toml": "man5/trunkline.toml.5",
}
SECTIONS = {"trunkline": "TRUNKLINE", "trunkline-gateway": "GATEWAY", "trunkline-worker": "WORKER"}
NOT_IN_FILE = {"--help", "--version", "--config", "--check-config", "--watch"}
LOADER = "/usr/share/bash-completion/bash_completion"


class Help:
    """The contents of one --help: options with their value and description, subcommands, lines of examples."""

    def __init__(self, *command):
        self.command = command
        text = subprocess.run(
            [os.path.join(BIN, command[0]), *command[1:], "--help"],
            capture_output=True,
            text=True,
            check=True,
            env=clean_environment(),
        ).stdout
        self.text, _, below = text.partition("\nExamples:\n")
        self.examples = [line.strip() for line in below.splitlines() if line.startswith("  ")]
        self.options, self.subcommands, last = {}, [], None
        for line in self.text.splitlines():
            option = re.match(r"  (?:-h,)?(--[a-z][a-z-]*)(?: (\S+))?(?:\s+(.*))?$", line)
            verb = re.match(r"  ([a-z-]+) {2,}\S", line)
            if option:
                last = option[1]
                self.options[last] = [(option[2] or "").partition("=")[0], option[3] or ""]
            elif last and line.startswith(" " * 20):
                self.options[last][1] += line.strip()
            elif verb and "Subcommands:" in self.text.partition(line)[0]:
                self.subcommands.append(verb[1])
            else:
                last = None

    def said_of(self, option):
        """Returns the description without the brackets at its end, and the names of variables in them."""
        text, _, brackets = self.options[option][1].partition(" [env: ")
        return text.replace("`", ""), re.findall(r"[A-Z][A-Z_]+", brackets.partition(";")[0])


def all_verbs():
    """Returns {name: Help} of every command, found through --help of each word."""
    verbs = {}
    for word in Help("trunkline").subcommands:
        asked = Help("trunkline", word)
        for second in asked.subcommands:
            verbs[f"{word} {second}"] = Help("trunkline", word, second)
        if not asked.subcommands:
            verbs[word] = asked
    return verbs


def taken_from_a_file(command, key):
    """Returns False if the program reports that a file may not set it, or leaves it to a command that has a key of
    this name: the section is for all commands. A command for one event requires its ID before."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(f'{key} = "1"\n')
        file.flush()
        for words in ([], ["1"]):
            done = subprocess.run(
                [os.path.join(BIN, command[0]), *command[1:], *words, "--check-config", "--config", file.name],
                capture_output=True,
                text=True,
                env=clean_environment(),
            )
            if " is required" not in done.stderr:
                return not (
                    "is not an option that a file may set" in done.stderr
                    or "unknown option; use" in done.stderr
                    or re.search(rf"^{key} = .*\(default\)$", done.stdout, re.M)
                )
    raise AssertionError(done.stderr)


def page(name):
    """Returns the page as `man` prints it, without hyphenation."""
    done = subprocess.run(
        [
            "man",
            "--warnings",
            "-E",
            "UTF-8",
            "--no-hyphenation",
            "--no-justification",
            "-l",
            os.path.join(SHARE, "man", PAGES[name]),
        ],
        capture_output=True,
        text=True,
        check=True,
        env=clean_environment(LC_ALL="C.UTF-8", MANWIDTH="100"),
    )
    return done.stdout, done.stderr


def parts(text, indent):
    """Returns {heading: the text below it}, of headings with that indentation."""
    found = re.split(rf"^ {{{indent}}}(\S.*)$", text, flags=re.M)
    return {name.strip(): body for name, body in zip(found[1::2], found[2::2])}


def flat(text):
    return " ".join(text.split())


class Pages(unittest.TestCase):
    def agree(self, asked, text, where):
        """Every option of a --help has its description, default and variables in the page."""
        self.assertGreater(len(asked.options), 1)
        text = flat(text)
        for option, (value, _) in asked.options.items():
            with self.subTest(where, option=option):
                said, variables = asked.said_of(option)
                self.assertRegex(text, rf"(?<![\w-]){option}(?![\w-])")
                self.assertIn(said, text)
                for kind in value.split("|"):
                    self.assertIn(kind, text)
                if variables and option != "--config":
                    self.assertRegex(text, re.escape(said) + r" \[[^]]*env: " + ", ".join(variables) + r"\]")

    def test_gateway_and_worker(self):
        for program in ("trunkline-gateway", "trunkline-worker"):
            asked, text = Help(program), page(program)[0]
            self.agree(asked, parts(text, 0)["OPTIONS"], program)
            self.assertEqual(
                [name for name in parts(parts(text, 0)["OPTIONS"], 3)],
                [line[:-1] for line in asked.text.splitlines() if re.match(r"[A-Z].*:$", line) and line != "Options:"],
            )
            for line in asked.examples:
                self.assertIn(flat(line), flat(parts(text, 0)["EXAMPLES"]), program)

    def test_every_command(self):
        text = page("trunkline")[0]
        page_parts, common = parts(parts(text, 0)["COMMANDS"], 3), parts(text, 0)["COMMON OPTIONS"]
        verbs = all_verbs()
        self.assertGreater(len(verbs), 20)
        self.assertEqual(set(page_parts), set(verbs))
        self.agree(Help("trunkline"), parts(text, 0)["OPTIONS"], "trunkline")
        for verb, asked in verbs.items():
            self.assertRegex(flat(page_parts[verb]), rf"^trunkline {verb} \[OPTION\]\.\.\.")
            self.agree(asked, page_parts[verb] + common, verb)
            for option in asked.options:  # each is named with the command, wherever it is explained
                self.assertRegex(page_parts[verb], rf"(?<![\w-]){option}(?![\w-])", verb)
            for line in asked.examples:
                self.assertIn(flat(line), flat(page_parts[verb]))
            for positional in re.findall(r"Positionals:\n((?:  \S.*\n)+)", asked.text):
                for name, said in re.findall(r"^  (\S+).*?  +(\S.*)$", positional, re.M):
                    self.assertIn(flat(said).replace("`", ""), flat(page_parts[verb]))
                    self.assertIn(name, page_parts[verb])

    def test_every_key_of_the_file(self):
        page_parts = parts(page("trunkline.toml")[0], 0)
        wanted = {program: [Help(program)] for program in ("trunkline-gateway", "trunkline-worker")}
        wanted["trunkline"] = list(all_verbs().values())
        for program, asked in wanted.items():
            text = flat(page_parts["COMMON KEYS"] + page_parts[SECTIONS[program]])
            for each in asked:
                for option in set(each.options) - NOT_IN_FILE:
                    with self.subTest(program, option=option):
                        if not taken_from_a_file(each.command, option[2:]):
                            continue
                        self.assertRegex(text, rf"(?<![\w-]){option[2:]} = ")
                        self.assertIn(each.said_of(option)[0], text)

    def test_ranges_are_those_that_are_enforced(self):
        """With all values too large the program reports each range."""
        large = {"N": "2147483647", "DURATION": "99999d", "SIZE": "9999GiB"}
        page_parts = {program: flat(parts(page("trunkline.toml")[0], 0)[SECTIONS[program]]) for program in SECTIONS}
        for program in ("trunkline-gateway", "trunkline-worker"):
            flags = [
                word
                for name, (value, _) in Help(program).options.items()
                if value in large
                for word in (name, large[value])
            ]
            said = subprocess.run(
                [os.path.join(BIN, program), "--check-config", *flags],
                capture_output=True,
                text=True,
                env=clean_environment(),
            ).stderr
            ranges = re.findall(r"--([a-z-]+): must be (\S+ to \S+), not", said)
            self.assertEqual(len(ranges), len(flags) // 2, said)
            for name, allowed in ranges:
                self.assertRegex(page_parts[program], rf"{name} = [^=]*; {allowed}\]", f"{program} {name}")

    def test_the_example_file_of_the_page_is_accepted(self):
        """The example of trunkline.toml(5) is accepted by all programs."""
        example = parts(page("trunkline.toml")[0], 0)["EXAMPLES"]
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write("".join(line.strip() + "\n" for line in example.splitlines()))
            file.flush()
            for command in (["trunkline-gateway"], ["trunkline-worker"], ["trunkline", "queue"]):
                done = subprocess.run(
                    [os.path.join(BIN, command[0]), *command[1:], "--check-config", "--config", file.name],
                    capture_output=True,
                    text=True,
                    env=clean_environment(TRUNKLINE_SIGNING_KEYS="a key for this test alone"),
                )
                self.assertEqual((done.returncode, done.stderr), (0, ""), command)
                self.assertIn(f"in {file.name}", done.stdout)

    def test_valid(self):
        for name, path in PAGES.items():
            path = os.path.join(SHARE, "man", path)
            with self.subTest(name):
                self.assertEqual(page(name)[1], "")
                done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", path], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertRegex(
                    subprocess.run(["lexgrog", path], capture_output=True, text=True).stdout,
                    rf'"{re.escape(name)} - .{{10,}}"',
                )
                if shutil.which("mandoc"):
                    done = subprocess.run(
                        ["mandoc", "-T", "lint", "-W", "warning", path], capture_output=True, text=True
                    )
                    self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_found_by_name(self):
        for name, path in PAGES.items():
            done = subprocess.run(["man", "-M", os.path.join(SHARE, "man"), "-w", name], capture_output=True, text=True)
            self.assertEqual(done.stdout.strip(), os.path.join(SHARE, "man", path), done.stderr)


# Reads lines of words, cursor at the end of the last; prints COMPREPLY for each in one line.
DRIVER = r"""
source "$1"
while IFS= read -r line; do
  eval "COMP_WORDS=($line)"
  COMP_CWORD=$((${#COMP_WORDS[*]} - 1))
  complete -p "${COMP_WORDS[0]}" >/dev/null || exit 1
  function=$(complete -p "${COMP_WORDS[0]}"); function=${function#*-F }; function=${function%% *}
  COMPREPLY=()
  "$function" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}"
  printf '%s\n' "${COMPREPLY[*]@Q}"
done
"""


def complete_all(*lines, cwd=None):
    """Returns the completions at the end of each line; words are split at = and : as bash does."""
    asked = []
    for line in lines:
        words = line.split(" ")
        cut = [part for word in words for part in (re.findall(r"[=:]+|[^=:]+", word) or [""])]
        asked.append(" ".join(shlex.quote(word) for word in cut))
    program = lines[0].split(" ")[0]
    done = subprocess.run(
        [
            "bash",
            "--norc",
            "--noprofile",
            "-c",
            DRIVER,
            "bash",
            os.path.join(SHARE, "bash-completion", "completions", program),
        ],
        input="\n".join(asked) + "\n",
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    answers = [sorted(shlex.split(answer)) for answer in done.stdout.splitlines()]
    assert len(answers) == len(lines), done.stdout
    return answers


def complete(line, cwd=None):
    return complete_all(line, cwd=cwd)[0]


class Completion(unittest.TestCase):
    def test_first_word(self):
        top = Help("trunkline")
        self.assertEqual(complete("trunkline "), sorted(top.subcommands))
        self.assertEqual(complete("trunkline --"), sorted(top.options))
        self.assertEqual(complete("trunkline ev"), ["events"])
        self.assertEqual(complete("trunkline nothing"), [])

    def test_second_word_of_a_group(self):
        groups = {word: Help("trunkline", word) for word in Help("trunkline").subcommands}
        groups = {word: asked for word, asked in groups.items() if asked.subcommands}
        self.assertLessEqual({"dead", "events", "webhooks", "workers"}, set(groups))
        for word, asked in groups.items():
            self.assertEqual(complete(f"trunkline {word} "), sorted(asked.subcommands))
            self.assertEqual(complete(f"trunkline {word} --"), sorted(asked.options))

    def test_every_option_of_every_command(self):
        verbs = all_verbs()
        self.assertGreater(len(verbs), 20)
        for (verb, asked), offered in zip(verbs.items(), complete_all(*(f"trunkline {verb} --" for verb in verbs))):
            self.assertEqual(offered, sorted(asked.options), verb)
        for program in ("trunkline-gateway", "trunkline-worker"):
            self.assertEqual(complete(f"{program} --"), sorted(Help(program).options))
            self.assertEqual(complete(f"{program} "), sorted(Help(program).options))

    def test_choices(self):
        """Options whose --help shows a choice of words complete them; any other option offers no option as its
        value."""
        everything = {f"trunkline {verb}": asked for verb, asked in all_verbs().items()}
        for program in ("trunkline-gateway", "trunkline-worker"):
            everything[program] = Help(program)
        for program in SECTIONS:
            lines, wanted = [], []
            for command, asked in everything.items():
                if command.split(" ")[0] != program:
                    continue
                for option, (value, _) in asked.options.items():
                    if value and not value.startswith("["):
                        lines += [f"{command} {option} ", f"{command} {option}="]
                        words = sorted(value.split("|")) if "|" in value else None
                        wanted += [words, words]
            for line, words, offered in zip(
                lines, wanted, complete_all(*lines, cwd="/var/empty" if os.path.isdir("/var/empty") else "/")
            ):
                if words:
                    self.assertEqual(offered, words, line)
                elif not line.startswith("trunkline queue --watch"):
                    self.assertFalse([word for word in offered if word.startswith("-")], line)
        self.assertEqual(complete("trunkline queue --log-level d"), ["debug"])
        self.assertEqual(complete("trunkline queue --log-level=d"), ["debug"])
        self.assertEqual(complete("trunkline migrate s"), ["status"])
        self.assertEqual(complete("trunkline migrate up s"), [])

    def test_several_by_comma(self):
        states = ["dead", "ignored", "processed", "retrying"]
        self.assertEqual(complete("trunkline events list --state "), states)
        self.assertEqual(complete("trunkline events list --state dead,"), ["dead," + state for state in states])
        self.assertEqual(complete("trunkline events list --state=dead,p"), ["dead,processed"])

    def test_event_types(self):
        # The names that metrics use; the provider's other spellings are not offered.
        self.assertEqual(complete("trunkline events list --type call.r"), ["call.recording.completed", "call.ringing"])
        self.assertEqual(complete("trunkline dead list --type t"), ["task", "token.validated"])
        self.assertEqual(complete("trunkline webhooks create --event message.r"), ["message.received"])

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("body.json", "body two.json", "other"):
                with open(os.path.join(folder, name), "w", encoding="ascii"):
                    pass
            both = ["body two.json", "body.json"]
            for line in (
                "trunkline verify --body-file bo",
                "trunkline verify --body-file=bo",
                "trunkline send bo",
                "trunkline send --url http://h:1 all bo",
                "trunkline webhooks create --keys-file bo",
                "trunkline queue --config bo",
                "trunkline send -- bo",
            ):
                self.assertEqual(complete(line, folder), both, line)
            self.assertEqual(complete("trunkline-gateway --signing-keys-file bo", folder), both)
            self.assertEqual(complete("trunkline-worker --config o", folder), ["other"])
            self.assertEqual(
                complete("trunkline send ", folder), sorted([*both, "other", "ai", "all", "full", "media"])
            )
            # No files where another kind of value belongs.
            for line in ("trunkline dead show bo", "trunkline queue --max-age bo", "trunkline bo", "trunkline dead bo"):
                self.assertEqual(complete(line, folder), [], line)

    def test_after_other_words(self):
        verb = sorted(Help("trunkline", "dead", "replay").options)
        self.assertEqual(complete("trunkline dead replay --all --rate 5 4711 "), verb)
        self.assertEqual(complete("trunkline dead replay --postgres postgresql://u@h:5432/d --"), verb)
        self.assertEqual(complete("trunkline dead replay --json=true --"), verb)
        self.assertEqual(complete("trunkline queue --watch 5 --max-d"), ["--max-depth"])
        self.assertEqual(complete("trunkline dead replay -- --"), [])

    def test_shellcheck(self):
        if not shutil.which("shellcheck"):
            self.skipTest("needs shellcheck")
        for program in SECTIONS:
            done = subprocess.run(
                ["shellcheck", os.path.join(SHARE, "bash-completion", "completions", program)],
                capture_output=True,
                text=True,
            )
            self.assertEqual((done.returncode, done.stdout), (0, ""))


class LazyLoading(unittest.TestCase):
    """Through the bash-completion package, in an interactive shell: keys in, line out."""

    def setUp(self):
        if not os.path.exists(LOADER):
            self.skipTest("needs bash-completion")
        child, self.terminal = pty.fork()
        if child == 0:
            os.execvpe(
                "bash",
                ["bash", "--norc", "--noprofile", "-i"],
                clean_environment(
                    PATH=f"{BIN}:{os.environ['PATH']}",
                    XDG_DATA_DIRS=f"{SHARE}:/usr/share",
                    TERM="dumb",
                    PS1="> ",
                    HISTFILE="",
                    INPUTRC="/dev/null",
                ),
            )
        self.addCleanup(os.waitpid, child, 0)
        self.addCleanup(os.close, self.terminal)
        self.type(f"source {LOADER}; bind 'set bell-style none'; echo re''ady\n", "ready")

    def type(self, keys, until):
        os.write(self.terminal, keys.encode())
        seen, end = "", time.monotonic() + 10
        while until not in seen:
            self.assertLess(time.monotonic(), end, seen)
            if select.select([self.terminal], [], [], 0.2)[0]:
                seen += os.read(self.terminal, 4096).decode(errors="replace")

    def test_tab(self):
        self.type("trunkline eve\t", "trunkline events ")
        self.type("sh\t", "show ")
        self.type("--ra\t", "--raw ")
        self.type("--log-level=de\t", "=debug ")
        self.type("\x15trunkline-gateway --max-b\t", "--max-body ")
        self.type("\x15trunkline-worker --lea\t", "--lease ")
