"""Carrying out a change on one node: one script, run by one command, that stops at the first refusal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from orchestrator.fleet.errors import NoAnswer, SessionLost
from orchestrator.fleet.refusal import refused_as_read, refused_by_check, refused_by_frr, refused_by_kernel
from orchestrator.render.secrets import has_secret
from orchestrator.scripts import script

if TYPE_CHECKING:
    from orchestrator.fleet.refusal import Refusal
    from orchestrator.fleet.session import Session

_WITHIN: Final = 60.0  # the first push runs while all daemons of all nodes start up
_NOT_VALID, _NOT_MENDED, _NOT_READ = 90, 91, 92  # exit statuses of send.sh, unlike any of vtysh
_LARGEST_PART: Final = 100_000


def send(
    session: Session,
    commands: tuple[str, ...],
    configuration: str,
    afterwards: tuple[str, ...] = (),
    *,
    check: bool,
) -> Refusal | None:
    """Correct the kernel, then configure FRR, whose lines name VRFs and interfaces.

    Args:
        session: to the node.
        commands: for the root shell.
        configuration: for FRR, each block ended by its `exit`.
        afterwards: what FRR is to do, such as `clear bgp`, once it has taken the last line. It is the same
            vtysh that does it: if the connection were lost in between, nothing would show that it is left.
        check: let `vtysh -C` see the whole configuration before anything is changed.

    Returns:
        What was refused; nothing after it has been tried.

    Raises:
        NoAnswer: the connection was lost on the way, or the change took longer than a minute.
    """
    *parts, last = _parts(configuration)
    for part in parts:
        if refusal := _send(session, commands, part, (), check=check):
            return refusal
        commands = ()
    return _send(session, commands, last, afterwards, check=check)


def _send(
    session: Session,
    commands: tuple[str, ...],
    part: str,
    afterwards: tuple[str, ...],
    *,
    check: bool,
) -> Refusal | None:
    secret = has_secret(part)
    text = script(
        "fleet/send.sh",
        part.rstrip(),
        "\n".join(afterwards),
        "yes" if part and (check or secret) else "no",
        "yes" if secret else "no",
        *commands,
    )
    try:
        done = session.run("exec sh -s", text.encode(), _WITHIN)
    except SessionLost as lost:  # an earlier part may have changed the node: this is not to be begun again
        raise NoAnswer(str(lost)) from None
    stderr = done.stderr.decode("utf-8", "replace")
    if done.ok:
        return None
    if done.status == _NOT_VALID:
        return refused_by_check(part, stderr)
    if done.status == _NOT_MENDED:
        return refused_by_kernel(commands, done.text, stderr)
    if done.status == _NOT_READ:
        return refused_as_read(part, done.text)
    return refused_by_frr(done.text, stderr)


def _parts(configuration: str) -> list[str]:
    """The text cut between blocks.

    Each part must fit into one argument of a command (128 KiB in Linux), and blocks with keys or passwords
    are not among others.
    """
    parts = [""]
    for block in re.split(r"^(?=\S)", configuration, flags=re.MULTILINE):
        full = len(parts[-1]) + len(block) > _LARGEST_PART
        if not block.startswith("exit") and (
            full or (parts[-1] and has_secret(block) != has_secret(parts[-1]))
        ):
            parts.append("")
        parts[-1] += block
    return parts
