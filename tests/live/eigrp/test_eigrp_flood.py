"""A CE that floods a speaker: spoofed neighbours, parameters that differ, ten thousand routes, and its end.

r1 stands for the PE, r2 for an honest router, r3 for the one that floods. How much a speaker takes is bounded
(`_MOST_NEIGHBORS`, `_MOST_DESTINATIONS`); what it takes of r3 is over when r3 is.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from tests.live.eigrp.test_eigrp_alone import config

if TYPE_CHECKING:
    from tests.live.eigrp.bench import Bench

_LAN2: Final = "172.16.2.0/24"
_ROUTES: Final = 10_000
_MOST_MEMORY: Final = 200_000  # kB; a speaker without routes has some 20,000

# Hellos of every address of the link, in turns with right and wrong AS numbers and K values.
_SPOOF: Final = """
import random, socket, struct, sys
sys.path.insert(0, sys.argv[1])
from ipaddress import IPv4Address
from eigrp.metric import KValues
from eigrp.packet import Opcode, Packet, encode
from eigrp.tlv import Parameters
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
raw.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"left")
random.seed(1)
for number in range(20000):
    source = IPv4Address("10.0.3.3") + number % 250
    asn = 100 if number % 2 else random.randrange(1, 65536)
    k = KValues() if number % 3 else KValues(*random.choices(range(256), k=5))
    data = encode(Packet(Opcode.HELLO, asn, (Parameters(k, 3),)))
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0xC0, 20 + len(data), 0, 0, 1, 88, 0, source.packed,
                       bytes((224, 0, 0, 10)))
    raw.sendto(head + data, ("224.0.0.10", 0))
"""


def _memory(bench: Bench, node: str) -> int:
    """What the speaker of a node holds, in kB."""
    status = bench.run(f"cat /proc/$(cat /run/frr/{node}/eigrp.pid)/status")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


def test_a_flood_is_bounded_harms_no_other_and_is_over_when_it_ends(bench: Bench) -> None:
    for node in ("r1", "r2", "r3"):
        bench.node(node)
    bench.link("r1", "r2", "right", "left", "10.0.2")
    bench.link("r1", "r3", "away", "left", "10.0.3")
    bench.lan("r2", "lan", "172.16.2.1/24")
    bench.lan("r3", "lan", "172.16.3.1/24")
    bench.speaker("r1", config({"right": "", "away": ""}))
    bench.speaker("r2", config({"left": "", "lan": "passive"}))
    honest = f"E>* {_LAN2} [90/30720] via 10.0.2.2, right"
    bench.until_route("r1", honest)

    bench.run(f"ip netns exec r3 timeout 50 python3 -c {shlex.quote(_SPOOF)} /opt/eigrp-test")
    assert len(bench.show("r1", "neighbors")["neighbors"]) <= 257  # of r3's link 256, and r2
    assert bench.up("r1") == ["10.0.2.2"]
    assert bench.routes("r1")[_LAN2].startswith(honest)
    bench.until(lambda: len(bench.show("r1", "neighbors")["neighbors"]) == 1, "those are forgotten", 60)

    script = "".join(f"route add 20.{n // 250}.{n % 250}.0/24 dev lan\n" for n in range(_ROUTES))
    bench.run(f"ip -n r3 -batch - <<'END'\n{script}END\n")
    bench.speaker("r3", config({"left": "", "lan": "passive"}, "redistribute kernel"))
    bench.until(lambda: len(bench.routes("r2")) >= _ROUTES, "all of them are in the network", 300)
    assert bench.routes("r1")[_LAN2].startswith(honest)
    assert _memory(bench, "r1") < _MOST_MEMORY
    bench.signal("r3", "KILL")
    bench.until(lambda: set(bench.routes("r2")) == {"10.0.3.0/24"}, "they are withdrawn", 300)
    assert bench.routes("r1")[_LAN2].startswith(honest)
    assert [each["prefix"] for each in bench.show("r1", "topology")["topology"]] == [
        "10.0.2.0/24",
        "10.0.3.0/24",
        _LAN2,
    ]
