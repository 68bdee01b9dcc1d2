"""Carrying out a change on one node: one script, run by one command, that stops at the first refusal."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from orchestrator.fleet.errors import NoAnswer, SessionLost
from orchestrator.fleet.refusal import refused_as_read, refused_by_check, refused_by_frr, refused_by_kernel
from orchestrator.render.secrets import has_secret

if TYPE_CHECKING:
    from orchestrator.fleet.refusal import Refusal
    from orchestrator.fleet.session import FrrConnection

_WITHIN: Final = 60.0  # the first push runs while all daemons of all nodes start up
_NOT_VALID, _NOT_MENDED, _NOT_READ = 90, 91, 92  # exit statuses of the script, unlike any of vtysh
_LARGEST_PART: Final = 100_000

# -C asks no daemon, but only with -f. A node need not have /dev/stdin.
_CHECK: Final = f"printf '%s\\n' \"$text\" | vtysh -C -f /proc/self/fd/0 >/dev/null || exit {_NOT_VALID}\n"
# -E repeats each line before what FRR says to it. vtysh stops at the first line that is not taken; with -f
# it would carry on, end with status 0 (8.4), and take twice the time (10.3: one process for each daemon).
_CONFIGURE: Final = 'exec vtysh -E -c "configure terminal\n$text$then" </dev/null\n'
# Keys and passwords are for no command line: others see them in the machine's process list. With -f, FRR 8.4
# ends with status 0 whatever it refuses; each refused line is told by its number. It has to be a file (root's
# alone): 10.3 reads it anew in a process for each daemon, and of a pipe only the first would have anything.
_CONFIGURE_UNSEEN: Final = f"""\
file=$(umask 077; mktemp) || exit {_NOT_READ}
trap 'rm -f "$file"' EXIT
printf '%s\\n' "$text" >"$file"
said=$(vtysh -f "$file" 2>&1 </dev/null) &&
    ! printf '%s\\n' "$said" | grep -q '^line [0-9]*:' || {{
    printf '%s\\n' "$said"; exit {_NOT_READ}
}}
"""
_AFTERWARDS: Final = 'vtysh -E -c "$then" </dev/null\n'


def send(
    session: FrrConnection,
    commands: tuple[str, ...],
    configuration: str,
    afterwards: tuple[str, ...] = (),
    *,
    check: bool,
) -> Refusal | None:
    """Mend the kernel, then configure FRR, whose lines name VRFs and interfaces.

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
    session: FrrConnection,
    commands: tuple[str, ...],
    part: str,
    afterwards: tuple[str, ...],
    *,
    check: bool,
) -> Refusal | None:
    secret = has_secret(part)
    if secret:
        then = "\n".join(afterwards)
        configure = _CONFIGURE_UNSEEN + (_AFTERWARDS if afterwards else "")
    else:
        then = "".join(f"\n{line}" for line in ("end", *afterwards)) if afterwards else ""
        configure = _CONFIGURE if part else ""
    script = "".join(
        (
            f"text={shlex.quote(part.rstrip())}\n",
            f"then={shlex.quote(then)}\n",
            _CHECK if part and (check or secret) else "",
            *(
                f"{{ {command}\n}} </dev/null >/dev/null && echo || exit {_NOT_MENDED}\n"
                for command in commands
            ),
            configure,
        )
    )
    try:
        done = session.run("exec sh -s", script.encode(), _WITHIN)
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
