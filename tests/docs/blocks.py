# SPDX-License-Identifier: Apache-2.0
"""Console blocks of a Markdown page, and whether what a command printed has the shape that the page shows.

    ```console
    $ trunkline queue --max-age 5m        # exit 2
    WARNING: ...
    ```

Lines from `$ ` on are commands (a trailing backslash continues one), the lines below what they print. `...` stands for
any text, alone on a line for any lines. Numbers, times, ids and spacing differ from run to run and are not
compared. A command without output below it may print what it likes; its exit code counts all the same."""
import dataclasses
import re

EXIT = re.compile(r"\s+# exit (\d+)$")
# In this order: what looks like a time or an id first, then what is left of the digits.
VARYING = [
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?"), "<time>"),
    (re.compile(r"\b\d{13}-\d+\b"), "<entry>"),
    (re.compile(r"\b(?=[0-9a-zA-Z_-]*\d)(?=[0-9a-zA-Z_-]*[a-zA-Z])[0-9a-zA-Z_-]{12,}\b"), "<id>"),
    (re.compile(r"\d+(,\d{3})*(\.\d+)?\s?(us|ms|s|min|m|h|d|B|kB|MB|GB|KiB|MiB|GiB)\b"), "<quantity>"),
    (re.compile(r"\d+(,\d{3})*(\.\d+)?"), "<number>"),
    (re.compile(r"(-{3,}|─{3,}|#{3,})"), "<rule>"),
    (re.compile(r"\s+"), " "),
]


@dataclasses.dataclass
class Command:
    page: str
    line: int
    text: str
    exit_code: int
    expected: list


def parse(page, text):
    """Commands of the console blocks of a page, in order. Raises ValueError for an invalid block."""
    commands, inside, more = [], False, False
    for number, line in enumerate(text.splitlines(), 1):
        if not inside:
            inside = line.strip() == "```console"
            fresh = True
        elif line.strip() == "```":
            inside = more = False
        elif more:
            commands[-1].text += "\n" + line
            more = line.endswith("\\")
        elif line.startswith("$ "):
            commands.append(Command(page, number, line[2:], 0, []))
            more, fresh = line.endswith("\\"), False
        elif fresh:
            raise ValueError(f"{page}:{number}: a console block begins with '$ COMMAND'")
        else:
            commands[-1].expected.append(line)
    if inside:
        raise ValueError(f"{page}: a console block does not end")
    for command in commands:
        code = EXIT.search(command.text)
        if code:
            command.text, command.exit_code = command.text[: code.start()], int(code[1])
    return commands


def shape(line):
    for pattern, name in VARYING:
        line = pattern.sub(name, line)
    return line.strip()


def as_pattern(line):
    """The line with each `...` as any text."""
    return re.compile(".*".join(re.escape(shape(part)) if part.strip() else "" for part in line.split("...")))


def matches(expected, printed):
    """Empty if `printed` (lines) has the shape of `expected`, else the first expected line that is not there."""
    wanted = [line for line in expected if line.strip()]
    got = [shape(line) for line in printed if line.strip()]
    if not wanted:
        return ""
    # reachable[i]: the wanted lines so far can end before got[i]
    reachable = {0}
    for line in wanted:
        if line.strip() == "...":
            reachable = set(range(min(reachable), len(got) + 1))
            continue
        pattern = as_pattern(line)
        reachable = {i + 1 for i in reachable if i < len(got) and pattern.fullmatch(got[i])}
        if not reachable:
            return line
    return "" if len(got) in reachable else "(nothing more)"
