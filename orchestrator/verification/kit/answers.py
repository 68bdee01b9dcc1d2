"""What nodes answer: values that the rest of the program reads, free of nornir, netmiko and paramiko."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Transcript:
    """One command on one node and what it said.

    Attributes:
        node: the node's name in the lab.
        command: as it was asked for.
        output: everything it wrote, standard error included, as text.
        status: a shell command's exit status; for a `show` command 0, or 1 where vtysh did not know it.
    """

    node: str
    command: str
    output: str
    status: int

    @property
    def ok(self) -> bool:
        """Whether the command was understood and exited with 0."""
        return self.status == 0


@dataclass(frozen=True, slots=True)
class Unreachable:
    """What did not answer.

    Attributes:
        node: the node.
        why: in one line.
        daemon: the only program there that did not, as far as was seen; "" for the node.
    """

    node: str
    why: str
    daemon: str = ""

    @property
    def who(self) -> str:
        """What a person would see to."""
        return f"{self.daemon} on {self.node}" if self.daemon else self.node

    @property
    def reason(self) -> str:
        """Why its facts are not known, in one line."""
        return f"{self.who} does not answer: {self.why}"

    def __str__(self) -> str:
        return f"{self.who}: {self.why}"


@dataclass(frozen=True, slots=True)
class NotKept(Unreachable):
    """What was not asked when the evidence that is judged now was gathered."""

    @property
    def reason(self) -> str:
        """Nobody can be asked any more."""
        return self.why


class NodeProgress(Protocol):
    """Called with what each node is being waited for, from the threads that wait: quick and thread-safe."""

    def __call__(self, node: str, what: str) -> None:
        """`node` begins `what` ("connecting", "pushing 41 lines")."""


def no_node_progress(node: str, what: str) -> None:
    """No-op progress callback."""
