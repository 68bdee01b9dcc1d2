"""`serve`: the page of a running lab live in a browser."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, NoReturn

from orchestrator.commands.exit_codes import complain
from orchestrator.commands.resolve import joined_lab
from orchestrator.errors import UsageError
from orchestrator.lifecycle.running import find, intent_of
from orchestrator.lifecycle.store import Store
from orchestrator.live.looking import verifications
from orchestrator.live.running_server import listening, served
from orchestrator.live.source import LabSource
from orchestrator.terminal import console, program

if TYPE_CHECKING:
    from orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    lab: str | None
    host: str | None
    runtime: str | None
    listen: str
    port: int
    control: bool


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The lab that is shown, and where it is to be."""

    lab: str
    host: str | None
    runtime: str | None


def run(options: Options, settings: Settings) -> NoReturn:
    """Serve it until interrupted; changes nothing but what `--control` lets somebody click.

    Raises:
        KeyboardInterrupt: that is how a person ends it.
    """
    chosen = _Chosen(options.lab or _the_only_one(settings), options.host, options.runtime)
    lab = intent_of(chosen.lab, find(chosen.lab, settings))
    source = LabSource(lab, chosen.lab, program(), control=options.control)
    with listening(options.listen, options.port) as bound, served(source, bound) as address:
        if not ip_address(options.listen).is_loopback:
            complain(f"warning: {options.listen} is reached from elsewhere, and nothing is encrypted")
        console().print(f"{lab.name}: {address}", style="bold", markup=False, soft_wrap=True)
        console().print("Ctrl-C ends it", style="dim")
        try:
            with closing(verifications(partial(joined_lab, chosen, settings), chosen.lab)) as looks:
                source.watch(looks)
        finally:
            source.close()
    raise AssertionError  # verifications have no end


def _the_only_one(settings: Settings) -> str:
    """The lab that is up, where that is one.

    Raises:
        UsageError: it is none, or several.
    """
    names = [one.lab for one in Store.of(settings).all()]
    if len(names) == 1:
        return names[0]
    known = f"these are up: {', '.join(names)}" if names else "none is up: `l3vpn up LAB` brings one up"
    raise UsageError(f"which lab? {known}")
