"""The report for people: what is not right, by layer, and a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from orchestrator.verification.judging import foundation
from orchestrator.verification.kit.check import Finding, Verdict
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.kit.wording import listed
from orchestrator.verification.report.result import Drift

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import RenderableType

    from orchestrator.verification.kit.check_id import CheckId
    from orchestrator.verification.report.result import Report

_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.BLOCKED: "yellow",
    Verdict.ERROR: "magenta",
}
_SHOWN = 8
_CLAIMS = {
    Layer.KERNEL: "MPLS input, forwarding, VRF devices, management apart",
    Layer.LINK: "carrier, MTU, addresses",
    Layer.IGP: "IGP adjacencies, loopbacks, no customer route outside VRFs",
    Layer.LDP: "sessions, label switched paths hop by hop",
    Layer.SR: "prefix SIDs, the labels that follow from them, LSPs hop by hop",
    Layer.MPBGP: "VPNv4 sessions, none on a P",
    Layer.PECE: "PE-CE sessions, what the CEs announce",
    Layer.VPN: "RD, RT, labels in RIB and kernel, and nothing else",
    Layer.DATA: "packets between all sites of a VPN, none between VPNs",
}


def to_table(report: Report) -> RenderableType:
    """What does not hold, lowest layer first; what that holds back; and the summary beneath.

    To be printed with `crop=False`: a command that is to be pasted stands on one line, however long.
    """
    parts: list[RenderableType] = []
    for number, findings in enumerate(folded(report)):
        parts += [*_entry(findings, "" if number else _differing(report, findings)), Text()]
    parts += [*_held_back(report), _summary(report), *_pairs(report), _last_line(report)]
    return Group(*parts)


def folded(report: Report) -> Iterable[Sequence[Finding]]:
    """What fails, one kind of check an entry, in the order of the proof.

    Within a layer that comes first which could not be looked at: a daemon that is gone is a cause.
    """
    kinds: dict[tuple[Layer, str, Verdict], list[Finding]] = {}
    for one in report.findings:
        if one.verdict in {Verdict.FAIL, Verdict.ERROR}:
            kinds.setdefault((one.check.layer, one.check.id.kind, one.verdict), []).append(one)
    order = list(Layer)
    return sorted(
        kinds.values(), key=lambda ones: (order.index(ones[0].check.layer), ones[0].verdict is Verdict.FAIL)
    )


def _differing(report: Report, findings: Sequence[Finding]) -> str:
    """The configuration drift of the nodes, those of these findings first: what somebody changed."""
    lines = report.drift.lines if report.drift else ()
    here = tuple(f"{one.check.node} " for one in findings)
    ordered = sorted(lines, key=lambda line: not line.startswith(here))
    more = f"and {len(lines) - _SHOWN} more: l3vpn diff {report.lab}"
    return "\n".join((*ordered[:_SHOWN], *((more,) if len(lines) > _SHOWN else ())))


def _entry(findings: Sequence[Finding], differing: str) -> Iterator[RenderableType]:
    first = findings[0]
    name = str(first.check.id) if len(findings) == 1 else f"{first.check.layer}.{first.check.id.kind}"
    title = first.check.title if len(findings) == 1 else f"{len(findings)} checks"
    verdict = first.verdict.value, _STYLES[first.verdict]
    yield Text.assemble(verdict, "  ", (name, "bold"), "  ", (title, "dim"))
    story = Table.grid(padding=(0, 1))
    story.add_column(style="dim", no_wrap=True)
    story.add_column(overflow="fold")
    for label, text, style in (*_story(findings), ("differs", differing, "yellow")):
        if text:
            story.add_row(f"      {label}", Text(text, style))
    yield story
    if first.hint:
        yield Text.assemble(("      look     ", "dim"), (first.hint, "cyan"), no_wrap=True, overflow="ignore")


def _story(findings: Sequence[Finding]) -> Iterator[tuple[str, str, str]]:
    """Label, text and style: each finding's own, and once what they have in common."""
    first, several = findings[0], len(findings) > 1
    expected = dict.fromkeys(one.expected for one in findings)
    if len(expected) == 1:
        yield "expected", first.expected, "green"
    for one in findings[:_SHOWN]:
        if len(expected) > 1:
            yield "expected", f"{one.check.id}: {one.expected}", "green"
        yield "observed", f"{one.check.id}: {one.observed}" if several else one.observed, "red"
    if len(findings) > _SHOWN:
        yield "", f"and {len(findings) - _SHOWN} more of the kind: --format json has them all", "dim"
    for why in dict.fromkeys(one.why for one in findings):
        yield "why", why, ""


