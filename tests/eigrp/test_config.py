from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from eigrp import config as module
from eigrp.authentication import Key
from eigrp.community import Community
from eigrp.config import parse
from eigrp.errors import ConfigError
from eigrp.metric import KValues, VectorMetric
from eigrp.settings import InterfaceSettings, ProcessSettings, Redistribution, VpnSettings

FULL = """\
router eigrp 100 vrf red      ! the customer
 router-id 10.0.0.1
 metric weights 1 1 1 0 0
 distance eigrp 80 160
 maximum-paths 2
 timers active-time 30
 redistribute connected
 redistribute bgp internal
 redistribute static as 65001 tag 7 metric 100000 10 255 1 1500

 interface eth1
  bandwidth 1544
  delay 2000
  hello-interval 1
  hold-time 3
  authentication md5 1 hush
 exit
 interface lan1
  passive
 exit
exit
router eigrp 200
exit
"""


def test_everything_there_is() -> None:
    red, default = parse(FULL)
    assert red == ProcessSettings(
        asn=100,
        vrf="red",
        router_id=IPv4Address("10.0.0.1"),
        k=KValues(1, 1, 1, 0, 0),
        interfaces={
            "eth1": InterfaceSettings(1544, 2000, 1, 3, key=Key(1, b"hush")),
            "lan1": InterfaceSettings(passive=True),
        },
        redistribute={
            "connected": Redistribution(),
            "bgp": Redistribution(internal=True),
            "static": Redistribution(asn=65001, tag=7, metric=VectorMetric(2560, 25600)),
        },
        distance_internal=80,
        distance_external=160,
        maximum_paths=2,
        active_time=30,
    )
    assert default == ProcessSettings(200)


def test_the_example_in_the_documentation_is_a_configuration() -> None:
    (example,) = parse((module.__doc__ or "").split("::")[1].split("Everything after")[0])
    site = Community.parse("65000:3")
    assert example.interfaces["eth1"] == InterfaceSettings(key=Key(1, b"SECRET"), site=site)
    assert example.vpn == VpnSettings(11019, frozenset({Community.parse("65000:1")}), redistribute=True)
    assert example.k == KValues()


def test_nothing_is_a_configuration() -> None:
    assert parse("! nothing yet\n") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("router ospf", "line 1: expected router eigrp AS [vrf NAME], found router ospf"),
        ("router eigrp 0", "line 1: AS is 1 to 65535, not 0"),
        ("router eigrp x", "line 1: AS is 1 to 65535, not x"),
        ("router eigrp ²", "line 1: AS is 1 to 65535, not ²"),
        ("router eigrp 1\nexit\nrouter eigrp 2", "line 3: a second router eigrp in VRF default"),
        ("router eigrp 1", "the block of router eigrp 1 does not end with exit"),
        ("router eigrp 1\n interface a\n exit", "the block of router eigrp 1 does not end with exit"),
        ("router eigrp 1\n interface a\n exit\n interface a", "line 4: interface a a second time"),
        ("router eigrp 1\n\n router-id 1.2.3", "line 3: Expected 4 octets in '1.2.3'"),
        ("router eigrp 1\n metric weights 1 0 1 0 255", "line 2: K value is 0 to 254, not 255"),
        ("router eigrp 1\n network 10.0.0.0/8", "line 2: not known in a router block: network 10.0.0.0/8"),
        ("router eigrp 1\n redistribute isis", "line 2: not known in a router block: redistribute isis"),
        ("router eigrp 1\n redistribute bgp x", "line 2: not known after redistribute: x"),
        ("router eigrp 1\n interface a\n  delay 0", "line 3: delay is 1 to 16777215, not 0"),
        ("router eigrp 1\n interface a\n  mtu 9", "line 3: not known in an interface block: mtu 9"),
        (
            "router eigrp 1\n redistribute vpn\nexit",
            "line 3: redistribute vpn needs vpn bmp port PORT and vpn route-target import RT",
        ),
        ("router eigrp 1\n redistribute vpn as 7", "line 2: not known after redistribute vpn: as 7"),
        (
            "router eigrp 1\n vpn bmp port 9\nexit\nrouter eigrp 1 vrf red\n vpn bmp port 9\nexit",
            "line 6: vpn bmp port 9 a second time: each VRF needs one of its own",
        ),
        (
            "router eigrp 1\n vpn bmp port 9\n interface a\n  site-of-origin 1:2147483648\n exit\nexit",
            "line 6: on a PE a site of origin has a number up to 2147483647, not 2147483648",
        ),
        ("router eigrp 1\n vpn port 9", "line 2: not known in a router block: vpn port 9"),
        (
            "router eigrp 1\n vpn route-target import 65000",
            "line 2: expected AS:NUMBER or ADDRESS:NUMBER, found 65000",
        ),
        (
            "router eigrp 1\n interface a\n  site-of-origin 65536:65536",
            "line 3: too large a number in 65536:65536",
        ),
        (
            "router eigrp 1\n interface a\n  authentication md5 1 seventeen-letters",
            "line 3: a secret has at most 16 bytes",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(text)
    assert str(error.value) == says
