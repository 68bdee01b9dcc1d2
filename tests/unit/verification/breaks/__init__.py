"""Every way in which the tests break what nodes say: the check that must notice, and what it must say."""

from __future__ import annotations

from tests.unit.verification.breaks.igp import IGP
from tests.unit.verification.breaks.kernel import KERNEL
from tests.unit.verification.breaks.kit import Break
from tests.unit.verification.breaks.ldp import LDP
from tests.unit.verification.breaks.link import LINK
from tests.unit.verification.breaks.mpbgp import MPBGP
from tests.unit.verification.breaks.pece import PECE
from tests.unit.verification.breaks.vpn import VPN

__all__ = ["BREAKS", "Break"]

BREAKS = (*KERNEL, *LINK, *IGP, *LDP, *MPBGP, *PECE, *VPN)