def _held_back(report: Report) -> tuple[Text, ...]:
    """One line for each finding at the bottom of things: how much could not be judged because of it."""
    below = {finding.check.id: finding for finding in report.findings}
    held: dict[CheckId, dict[str, int]] = {}
    for finding in report.findings:
        if finding.verdict is Verdict.BLOCKED:
            layers = held.setdefault(foundation(finding, below).check.id, {})
            layers[finding.check.layer.value] = layers.get(finding.check.layer.value, 0) + 1
    return tuple(
        Text.assemble(
            ("BLOCKED", _STYLES[Verdict.BLOCKED]),
            f"  {sum(layers.values())} checks stand on {check_id}: ",
            (", ".join(f"{count} {layer}" for layer, count in layers.items()), "dim"),
        )
        for check_id, layers in held.items()
    )


def _summary(report: Report) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("layer")
    table.add_column("what is proven there")
    for verdict in Verdict:
        table.add_column(verdict.value, justify="right")
    timed = report.seconds or not report.seen_at  # how long it took once, nobody may have measured
    if timed:
        table.add_column("converged after", justify="right")
    for layer in Layer:
        findings = report.of(layer)
        if not findings:
            continue
        counts = [sum(finding.verdict is verdict for finding in findings) for verdict in Verdict]
        cells = [
            Text(str(count) if count else "-", _STYLES[verdict] if count else "dim")
            for verdict, count in zip(Verdict, counts, strict=True)
        ]
        held = all(finding.holds for finding in findings)
        when = f"{max(finding.seconds for finding in findings):.1f} s" if held else "-"
        table.add_row(layer.value, _CLAIMS[layer], *cells, *((when,) if timed else ()))
    return table


def _pairs(report: Report) -> tuple[Text, ...]:
    """How many of the sites that the intent joins reach each other, and which were not seen to."""
    if not report.pairs:
        return ()
    lost = {*report.lost, *(" - ".join(one.split(" - ")[::-1]) for one in report.lost)}
    open_ones = [pair for pair in report.pairs if not pair.proven and str(pair) not in lost]
    proven = sum(pair.proven for pair in report.pairs)
    reach = "are proven to reach" if open_ones else "reach"
    text = f"{proven} of {len(report.pairs)} site pairs {reach} each other"
    if report.lost:
        text += f"; lost by this: {', '.join(report.lost)}"
    if not open_ones:
        return (Text(text, "green"),)
    return (Text(f"{text}; not proven: {listed(map(str, open_ones))}", "yellow"),)


def _last_line(report: Report) -> Text:
    counts = report.counts
    took = f"{report.seconds:.1f} s"
    seen = f"as seen on {report.seen_at[:19].replace('T', ' at ')} UTC"
    name = report.lab + (f" at stage {report.stage}" if report.stage else "")
    name += f", as failed ({'; '.join(report.failed)})" if report.failed else ""
    if report.holds:
        holding = (f"{name}: all {len(report.findings)} checks hold", "bold green")
        return Text.assemble(
            holding, *_drift(report), (f", proven {seen if report.seen_at else f'in {took}'}", "bold green")
        )
    parts = [f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict]]
    if report.unchanged:
        took += f", the last {report.unchanged:.0f} s without a change, longer than the timers of what fails"
    when = seen if report.seen_at else f"after {took}"
    unproven = f"{name}: not proven {when}: {', '.join(parts) or 'nothing to check'}"
    return Text.assemble((unproven, "bold red"), *_drift(report))


def _drift(report: Report) -> Iterator[tuple[str, str]]:
    """What the verdict does not say: whether the nodes are set as their files want."""
    drift = report.drift
    if drift == Drift():
        yield "; configuration as wanted", "bold green"
    elif drift is not None and drift.differs:
        nodes = "1 node differs" if len(drift.differs) == 1 else f"{len(drift.differs)} nodes differ"
        yield f"; {nodes}: {listed(drift.differs)} (l3vpn diff {report.lab})", "bold yellow"
    if drift is not None and drift.unknown:
        yield f"; configuration unknown: {listed(drift.unknown)}", "yellow"
