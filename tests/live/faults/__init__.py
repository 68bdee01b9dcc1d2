"""What is done to the default lab by hand: for each kind of check of the proof, a fault that it is there for.

The lab, from left to right, with the addresses that the model derives:

    red1 ---- eth2 pe1 eth1 -- eth1 p1 eth2 -- eth1 p2 eth2 -- eth1 pe2 eth2 ---- red2
    blue1 --- eth3     10.0.0.0/31     10.0.0.2/31     10.0.0.4/31      eth3 --- blue2

    red1  10.1.0.2, its PE 10.1.0.1        red2  10.1.0.6, its PE 10.1.0.5
    blue1 10.1.0.10, its PE 10.1.0.9       blue2 10.1.0.14, its PE 10.1.0.13

Loopbacks: pe1 10.255.0.1, p1 10.255.0.2, p2 10.255.0.3, pe2 10.255.0.4. Red is RT 65000:1 and table 1001,
blue is RT 65000:2 and table 1002; both have 172.16.1.0/24 on the left and 172.16.2.0/24 on the right.
"""

from __future__ import annotations

from tests.live.faults.data import DATA
from tests.live.faults.igp import IGP
from tests.live.faults.kernel import KERNEL
from tests.live.faults.ldp import LDP
from tests.live.faults.link import LINK
from tests.live.faults.looking import LOOKING
from tests.live.faults.mpbgp import MPBGP
from tests.live.faults.pece import PECE
from tests.live.faults.vpn import VPN
from tests.live.faults.wire import WIRE

FAULTS = (*KERNEL, *LINK, *WIRE, *IGP, *LDP, *MPBGP, *PECE, *VPN, *DATA, *LOOKING)
