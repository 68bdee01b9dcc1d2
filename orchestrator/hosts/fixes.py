"""What is missing on a machine, and how to fix it: what to paste, and what it is for. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_INSTALL: Final = "apt-get install "


class Lack(Protocol):
    """What is missing, why it matters, and the command that fixes it, if there is one."""

    @property
    def name(self) -> str: ...  # noqa: D102 -- the class says it

    @property
    def note(self) -> str: ...  # noqa: D102 -- the class says it

    @property
    def fix(self) -> str: ...  # noqa: D102 -- the class says it


def fix_instructions(headline: str, lacks: Collection[Lack]) -> str:
    """All that is missing, below a headline without its full stop; one line if no command fixes it."""
    commands = [f"    {command}" for command in pasted(lack.fix for lack in lacks)]
    if not commands:
        return f"{headline}: {'; '.join(f'{lack.name}: {lack.note}' for lack in lacks)}"
    width = max(len(lack.name) for lack in lacks)
    reasons = [f"    {lack.name:{width}}  {lack.note}" for lack in lacks]
    paste = "Paste this, then try again" if all(lack.fix for lack in lacks) else "This fixes part of it"
    return "\n".join((f"{headline}. {paste}:", "", *commands, "", "It lacks:", *reasons))


def pasted(fixes: Iterable[str]) -> tuple[str, ...]:
    """The commands, each once, in their order; those that install packages as one, and first."""
    packages: dict[str, dict[str, None]] = {}
    others: dict[str, None] = {}
    for fix in fixes:
        sudo, install, names = fix.partition(_INSTALL)
        if install:
            packages.setdefault(sudo, {}).update(dict.fromkeys(names.split()))
        elif fix:
            others[fix] = None
    return (*(f"{sudo}{_INSTALL}{' '.join(names)}" for sudo, names in packages.items()), *others)
