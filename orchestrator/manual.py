"""The manual page, made of the command line: `python -m orchestrator.manual > docs/l3vpn.1`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from orchestrator.cli import parser
from orchestrator.examples import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_EXIT_CODES: Final = (
    ("0", "All is proven, or there is no difference."),
    ("1", "Some check did not pass or could not look, or there is a difference."),
    ("2", "Wrong usage, or a wrong lab file."),
    ("3", "This machine cannot run the data plane: l3vpn doctor says what would help."),
    ("4", "A node could not be reached, or refused its configuration."),
    ("130", "Interrupted: Ctrl-C, SIGTERM, SIGHUP, or nobody reads the output."),
)
_VARIABLES: Final = (
    (
        "L3VPN_HOST, L3VPN_RUNTIME, L3VPN_SUITE, L3VPN_IMAGE, L3VPN_GUESTS",
        "As --host, --runtime, --frr, --image and --guests.",
    ),
    ("L3VPN_SSH_OPTIONS", "Options for ssh, where the host is ssh://user@machine."),
    ("L3VPN_UNDERLAY", "The network between the machines of a lab on several: 10.0.0.0/24."),
    ("XDG_STATE_HOME, XDG_CACHE_HOME", "Where running labs are remembered, and where node trees are kept."),
)


def manual(command_line: argparse.ArgumentParser) -> str:
    """The page in the macros of man(7)."""
    return "\n".join(_lines(command_line)) + "\n"


def _lines(command_line: argparse.ArgumentParser) -> Iterator[str]:
    yield '.\\" Made of the command line by: python -m orchestrator.manual'
    yield '.TH L3VPN 1 "" "l3vpn" "User commands"'
    yield ".SH NAME"
    yield _plain(f"l3vpn - {_lower(command_line.description or '')}")
    yield ".SH SYNOPSIS"
    yield ".B l3vpn"
    yield r"\fICOMMAND\fR [\fIoptions\fR]"
    yield ".SH DESCRIPTION"
    yield _plain(
        "A lab is a folder with two files: a containerlab topology, and vpn.yml, which says who the "
        "customers are. LAB is a name under labs/ or the path of such a folder."
    )
    yield ".SH COMMANDS"
    for action in _verbs(command_line):
        helps = {one.dest: one.help or "" for one in action._choices_actions}  # noqa: SLF001 -- argparse has no other way
        for verb, options in sorted(action.choices.items()):
            yield from _verb(verb, helps[verb], options)
    yield ".SH EXIT STATUS"
    for code, words in _EXIT_CODES:
        yield from _entry(rf"\fB{code}\fR", words)
    yield _plain("exec passes the command's status through, and uses 255 when it could not run it.")
    yield ".SH ENVIRONMENT"
    for names, words in _VARIABLES:
        yield from _entry(rf"\fB{_plain(names)}\fR", words)
    yield ".SH SEE ALSO"
    yield r".BR containerlab (1),"
    yield r".BR vtysh (1)"


def _verbs(
    command_line: argparse.ArgumentParser,
) -> Iterator[argparse._SubParsersAction[argparse.ArgumentParser]]:
    for action in command_line._actions:  # noqa: SLF001 -- argparse has no other way to its actions
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 -- the same
            yield action


def _verb(verb: str, words: str, options: argparse.ArgumentParser) -> Iterator[str]:
    actions = [one for one in options._actions if one.dest != "help"]  # noqa: SLF001 -- the same
    named = [one for one in actions if one.option_strings]
    placed = [one for one in actions if not one.option_strings]
    yield f".SS {verb}"
    yield _plain(f"{words[:1].upper()}{words[1:]}.")
    yield ".PP"
    yield " ".join(
        (rf"\fBl3vpn {verb}\fR", *([r"[\fIoptions\fR]"] if named else []), *(_place(one) for one in placed))
    )
    for one in (*placed, *named):
        if one.help:
            yield from _entry(_name(one), _help(one))
    yield ".PP"
    yield ".EX"
    for line in EXAMPLES[verb]:
        yield _plain(f"    l3vpn {line}")
    yield ".EE"


def _name(action: argparse.Action) -> str:
    """An option with its value, or what stands without one."""
    values = rf" \fI{_plain(_value(action))}\fR" if action.nargs != 0 else ""
    if not action.option_strings:
        return values.strip()
    return ", ".join(rf"\fB{_plain(one)}\fR{values}" for one in action.option_strings)


def _value(action: argparse.Action) -> str:
    given: str | tuple[str, ...] | Sequence[object] | None = action.metavar or (
        "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
    )
    words = given if isinstance(given, str) else " ".join(map(str, given or ()))
    several = action.nargs in {"+", "*", argparse.REMAINDER}
    return f"{words}..." if several else words


def _place(action: argparse.Action) -> str:
    words = rf"\fI{_plain(_value(action))}\fR"
    return f"[{words}]" if action.nargs in {"?", "*", argparse.REMAINDER} else words


def _help(action: argparse.Action) -> str:
    return (action.help or "").replace("%%", "%")  # not begun with a capital: it may be a value


def _entry(name: str, words: str) -> Iterator[str]:
    yield ".TP"
    yield name
    yield _plain(words)


def _lower(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}".rstrip(".")


def _plain(words: str) -> str:
    """Text that roff prints as it is: no escapes, hyphens that can be pasted, no line that is a request."""
    made = words.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("~", r"\(ti")
    made = made.replace("^", r"\(ha").replace("`", r"\(ga")
    return rf"\&{made}" if made[:1] in {".", "'"} else made


if __name__ == "__main__":
    sys.stdout.write(manual(parser()))
