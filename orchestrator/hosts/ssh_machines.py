"""Host `ssh://a,ssh://b`: several machines that have labs together, each reached as `ssh.SshHost` is.

Each has a part of the labs' management addresses, so an address tells which machine it is on. Links between
nodes on different machines go from machine to machine, by addresses of these.
"""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, NoReturn

from orchestrator.hosts import image
from orchestrator.hosts.base import CannotRunHere, HostError, PortUnreachable
from orchestrator.hosts.members import LABS, Member, at_once, share
from orchestrator.hosts.ssh import SshHost, has_tree

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence
    from ipaddress import IPv4Network
    from pathlib import Path

    from orchestrator.hosts.base import Completed, Host, Progress
    from orchestrator.hosts.recipe import Recipe
    from orchestrator.hosts.ssh import Destination
    from orchestrator.hosts.ssh_survey import Survey
    from orchestrator.settings import Settings

MOST_MACHINES: Final = 16
"""So many leave each of them 16 management subnets."""
_LOOK_SECONDS = 20.0
_NOBODYS: Final = IPv4Address("0.0.0.0")  # noqa: S104 -- of a machine that does not answer


class Absent:
    """A machine that does not answer: whatever is asked of it ends with the reason.

    Args:
        name: of the machine.
        reason: in a line that names it.
    """

    node_root = PurePosixPath("/nonexistent")
    orchestrator_address: IPv4Address | None = None

    def __init__(self, name: str, reason: HostError) -> None:
        self.name = name
        self.reason = reason

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> NoReturn:  # noqa: ARG002
        """See `Host.run`."""
        raise self.reason

    def dial(self, address: IPv4Address, port: int, *, timeout: float = 5.0) -> NoReturn:  # noqa: ARG002
        """See `Host.dial`."""
        raise self.reason

    def login_argv(
        self,
        address: IPv4Address,  # noqa: ARG002
        user: str,  # noqa: ARG002
        *,
        key: Path,  # noqa: ARG002
        known_hosts: Path,  # noqa: ARG002
        command: str | None = None,  # noqa: ARG002
    ) -> NoReturn:
        """See `Host.login_argv`."""
        raise self.reason

    def close(self) -> None:
        """Nothing is held."""


class SshMachines:
    """Machines that have labs together. Made by `start` or `attach`.

    Args:
        members: the machines, in the order in which they are named.

    Attributes:
        name: their names, with commas between.
        members: each of them.
    """

    orchestrator_address: IPv4Address | None = None

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = tuple(members)
        self.name = ",".join(one.host.name for one in members)
        self.node_root = members[0].host.node_root

    @classmethod
    def start(
        cls,
        destinations: Sequence[Destination],
        progress: Progress,
        recipe: Recipe,
        settings: Settings,
    ) -> SshMachines:
        """The machines, each prepared as one alone is; nothing is put on any unless all can be used.

        Raises:
            CannotRunHere: one lacks something, or two names are of one machine.
            PortUnreachable: ssh does not get to one.
        """
        names = ",".join(map(str, destinations))
        progress(f"connecting to {' and '.join(map(str, destinations))}")
        hosts = _connected(destinations, recipe, settings)
        try:
            _all_there(hosts)
            there = [one for one in hosts if isinstance(one, SshHost)]
            surveys = at_once(lambda one: one.prepare(among=names), there)
            _all_different(there, surveys)
            made = cls(_members(hosts, settings.underlay))
            _all_there([one.host for one in made.members])
            lacking = [one for one in there if not has_tree(one)]
            if lacking:
                tree = image.ensure(progress, recipe, settings.places)
                progress(
                    f"copying the node tree to {' and '.join(one.name for one in lacking)} (once, 280 MB)"
                )
                at_once(lambda one: one.copy_tree(tree), lacking)
        except BaseException:
            for one in hosts:
                one.close()
            raise
        return made

    @classmethod
    def attach(cls, destinations: Sequence[Destination], recipe: Recipe, settings: Settings) -> SshMachines:
        """The machines as they are; some may not answer.

        Raises:
            PortUnreachable: none answers.
        """
        made = cls.look(destinations, recipe, settings)
        if all(isinstance(one.host, Absent) for one in made.members):
            _all_there([one.host for one in made.members])
        return made

    @classmethod
    def look(cls, destinations: Sequence[Destination], recipe: Recipe, settings: Settings) -> SshMachines:
        """The machines, or the machine, as they are; none may answer."""
        return cls(_members(_connected(destinations, recipe, settings), settings.underlay))

    # ---- Host ----------------------------------------------------------------------------------

    def run(self, command: str, *, stdin: bytes = b"", timeout: float) -> Completed:
        """See `Host.run`: on the first machine."""
        return self.members[0].host.run(command, stdin=stdin, timeout=timeout)

    def dial(self, address: IPv4Address, port: int, *, timeout: float = 5.0) -> socket.socket:
        """See `Host.dial`: from the machine that has the address."""
        return self._with(address).dial(address, port, timeout=timeout)

    def login_argv(
        self, address: IPv4Address, user: str, *, key: Path, known_hosts: Path, command: str | None = None
    ) -> list[str]:
        """See `Host.login_argv`: through the machine that has the address."""
        host = self._with(address)
        return host.login_argv(address, user, key=key, known_hosts=known_hosts, command=command)

    def close(self) -> None:
        """Let go of the connections; the machines and their labs stay up."""
        at_once(lambda one: one.host.close(), self.members)

    def _with(self, address: IPv4Address) -> Host:
        for one in self.members:
            if address in one.management:
                return one.host
        raise PortUnreachable(f"{address} is on none of {self.name}")


