from __future__ import annotations

import contextlib
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eigrp import bmp
from eigrp.bmp import Initiation, Monitoring, Nlri, PeerDown, PeerUp, VpnPath
from eigrp.community import Community, distinguisher
from eigrp.errors import DecodeError
from tests.eigrp.bmp_wire import monitoring, peer_header, whole
from tests.eigrp.strategies import ADDRESS, COMMUNITY, PREFIX, U32

# What bgpd of FRR 10.3 sent when a neighbour had 172.16.2.0/24 with MED 30720, two communities and label 17.
ANNOUNCED = (
    "ffffffffffffffffffffffffffffffff0081020000006a40010102500200008004040000780040050400000064"
    "c0200c0000fde800000064000000008009040aff0002800a040aff0001c010100002fde8000000010003fde800000002"
    "900e00200001800c00000000000000000aff000200700001130000fde800000002ac1002"
)
WITHDRAWN = "ffffffffffffffffffffffffffffffff002d0200000016900f0012000180700000000000fde800000002ac1002"
END_OF_RIB = "ffffffffffffffffffffffffffffffff001d0200000006800f03000180"
FAR = IPv4Address("10.255.0.2")
NLRI = Nlri("65000:2", IPv4Network("172.16.2.0/24"))
PATH = VpnPath(
    NLRI,
    FAR,
    label=17,
    med=30720,
    route_targets=frozenset({Community.parse("65000:1")}),
    site=Community.parse("65000:2"),
    large=((65000, 100, 0),),
)


def message(update: str, **header: int) -> bytes:
    return whole(0, peer_header(FAR, **header) + bytes.fromhex(update))


def test_what_bgpd_says() -> None:
    assert bmp.decode(message(ANNOUNCED)) == Monitoring(str(FAR), (PATH,))
    assert bmp.decode(message(WITHDRAWN)) == Monitoring(str(FAR), (), (NLRI,))
    assert bmp.decode(message(END_OF_RIB)) == Monitoring(str(FAR))
    assert bmp.decode(whole(3, peer_header(FAR) + bytes(20))) == PeerUp(str(FAR))
    assert bmp.decode(whole(2, peer_header(FAR) + b"\4")) == PeerDown(str(FAR))
    name = bytes.fromhex("0001000e4652526f7574696e672031302e33000200056775657374")
    assert bmp.decode(whole(4, name)) == Initiation("FRRouting 10.3")


def test_what_is_not_a_neighbours_or_before_the_policy_is_left_out() -> None:
    for header in ({"kind": 3}, {"kind": 1}, {"flags": 0}, {"flags": 0x50}):
        assert bmp.decode(message(ANNOUNCED, **header)) is None
    own = whole(0, peer_header(IPv4Address(0)) + bytes.fromhex(ANNOUNCED))
    assert bmp.decode(own) is None
    unicast = ANNOUNCED.replace("900e00200001800c", "900e00200001010c")
    assert bmp.decode(message(unicast)) is None


def test_messages_arrive_in_pieces() -> None:
    data = whole(4, b"") + message(ANNOUNCED) + message(END_OF_RIB)
    buffer = bytearray()
    found = []
    for at in range(0, len(data), 7):
        buffer += data[at : at + 7]
        found += list(bmp.split(buffer))
    assert b"".join(found) == data
    assert len(found) == 3
    assert not buffer


@pytest.mark.parametrize("head", ["02 00000006 00", "03 00000005 00", "03 7fffffff 00"])
def test_what_is_no_bmp_is_refused(head: str) -> None:
    with pytest.raises(DecodeError, match="not BMP"):
        list(bmp.split(bytearray.fromhex(head)))


@pytest.mark.parametrize(
    ("update", "says"),
    [
        (ANNOUNCED[:-2], "length 129 in 128 bytes"),
        (ANNOUNCED.replace("00700001", "00790001"), "VPN route of 121 bits"),
        (ANNOUNCED.replace("00700001", "00570001"), "VPN route of 87 bits"),
        (ANNOUNCED.replace("0000006a4001", "0000016a4001"), "path attributes longer"),
        (ANNOUNCED.replace("020000006a", "02ffff006a"), "withdrawn routes longer"),
        (ANNOUNCED.replace("900e0020", "900eff20"), "path attribute 14 is longer"),
        (ANNOUNCED.replace("0001800c0000", "000180ff0000"), "without a next hop"),
    ],
)
def test_rules_broken(update: str, says: str) -> None:
    with pytest.raises(DecodeError, match=says):
        bmp.decode(message(update))


PATHS = st.builds(
    VpnPath,
    st.builds(Nlri, COMMUNITY.map(str), PREFIX),
    ADDRESS,
    st.integers(0, 0xFFFFF),
    st.none() | U32,
    st.frozensets(COMMUNITY, max_size=3),
    st.none() | COMMUNITY,
    st.lists(st.tuples(U32, U32, U32), max_size=3).map(tuple),
)


@given(path=PATHS)
def test_paths_survive_the_wire(path: VpnPath) -> None:
    again = bmp.decode(whole(0, peer_header(FAR) + monitoring((path,))))
    assert again == Monitoring(str(FAR), (path,))


@given(data=st.binary(max_size=200), kind=st.integers(0, 8))
def test_noise_raises_nothing_else(data: bytes, kind: int) -> None:
    buffer = bytearray(data)
    with contextlib.suppress(DecodeError):
        for each in bmp.split(buffer):
            bmp.decode(each)
    with contextlib.suppress(DecodeError):
        bmp.decode(whole(kind, data))
    with contextlib.suppress(DecodeError):
        bmp.decode(whole(kind, peer_header(FAR) + data))


@given(data=st.data())
def test_a_changed_byte_raises_nothing_else(data: st.DataObject) -> None:
    raw = bytearray(message(ANNOUNCED))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(DecodeError):
        bmp.decode(bytes(raw))


@given(community=COMMUNITY)
def test_communities_survive_the_wire(community: Community) -> None:
    assert Community.read(community.packed(3)) == community


@pytest.mark.parametrize("text", ["65000:1", "192.0.2.1:7", "4200000000:65535", "0:4294967295"])
def test_communities_survive_the_terminal(text: str) -> None:
    assert str(Community.parse(text)) == text


@pytest.mark.parametrize("text", ["65000", "a:1", "65000:-1", "1.2.3:4", "65000:4294967296", "4294967296:1"])
def test_what_is_no_community(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|too large|Expected"):
        Community.parse(text)


def test_a_distinguisher_of_an_unknown_type_is_shown_as_it_is() -> None:
    assert distinguisher(bytes.fromhex("0009000000000001")) == "0009000000000001"
