"""The values of an evidence bundle: what was seen of a running lab, and of which."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.faults.fault import Fault
    from orchestrator.verification.kit.answers import Transcript, Unreachable
    from orchestrator.verification.kit.facts import CouldNotLook
    from orchestrator.verification.kit.probes import Flight, Probe

Answers: TypeAlias = "Mapping[str, Mapping[str, Transcript | Unreachable]]"
"""By node, and by command as `keys.key` names it."""


@dataclass(frozen=True, slots=True)
class Place:
    """What ran the lab, as far as it is known; "" and nothing where it is not.

    Attributes:
        host: its kind: `guest`, `local` or `ssh`. Not its name, which is nobody's business.
        runtime: what made the nodes.
        kernel: the release of their Linux.
        frr: FRR's version by node.
        program: the version of this program that wrote the bundle.
    """

    host: str = ""
    runtime: str = ""
    kernel: str = ""
    frr: Mapping[str, str] = field(default_factory=dict)
    program: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a lab at one time.

    Attributes:
        title: what had been done before, in the words of the command: `verify`, `fail pe1-p1`.
        at: when it had been seen, UTC, ISO 8601.
        stage: of the intent that the lab was at; "" for none.
        faults: what was failed, and so is not expected.
        answers: what the nodes said.
        flights: what became of each probe.
        report: the findings of then, as `verify --format json` prints them; "" where nothing was judged.
        packets: pcap files by `node.interface`; kept as they are, and read by nothing here.
    """

    title: str
    at: str
    stage: str
    faults: tuple[Fault, ...]
    answers: Answers
    flights: Mapping[Probe, Flight | CouldNotLook] = field(default_factory=dict)
    report: str = ""
    packets: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A lab, and what was seen of it.

    Attributes:
        lab: its name.
        place: what ran it.
        files: the lab's files as they were read, by name.
        seen: one or several looks, the oldest first.
        journal: what was done to the lab, a line each, the oldest first.
        results: of scenarios or a measurement, as `--format json` prints them; "" for none.
        signer: the public key of who signed it, in the words of OpenSSH; "" where nobody did.
        redacted: whether keys and passwords are replaced by names that stand for them.
    """

    lab: str
    place: Place
    files: Mapping[str, str]
    seen: tuple[Seen, ...]
    journal: tuple[str, ...] = ()
    redacted: bool = True
    results: str = ""
    signer: str = ""
