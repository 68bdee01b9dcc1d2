"""The report as Markdown: a summary for CI, such as the one of a GitHub job."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from orchestrator.printable import printable
from orchestrator.verification.kit.check import Finding, Verdict
from orchestrator.verification.kit.check_id import Layer
from orchestrator.verification.kit.wording import listed
from orchestrator.verification.report.markdown_text import block, code, folding
from orchestrator.verification.report.table import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.verification.report.result import Report

_MOST_CAUSES: Final = 30  # GitHub refuses a summary of more than 1 MiB
_SHOWN: Final = 4
_WIDTH: Final = 110
_INDENT: Final = 10
_LONGEST: Final = 1000


def to_markdown(report: Report) -> str:
    """The verdict, a table of layers, and what fails, folded by cause as in the terminal."""
    return "\n\n".join((*_verdict(report), _layers(report), *_causes(report))) + "\n"


def _verdict(report: Report) -> Iterator[str]:
    name = code(report.lab) + (f", stage {code(report.stage)}" if report.stage else "")
    if report.holds:
        yield f"## ✅ {name}: all {len(report.findings)} checks hold"
    else:
        counts = (f"{report.counts[one]} {one.value}" for one in Verdict if report.counts[one])
        yield f"## ❌ {name}: not proven: {', '.join(counts) or 'nothing to check'}"
    lines = [f"As seen at {code(report.seen_at)}." if report.seen_at else f"After {report.seconds:.1f} s."]
    if report.pairs:
        proven = sum(pair.proven for pair in report.pairs)
        lines.append(f"{proven} of {len(report.pairs)} site pairs are proven to reach each other.")
    lines += [f"Failed on purpose, and so not expected: {code(one)}." for one in report.failed]
    lines += [f"Lost by this: {code(one)}." for one in report.lost]
    if report.drift is not None:
        for what, nodes in (("differs", report.drift.differs), ("is unknown", report.drift.unknown)):
            if nodes:
                lines.append(f"The configuration {what} on {code(listed(nodes))}.")
        if not report.drift.differs and not report.drift.unknown:
            lines.append("Configuration as wanted.")
    yield " ".join(lines)


def _layers(report: Report) -> str:
    rows = ["| layer | " + " | ".join(verdict.value for verdict in Verdict) + " |", "|---|--:|--:|--:|--:|"]
    for layer in Layer:
        findings = report.of(layer)
        if findings:
            counts = (sum(one.verdict is verdict for one in findings) for verdict in Verdict)
            rows.append(f"| {layer.value} | " + " | ".join(str(one or "-") for one in counts) + " |")
    return "\n".join(rows)


def _causes(report: Report) -> Iterator[str]:
    found = list(folded(report))
    for number, findings in enumerate(found[:_MOST_CAUSES]):
        first = findings[0]
        several = len(findings) > 1
        name = f"{first.check.layer}.{first.check.id.kind}" if several else str(first.check.id)
        title = f"{len(findings)} checks" if several else first.check.title
        yield folding(f"{first.verdict.value}  {name}: {title}", _parts(findings), opened=not number)
    if len(found) > _MOST_CAUSES:
        yield f"And {len(found) - _MOST_CAUSES} more kinds of checks that do not hold."
    if report.drift is not None and report.drift.lines:
        yield folding("configuration that differs", [block(report.drift.lines[:_MOST_CAUSES])])


def _parts(findings: Sequence[Finding]) -> Iterator[str]:
    """What is to be said of checks of one kind, and the commands to look further, to be copied."""
    yield block(_story(findings))
    hints = dict.fromkeys(one.hint for one in findings[:_SHOWN] if one.hint)
    if hints:
        yield block(hints, "sh")


def _story(findings: Sequence[Finding]) -> Iterator[str]:
    several = len(findings) > 1
    for one in findings[:_SHOWN]:
        if several:
            yield str(one.check.id)
        yield from _told("expected", one.expected)
        yield from _told("observed", one.observed)
    for why in list(dict.fromkeys(one.why for one in findings if one.why))[:_SHOWN]:
        yield from _told("why", why)
    if len(findings) > _SHOWN:
        yield f"and {len(findings) - _SHOWN} more of the kind"


def _told(name: str, text: str) -> Sequence[str]:
    """What a finding says, as wide as a page of CI is."""
    first = f"{name:<{_INDENT}}"
    return wrap(printable(text[:_LONGEST]), _WIDTH, initial_indent=first, subsequent_indent=" " * _INDENT)
