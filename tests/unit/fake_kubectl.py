"""A program kubectl that says what a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = """\
#!{python} -IS
import json, os, pathlib, sys, time
folder = pathlib.Path({folder!r})
argv = sys.argv[1:]
said = sys.stdin.read() if {{"-f", "--filename=-", "--stdin"}} & {{*argv}} else ""
line = " ".join(argv)
for word, answers in json.loads((folder / "answers.json").read_text()):
    if word in line:
        with (folder / "asked.jsonl").open("a+") as asked:
            asked.seek(0)
            before = sum(json.loads(one)["by"] == word for one in asked)
            asked.write(json.dumps(dict(by=word, argv=argv, stdin=said)) + "\\n")
        status, out, err, stay = answers[min(before, len(answers) - 1)]
        print(out, end="", flush=True)
        print(err, end="", file=sys.stderr, flush=True)
        time.sleep(stay)
        sys.exit(status)
sys.exit("this kubectl was not told what to say to: " + line)
"""


class _Asked(TypedDict):
    argv: list[str]
    stdin: str


@dataclass(frozen=True)
class Answer:
    """What it says: on both outputs, and with which status; `stay` seconds later it ends."""

    out: str = ""
    err: str = ""
    status: int = 0
    stay: float = 0.0


@dataclass
class FakeKubectl:
    """It stands in a folder that is to be first in PATH.

    Attributes:
        folder: that.
        answers: by words of its command line, the first that are in it: one after the other, the last again.
    """

    folder: Path
    answers: list[tuple[str, list[Answer]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        program = self.folder / "kubectl"
        program.write_text(_PROGRAM.format(python=sys.executable, folder=str(self.folder)))
        program.chmod(0o755)

    def says(self, words: str, *answers: Answer) -> None:
        """Have it say something to a command line with these words in it."""
        self.answers.append((words, list(answers)))
        told = [(one, [(it.status, it.out, it.err, it.stay) for it in them]) for one, them in self.answers]
        (self.folder / "answers.json").write_text(json.dumps(told))

    def fails(self, words: str, err: str, out: str = "") -> None:
        """Have it complain."""
        self.says(words, Answer(out, err, 1))

    def asked(self, word: str = "") -> list[list[str]]:
        """The command lines so far that have a word in them, without the program."""
        return [one["argv"] for one in self._log() if word in " ".join(one["argv"])]

    def read(self, word: str) -> list[str]:
        """What it read from its standard input when it was asked that."""
        return [one["stdin"] for one in self._log() if word in " ".join(one["argv"])]

    def _log(self) -> list[_Asked]:
        try:
            lines = (self.folder / "asked.jsonl").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]
