"""Where the provider's nodes and links contradict what `vpn.yml` says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.derive import homes, members
from orchestrator.model.intent import PLACES
from orchestrator.model.link_cost import LARGEST_COST, LinkCost
from orchestrator.model.mistakes import nearest
from orchestrator.model.paths import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.topology import Link


def check_core(files: LabFiles) -> Iterator[Mistake]:
    """Each PE, P and RR has one provider, each provider one core, and overrides name what there is."""
    membership = list(_check_members(files))
    yield from membership
    if not membership:
        yield from _check_islands(files)
    yield from _check_overrides(files)


def _check_members(files: LabFiles) -> Iterator[Mistake]:
    """Each PE, P and RR belongs to exactly one provider."""
    document, roles = files.intent_document, files.topology.roles
    home: dict[str, str] = {}
    for name, provider in files.intent.providers.items():
        for number, node in enumerate(provider.nodes or ()):
            path = ("providers", name, "nodes", number)
            if (role := roles.get(node)) is None:
                yield document.mistake(
                    path, f"{in_words(path[:2], PLACES)} names unknown node '{node}'", nearest(node, roles)
                )
            elif not role.in_provider:
                yield document.mistake(
                    path,
                    f"{in_words(path[:2], PLACES)} names {node}, which is {role.with_article}",
                    "list PEs, Ps and RRs",
                )
            elif home.setdefault(node, name) != name:
                what = f"node {node} is in providers {home[node]} and {name}"
                yield document.mistake(path, what, "a node belongs to one provider")
    if any(provider.nodes is not None for provider in files.intent.providers.values()):
        for node, role in roles.items():
            if role.in_provider and node not in home:
                what = f"{role.upper()} {node} belongs to no provider"
                yield document.mistake(("providers",), what, "add it to the nodes of one")


def _check_islands(files: LabFiles) -> Iterator[Mistake]:
    """Each provider's core hangs together, and by itself."""
    home = homes(files.topology, files.intent)
    neighbours: dict[str, set[str]] = {node: set() for node in home}
    for link in files.topology.links:
        a, b = link.a.node, link.b.node
        if a not in home or b not in home:
            continue
        if home[a] != home[b]:
            continue  # between two providers: no part of either's core
        neighbours[a].add(b)
        neighbours[b].add(a)
    for name, nodes in members(files.topology, files.intent).items():
        mainland = _reachable(nodes[0], neighbours) if nodes else set()
        for node in nodes:
            if node not in mainland and neighbours[node]:
                core = f"the core of {in_words(('providers', name), PLACES)}"
                yield files.topology_document.mistake(
                    ("topology", "nodes", node),
                    f"{core} falls apart: no way from {nodes[0]} to {node}",
                    "add a core link between the parts",
                )
                mainland |= _reachable(node, neighbours)


def _reachable(start: str, neighbours: dict[str, set[str]]) -> set[str]:
    found, edge = {start}, {start}
    while edge:
        edge = {far for node in edge for far in neighbours[node]} - found
        found |= edge
    return found


def _check_overrides(files: LabFiles) -> Iterator[Mistake]:
    document, roles = files.intent_document, files.topology.roles
    for node in files.intent.nodes:
        if (role := roles.get(node)) is None:
            yield document.mistake(("nodes", node), f"unknown node '{node}'", nearest(node, roles))
        elif not role.in_provider:
            what = f"node {node} is a CE and has no loopback in the provider"
            yield document.mistake(("nodes", node), what, "only PEs, Ps and RRs stand here")
    core = {
        str(end): link
        for link in files.topology.links
        if all(roles[one.node].in_provider for one in link)
        for end in link
    }
    named: dict[Link, str] = {}
    for end, own in files.intent.links.items():
        if (link := core.get(end)) is None:
            yield document.mistake(("links", end), f"'{end}' is no end of a core link", nearest(end, core))
        elif (first := named.setdefault(link, end)) != end:
            what = f"'{first}' and '{end}' are the two ends of one link"
            yield document.mistake(("links", end), what, "name the link by one of them")
        elif own.cost != LinkCost():
            yield from _check_cost(files, end, link, own.cost)


def _check_cost(files: LabFiles, end: str, link: Link, cost: LinkCost) -> Iterator[Mistake]:
    """An IGP runs over the link and has room for the cost, and the ends that are named are the link's."""
    document, path = files.intent_document, ("links", end, "cost")
    home = homes(files.topology, files.intent)
    nodes = [one.node for one in link]
    if home[nodes[0]] != home[nodes[1]]:
        what = f"link {end} joins two providers, and no IGP crosses it"
        yield document.mistake(path, what, "give costs to links within a core")
        return
    for node in cost.by_node:
        if node not in nodes:
            what = f"link {end} has no end at '{node}'"
            yield document.mistake((*path, node), what, f"its ends are at {nodes[0]} and {nodes[1]}")
    igp = files.intent.providers[home[nodes[0]]].core.igp
    if cost.largest > LARGEST_COST[igp]:
        what = f"cost {cost.largest} of link {end} is out of range"
        yield document.mistake(path, what, f"give a whole number within 1..{LARGEST_COST[igp]} ({igp})")
