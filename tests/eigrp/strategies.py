"""Hypothesis strategies for the values of the protocol."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network

from hypothesis import strategies as st

from eigrp.community import Community
from eigrp.metric import KValues, VectorMetric
from eigrp.packet import Flag, Opcode, Packet
from eigrp.tlv import (
    Authentication,
    External,
    NextMulticast,
    Parameters,
    PeerTermination,
    Route,
    RouteTlv,
    SequenceList,
    SiteTlv,
    SoftwareVersion,
    Unknown,
)

U8 = st.integers(0, 0xFF)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)
ADDRESS = U32.map(IPv4Address)
PREFIX = st.builds(
    lambda address, length: IPv4Network((address, length), strict=False), ADDRESS, st.integers(0, 32)
)
K_VALUES = st.builds(KValues, U8, U8, U8, U8, U8, U8)
VECTOR = st.builds(VectorMetric, U32, U32, st.integers(0, 0xFFFFFF), U8, U8, U8, U8, U8)
U16_OR_U32 = st.tuples(st.just(0), U16, U32) | st.tuples(st.sampled_from([1, 2]), U32, U16)
COMMUNITY = U16_OR_U32.map(lambda parts: Community(*parts))
EXTERNAL = st.builds(External, ADDRESS, U32, U32, U32, U8, U8)
ROUTE = st.builds(Route, VECTOR, st.none() | EXTERNAL)
TLV = st.one_of(
    st.builds(Parameters, K_VALUES, U16),
    st.builds(Authentication, U32, U32, st.binary(min_size=16, max_size=16)),
    st.builds(SequenceList, st.lists(ADDRESS, max_size=5).map(tuple)),
    st.builds(SoftwareVersion, st.tuples(U8, U8), st.tuples(U8, U8)),
    st.builds(NextMulticast, U32),
    st.builds(PeerTermination, ADDRESS),
    st.builds(RouteTlv, PREFIX, ROUTE, ADDRESS),
    st.builds(SiteTlv, PREFIX, st.none() | COMMUNITY),
    st.builds(Unknown, st.sampled_from([0x0006, 0x0008, 0x00F5, 0x0602]), st.binary(max_size=40)),
)
PACKET = st.builds(
    Packet,
    st.sampled_from(Opcode),
    U16,
    st.lists(TLV, max_size=6).map(tuple),
    st.integers(0, 15).map(Flag),
    U32,
    U32,
    U16,
)
