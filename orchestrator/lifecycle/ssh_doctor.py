"""What machines that are reached by ssh have and lack for a lab, and whether they reach one another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from orchestrator.hosts.base import HostError
from orchestrator.hosts.doctor import NETNS, Diagnosis, Row, Verdict
from orchestrator.hosts.members import at_once
from orchestrator.hosts.recipe import Recipe
from orchestrator.hosts.ssh import has_tree, survey
from orchestrator.hosts.ssh_doctor import rows_of
from orchestrator.hosts.ssh_machines import SshMachines, named_twice
from orchestrator.lifecycle.factory import destinations
from orchestrator.runtimes import underlay

if TYPE_CHECKING:
    from orchestrator.hosts.members import Member
    from orchestrator.hosts.ssh_survey import Survey
    from orchestrator.settings import Settings


def diagnose_machines(host: str, settings: Settings) -> Diagnosis:
    """Look at the machines that a host's name is of; nothing is changed there.

    Raises:
        UnknownChoice: it names none.
    """
    machines = SshMachines.look(destinations(host), Recipe.load(settings), settings)
    try:
        rows = _rows(machines.members)
    finally:
        machines.close()
    lacking = list(dict.fromkeys(row.name for row in rows if row.verdict is Verdict.LACKS))
    if lacking:
        return Diagnosis(rows, None, None, f"no lab can be on {host} yet: see {' and '.join(lacking)}")
    return Diagnosis(rows, host, NETNS, "asked for")


def _rows(members: tuple[Member, ...]) -> tuple[Row, ...]:
    several = len(members) > 1
    looks = at_once(lambda one: _look(one, joined=several), members)
    rows = [row for found, _ in looks for row in found]
    surveys = [found for _, found in looks if found is not None]
    names = [one.host.name for one, (_, found) in zip(members, looks, strict=True) if found is not None]
    if (twice := named_twice(names, [one.boot for one in surveys])) is not None:
        rows.append(Row("machines", "named twice", Verdict.LACKS, twice))
    if several and not any(row.verdict is Verdict.LACKS for row in rows):
        rows.append(_between(members))
    return tuple(rows)


def _look(member: Member, *, joined: bool) -> tuple[tuple[Row, ...], Survey | None]:
    host = member.host
    try:
        found = survey(host, joined=joined)
        return rows_of(host.name, found, os.uname().machine, tree=has_tree(host)), found
    except HostError as error:
        return (Row(host.name, "unreachable", Verdict.LACKS, str(error)),), None


def _between(members: tuple[Member, ...]) -> Row:
    addresses = ", ".join(str(one.address) for one in members)
    name = "between them"
    try:
        problems = underlay.problems(members)
    except HostError as error:
        return Row(name, addresses, Verdict.LACKS, str(error))
    if problems:
        return Row(name, addresses, Verdict.LACKS, "; ".join(problems))
    return Row(name, addresses, note="UDP, in fragments too, and TCP pass; nothing encrypts what nodes send")
