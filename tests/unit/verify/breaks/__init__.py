"""Every way in which the tests break what nodes say: the check that must notice, and what it must say."""

from __future__ import annotations

from tests.unit.verify.breaks.igp import IGP
from tests.unit.verify.breaks.kernel import KERNEL
from tests.unit.verify.breaks.kit import Break
from tests.unit.verify.breaks.ldp import LDP
from tests.unit.verify.breaks.link import LINK
from tests.unit.verify.breaks.mpbgp import MPBGP
from tests.unit.verify.breaks.pece import PECE
from tests.unit.verify.breaks.vpn import VPN

__all__ = ["BREAKS", "Break"]

BREAKS = (*KERNEL, *LINK, *IGP, *LDP, *MPBGP, *PECE, *VPN)
