"""The names of checks that several PE-CE protocols have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.verification.kit.check_id import CheckId, InVrf, Layer, OnPort, Speaking, Toward
from orchestrator.verification.layers import link

if TYPE_CHECKING:
    from orchestrator.model.interconnect import Interconnect
    from orchestrator.model.lab import Attachment, Backdoor
    from orchestrator.routing.effective_lab import EffectiveLab
    from orchestrator.routing.routes import Table


def apart(lab: EffectiveLab, attachment: Attachment) -> tuple[OnPort, ...]:
    """The CE's interface where it has several links to one PE, up or down; else nothing."""
    own = lab.lab.attachments_of(attachment.ce.node)
    twins = [one for _, one in own if one.pe.node == attachment.pe.node]
    return (OnPort(attachment.ce.interface),) if len(twins) > 1 else ()


def in_vrf(table: Table) -> tuple[InVrf, ...]:
    """The VRF of a PE's table; a CE's has none."""
    return (InVrf(table.vrf),) if table.vrf else ()


def seen_by_pe(kind: str, lab: EffectiveLab, attachment: Attachment) -> CheckId:
    """A check of an attachment as its PE sees it."""
    ends = InVrf(attachment.vrf), Toward(attachment.ce.node)
    return CheckId(Layer.PECE, kind, attachment.pe.node, (*ends, *apart(lab, attachment)))


def seen_by_ce(kind: str, lab: EffectiveLab, attachment: Attachment) -> CheckId:
    """A check of an attachment as its CE sees it."""
    return CheckId(
        Layer.PECE, kind, attachment.ce.node, (Toward(attachment.pe.node), *apart(lab, attachment))
    )


def parameters_id(lab: EffectiveLab, attachment: Attachment) -> CheckId:
    """The check that both ends of a PE-CE link are set to what the intent says."""
    return seen_by_pe("parameters", lab, attachment)


def pe_adjacency_id(lab: EffectiveLab, attachment: Attachment) -> CheckId:
    """The check of a PE-CE adjacency as the PE sees it."""
    return seen_by_pe("adjacency", lab, attachment)


def ce_adjacency_id(lab: EffectiveLab, attachment: Attachment) -> CheckId:
    """The check of a PE-CE adjacency as the CE sees it."""
    return seen_by_ce("adjacency", lab, attachment)


def interfaces_id(lab: EffectiveLab, table: Table, protocol: str) -> CheckId:
    """The check of the interfaces that a protocol runs on in a table."""
    return _in_table("interfaces", lab, table, protocol)


def no_other_adjacency_id(lab: EffectiveLab, table: Table, protocol: str) -> CheckId:
    """The check that a protocol has no neighbour in a table but the attachments'."""
    return _in_table("no-other-adjacency", lab, table, protocol)


def _in_table(kind: str, lab: EffectiveLab, table: Table, protocol: str) -> CheckId:
    """A check of a protocol in a table; it is named where several IGPs run there."""
    spoken = {
        one.protocol.name
        for _, one in lab.lab.attachments_of(table.node)
        if one.protocol.is_igp and table.vrf in {"", one.vrf}
    }
    speaking = (Speaking(protocol),) if len(spoken) > 1 else ()
    return CheckId(Layer.PECE, kind, table.node, (*in_vrf(table), *speaking))


def asbr_id(interconnect: Interconnect, asbr: str) -> CheckId:
    """The check of the session with another provider's ASBR, as one of the two sees it."""
    own, far = interconnect.seen_from(asbr)
    return CheckId(
        Layer.PECE, "asbr", asbr, (InVrf(interconnect.vrf), Toward(far.node), OnPort(own.end.interface))
    )


def asbr_ids(interconnect: Interconnect) -> tuple[CheckId, ...]:
    """That check at both ends."""
    return tuple(asbr_id(interconnect, own.node) for own, _ in interconnect.ends)


def backdoor_id(backdoor: Backdoor, ce: str) -> CheckId:
    """The check of the adjacency or session over a backdoor, as one of its CEs sees it."""
    return CheckId(Layer.PECE, "backdoor", ce, (Toward(backdoor.far_end(ce)[0].node),))


def sound_backdoor_ids(lab: EffectiveLab, backdoor: Backdoor, ce: str) -> tuple[CheckId, ...]:
    """The checks of the link that a backdoor is."""
    (near, _), (far, _) = backdoor.near_end(ce), backdoor.far_end(ce)
    return link.sound_ids(lab, lab.lab.interface(near), lab.lab.interface(far))