def _connected(
    destinations: Sequence[Destination], recipe: Recipe, settings: Settings
) -> list[SshHost | Absent]:
    """All that answer, at the same time."""

    def connect(one: Destination) -> SshHost | Absent:
        try:
            return SshHost(one, recipe, settings.ssh_options)
        except HostError as error:
            return Absent(str(one), error)

    return at_once(connect, destinations)


def _members(hosts: Sequence[SshHost | Absent], underlay: IPv4Network | None) -> list[Member]:
    """What each machine is to the others; one whose address for them cannot be found is of no use."""

    def member(number: int) -> Member:
        host, management = hosts[number], share(LABS, number, len(hosts))
        if isinstance(host, Absent):
            return Member(host, _NOBODYS, management)
        try:
            return Member(host, _address(host, underlay), management)
        except HostError as error:
            host.close()
            return Member(Absent(host.name, error), _NOBODYS, management)

    return at_once(member, range(len(hosts)))


def _address(host: SshHost, underlay: IPv4Network | None) -> IPv4Address:
    """Under which the others reach a machine: where ssh got to, or its address in the network that is set.

    Raises:
        CannotRunHere: it has none that can be used.
    """
    if underlay is None:
        try:
            address = ip_address(host.heard_at)
        except ValueError:
            address = _NOBODYS
        if isinstance(address, IPv4Address) and not (address.is_loopback or address.is_unspecified):
            return address
        raise CannotRunHere(
            f"ssh reached {host.name} at {host.heard_at or 'no known address'}, and others need an IPv4 "
            "address of it: name the network between the machines (L3VPN_UNDERLAY=10.0.0.0/24)"
        )
    said = host.run(f"ip -4 -o address show to {underlay}", timeout=_LOOK_SECONDS).expect_ok(
        f"ask {host.name} for its addresses"
    )
    for line in said.text.splitlines():
        return IPv4Address(line.split()[3].partition("/")[0])
    raise CannotRunHere(f"{host.name} has no address in {underlay} (L3VPN_UNDERLAY)")


def _all_there(hosts: Sequence[Host]) -> None:
    """Refuse to go on without some: all in a line."""
    absent = [one for one in hosts if isinstance(one, Absent)]
    if absent:
        raise type(absent[0].reason)("; ".join(str(one.reason) for one in absent))


def _all_different(hosts: Sequence[SshHost], surveys: Sequence[Survey]) -> None:
    """Refuse two names of one machine: half of a lab would take the place of the other half."""
    twice = named_twice([one.name for one in hosts], [one.boot for one in surveys])
    if twice is not None:
        raise CannotRunHere(twice)


def named_twice(names: Sequence[str], boots: Sequence[str]) -> str | None:
    """Of machines and what starts of their kernels are called: a complaint, if two names are of one."""
    for number, boot in enumerate(boots):
        if boot in boots[:number]:
            return f"{names[boots.index(boot)]} and {names[number]} are one machine: name it once"
    return None
