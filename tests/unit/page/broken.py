"""Recordings of which somebody has changed what nodes said, and what became of probes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.bundle import Bundle, Place, Seen
from orchestrator.evidence.file import read
from orchestrator.evidence.judge import case
from orchestrator.evidence.keys import key
from orchestrator.verification.expect import expect
from orchestrator.verification.forwarding.walk import walk_queries
from orchestrator.verification.kit.answers import Transcript
from orchestrator.verification.kit.facts import CouldNotLook
from orchestrator.verification.kit.probes import Flight
from tests.recorded.mutations_customer import CUSTOMER
from tests.recorded.mutations_provider import PROVIDER
from tests.recorded.recording import RecordingKey
from tests.unit.diagrams.large import large
from tests.unit.verification.converged import Converged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.evidence.judge import Case
    from orchestrator.verification.kit.answers import Unreachable
    from orchestrator.verification.kit.probes import Probe

MUTATIONS = {one.name: one for one in (*PROVIDER, *CUSTOMER)}


def recorded(lab: str, stage: str = "", frr: str = "10.3") -> Bundle:
    return read(RecordingKey(lab, stage, frr).file)


def judged(bundle: Bundle) -> Case:
    return case(bundle, RecordingKey(bundle.lab, bundle.seen[0].stage, "10.3").file)


def edited(bundle: Bundle, edit: Callable[[str, str, str], str | None]) -> Bundle:
    """With other output: `edit` gets node, command and output; None leaves it as it is."""
    seen = bundle.seen[0]
    answers = {
        node: {
            command: replace(answer, output=other)
            if isinstance(answer, Transcript) and (other := edit(node, command, answer.output)) is not None
            else answer
            for command, answer in there.items()
        }
        for node, there in seen.answers.items()
    }
    return replace(bundle, seen=(replace(seen, answers=answers),))


def mutated(bundle: Bundle, node: str, name: str) -> Bundle:
    """A wrong network of those that the recordings are tried with, as one node shows it."""
    mutation = MUTATIONS[name]
    lab = judged(bundle).lab

    def edit(at: str, command: str, output: str) -> str | None:
        if at != node or not mutation.concerns(lab.name, lab.node(node), command):
            return None
        return mutation.applied(output)

    made = edited(bundle, edit)
    assert made != bundle, f"{name} does not apply at {node}"
    return made


def flown(bundle: Bundle, fate: Callable[[Probe, Flight], Flight]) -> Bundle:
    """With other fates of probes."""
    seen = bundle.seen[0]
    flights = {
        probe: flight if isinstance(flight, CouldNotLook) else fate(probe, flight)
        for probe, flight in seen.flights.items()
    }
    return replace(bundle, seen=(replace(seen, flights=flights),))


def leaking(bundle: Bundle, ce: str, stranger: str) -> Bundle:
    """What one CE hands to its PE for addresses of a stranger's VPN arrives there."""
    return flown(
        bundle,
        lambda probe, flight: flight.seen_at(stranger) if probe.ce == ce and probe.gateway else flight,
    )


def generated(folder: Path, size: int) -> Case:
    """A lab of any size where all is right but equal-cost branches: nobody has seen a flow there."""
    lab = large(folder, size)
    network = Converged(lab)
    answers: dict[str, dict[str, Transcript | Unreachable]] = {node.name: {} for node in lab.nodes}
    flights: dict[Probe, Flight | CouldNotLook] = {}
    for check in expect(lab):
        for node, command in (*(one.key for one in check.queries), *(one.key for one in walk_queries(lab))):
            if key(command) not in answers[node]:
                said = network.says(node, command)
                answers[node][key(command)] = Transcript(node, key(command), said, 0)
        for probe in check.probes:
            there = frozenset(filter(None, (probe.target,)))
            flights[probe] = Flight(there, answered=bool(there))
    files = {one.name: one.read_text() for one in folder.glob("*.yml")}
    seen = Seen("verify", "2026-01-01T00:00:00+00:00", "", (), answers, flights)
    return case(Bundle(lab.name, Place(), files, (seen,)), folder)


SECRET: Final = "Robin-red1"  # noqa: S105 -- has the name of the node in it, and so is among the lines shown


def with_a_password() -> Bundle:
    """Somebody has given a session a password by hand, which the output that was read shows."""
    session = " neighbor 10.1.0.1 remote-as 65000\n"

    def said(node: str, command: str, output: str) -> str | None:
        if node != "red1" or command not in {"show running-config", "show running-config bgpd"}:
            return None
        assert session in output
        return output.replace(session, f"{session} neighbor 10.1.0.1 password {SECRET}\n")

    return edited(recorded("two-vpns"), said)
