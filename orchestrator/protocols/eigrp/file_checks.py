"""Where sites that speak EIGRP contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.check_sites import pe_of
from orchestrator.protocols.eigrp.intent import EigrpIntent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.intent import PlacedAttachment
    from orchestrator.model.mistakes import Mistake


def check_files(files: LabFiles) -> Iterator[Mistake]:
    """One table has one EIGRP process, with one AS and set of K values; so have two ends of a backdoor."""
    document = files.intent_document
    first: dict[tuple[str, str], PlacedAttachment] = {}
    at_ce: dict[str, EigrpIntent] = {}
    for one in files.intent.attachments():
        if not isinstance(one.intent, EigrpIntent):
            continue
        at_ce[one.intent.ce] = one.intent
        pe, vrf = pe_of(files, one), one.intent.vrf or one.vpn
        for table, where in (((pe, vrf), f"VRF {vrf} on {pe}"), ((one.intent.ce, ""), one.intent.ce)):
            before = first.setdefault(table, one).intent
            if isinstance(before, EigrpIntent) and _process(before) != _process(one.intent):
                both = f"{_process(before)} and {_process(one.intent)}"
                what = f"two EIGRP processes would have to run in {where}: {both}"
                right = (
                    "let them agree" if table[1] == "" else "let them agree, or give one site another vrf:"
                )
                yield document.mistake((*one.path, "asn"), what, right)
    for vpn, intent in files.intent.vpns.items():
        for number, backdoor in enumerate(intent.backdoors):
            ends = {_process(at_ce[ce]) for ce in backdoor.between if ce in at_ce}
            if len(ends) > 1:
                path = ("vpns", vpn, "backdoors", number, "between")
                words = " and ".join(backdoor.between)
                what = f"the backdoor between {words} joins {' and '.join(sorted(ends))}"
                yield document.mistake(
                    path, what, "EIGRP meets neighbours with the same AS and K values only"
                )


def _process(intent: EigrpIntent) -> str:
    return f"AS {intent.asn} with K values {' '.join(map(str, intent.k_values))}"
