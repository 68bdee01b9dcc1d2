"""How FRR's configuration behaves when lines come and go, in the terms of the library hier-config."""

from __future__ import annotations

from hier_config.models import (
    IdempotentCommandsRule,
    MatchRule,
    NegationSubRule,
    OrderingRule,
    SectionalExitingRule,
)
from hier_config.platforms.driver_base import HConfigDriverBase, HConfigDriverRules

# Lines of which a block has one (per captured part): entering another value replaces the old one. Read in the
# CLI definitions of FRR 8.4.4 and 10.3. What is not here (addresses, areas, networks…) is removed first.
_SINGLE_VALUED: tuple[tuple[str, ...], ...] = (
    ("^interface ", r"^ip ospf (?:(?:dead|hello|retransmit)-interval|cost|priority|transmit-delay|network) "),
    ("^interface ", "^ip ospf bfd profile "),
    (
        "^interface ",
        r"^isis (bfd profile|hello-interval|hello-multiplier|metric|circuit-type) ",
    ),
    ("^interface ", "^(description|bandwidth) "),
    ("^router bgp ", "^bgp (router-id|cluster-id) "),
    ("^router bgp ", r"^neighbor (\S+) remote-as "),
    ("^router bgp ", r"^neighbor (\S+) bfd profile "),
    ("^router bgp ", r"^neighbor (\S+) timers \d"),
    ("^router bgp ", r"^neighbor (\S+) timers connect "),
    ("^router bgp ", r"^neighbor (\S+) (update-source|description|password|ebgp-multihop) "),
    ("^router bgp ", "^address-family ", r"^(rd|label) vpn export (?!allocation-mode )"),
    ("^router bgp ", "^address-family ", r"^rt vpn (import|export) "),
    ("^router ospf", "^ospf router-id "),
    ("^router ospf", "^timers (throttle spf|throttle lsa all|lsa min-arrival) "),
    ("^router isis ", "^(is-type|metric-style|lsp-mtu|lsp-timers|spf-interval) "),
    ("^router (?:isis |ospf)", "^segment-routing global-block "),
    ("^router (?:isis |ospf)", r"^segment-routing prefix (\S+) "),
    ("^bfd$", "^profile ", "^(detect-multiplier|transmit-interval|receive-interval) "),
    ("^mpls ldp", "^router-id "),
    ("^mpls ldp", "^wait-for-sync "),
    ("^mpls ldp", r"^neighbor (\S+) password "),
    ("^mpls ldp", "^discovery hello (holdtime|interval) "),
    ("^mpls ldp", "^address-family ", "^discovery transport-address "),
)

# Nearly all lines are removed by `no` and the whole line: some insist on the value (without one, `no rd vpn
# export` is an internal CLI error of FRR), and these few refuse it.
_NEGATIONS = (
    (("^interface ", "^description "), "^(no description) .*$", r"\1"),
    (("^router bgp ", r"^neighbor \S+ remote-as "), r"^(no neighbor \S+) .*$", r"\1"),
    (
        ("^router (isis |ospf)", "^segment-routing global-block "),
        r"^(no segment-routing global-block) .*$",
        r"\1",
    ),
    (("^router ospf", "^router-info "), "^(no router-info) .*$", r"\1"),
)

# The default BGP instance can only go after those of the VRFs; filters and BFD profiles are there before
# and after their use. OSPF has its router ID before a port has an area: an adjacency may be Full as soon as
# there is an instance, and from then on ospfd keeps the ID that it chose itself. And a port is told its
# network type before it has an area: ospfd, which knows by `mpls ldp-sync` what links wait for LDP,
# overlooks a type that changes between the port's start and the event by which its state machine learns of
# it ("Sync not required"). IS-IS is there before a port names its process, and goes when none does any
# more. LDP knows its interfaces before an IGP has routes over them: a label that a neighbour advertises in
# between is never handed on to zebra (`verification/lost_labels.py`). A neighbor's BFD goes after its
# profile, without which 8.4 begins it anew. Segment routing in OSPF needs opaque LSAs, and takes a
# SID once it is on and if it fits into the block; when it goes it turns router information on again. A peer
# group cannot go while a range of addresses is its.
_ORDER: tuple[tuple[tuple[str, ...], int], ...] = (
    ((r"^no router bgp \d+ vrf ",), -30),
    ((r"^no router bgp \d+$",), -20),
    (("^(route-map|ip prefix-list|bgp .*-list) |^bfd$",), -10),
    (("^mpls ldp$",), -6),
    (("^router (ospf|isis )",), -5),
    (("^no (router isis|route-map|ip prefix-list|bgp .*-list) |^no bfd$",), 10),
    (("^interface ", "^ip ospf area "), 10),
    (("^router isis ", "^net "), 10),
    (("^router ospf", "^(capability opaque|router-info )"), -10),
    (("^router (isis |ospf)", "^segment-routing (on|global-block )"), -5),
    (("^router (isis |ospf)", "^no segment-routing on"), 5),
    (("^router ospf", "^no router-info"), 10),
    (("^router bgp ", r"^no neighbor \S+ bfd profile "), -10),
    (("^router bgp ", "^no bgp listen range "), -20),
    (("^router bgp ", r"^no neighbor \S+ peer-group$"), -10),
)

_EXITS = (
    (("^vrf ",), "exit-vrf"),
    (("^(interface|router|route-map) ",), "exit"),
    (("^mpls ldp$",), "exit"),
    (("^bfd$",), "exit"),
    (("^bfd$", "^profile "), "exit"),
    (("^router bgp ", "^address-family "), "exit-address-family"),
    (("^router bgp ", "^bmp targets "), "exit"),
    (("^mpls ldp$", "^address-family "), "exit-address-family"),
    (("^mpls ldp$", "^address-family ", "^interface "), "exit"),
)


class FrrGrammar(HConfigDriverBase):
    """A hier-config driver for FRR.

    Every block has an explicit exit, also an empty one: inside `router ospf`, for instance, FRR takes
    `mpls ldp` for an abbreviated `mpls ldp-sync`.
    """

    @staticmethod
    def _instantiate_rules() -> HConfigDriverRules:
        return HConfigDriverRules(
            indentation=1,
            idempotent_commands=[
                IdempotentCommandsRule(match_rules=_lineage(*path)) for path in _SINGLE_VALUED
            ],
            negation_sub=[
                NegationSubRule(match_rules=_lineage(*path), search=search, replace=replace)
                for path, search, replace in _NEGATIONS
            ],
            ordering=[OrderingRule(match_rules=_lineage(*path), weight=weight) for path, weight in _ORDER],
            sectional_exiting=[
                SectionalExitingRule(
                    match_rules=_lineage(*path), exit_text=exit_text, exit_text_parent_level=True
                )
                for path, exit_text in _EXITS
            ],
        )


def _lineage(*patterns: str) -> tuple[MatchRule, ...]:
    return tuple(MatchRule(re_search=pattern) for pattern in patterns)
