"""`vpn.yml`: what the provider and its customers want. Short forms become long ones first of all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import BeforeValidator, Field

from orchestrator.model.bfd import BfdChoice, BfdSetting
from orchestrator.model.interconnect import Option
from orchestrator.model.label_choice import LDP_ALONE, LabelProtocols
from orchestrator.model.link_cost import CostChoice, LinkCost
from orchestrator.model.pece_intent import AttachmentIntent, Bandwidth, Delay, by_protocol
from orchestrator.model.schema import (
    Address,
    AsNumber,
    Distinguisher,
    Prefix,
    SitePrefix,
    StrictModel,
    Switch,
    Target,
    Text,
    as_written,
    choice,
    reject,
    secret,
    shown,
    validate,
    whole,
)
from orchestrator.model.segment_routing import LARGEST_BLOCK, Block
from orchestrator.model.timers import TimersChoice, TimersIntent, usual_timers
from orchestrator.model.yaml_lines import Entry, Fields, Items, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from orchestrator.model.document import Document
    from orchestrator.model.mistakes import Mistake
    from orchestrator.model.paths import Path, PathWords
    from orchestrator.model.timer_values import Timers
    from orchestrator.model.yaml_lines import Tree

LARGEST_VPN_NUMBER: Final = 999  # table ids and RDs of a VPN's further VRFs count on in thousands


_NUMBER: Final = as_written(description="VPN number", type="integer", minimum=1, maximum=LARGEST_VPN_NUMBER)


def _vpn_number(value: object) -> object:
    right = f"give one of 1..{LARGEST_VPN_NUMBER}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise reject(f"{shown(value)} is not a VPN number", right)
    if not 1 <= value <= LARGEST_VPN_NUMBER:
        raise reject(f"VPN number {value} is out of range", right)
    return value


class Core(StrictModel):
    """What runs between provider nodes."""

    igp: Annotated[str, choice("IGP", "isis", "ospf")] = "ospf"
    labels: LabelProtocols = LDP_ALONE
    ldp_sync: Switch = Field(
        default=False, alias="ldp-sync", description="the IGP avoids a link until LDP is up on it (RFC 5443)"
    )
    ldp_password: Annotated[str | None, secret("password", 80)] = Field(
        default=None, alias="ldp-password", description="of all LDP sessions (TCP MD5, RFC 5036 2.9)"
    )
    explicit_null: Switch = Field(
        default=False,
        alias="explicit-null",
        description="LDP advertises explicit null (label 0) for a node's own loopback, not implicit null (3)",
    )
    propagate_ttl: Switch | None = Field(
        default=None,
        alias="propagate-ttl",
        description="whether labels begin with the customer's TTL, so that the core's hops count (RFC 3443)",
    )
    srgb: Block | None = Field(
        default=None,
        description="the nodes' block of global labels (SRGB, RFC 8402), with segment routing",
    )


class Addressing(StrictModel):
    """The pools that derived addresses are taken from."""

    loopbacks: Prefix | None = Field(default=None, description="the range of the provider nodes' loopbacks")
    core: Prefix | None = Field(default=None, description="the range of core links")
    access: Prefix | None = Field(default=None, description="the range of PE-CE links")


class ProviderIntent(StrictModel):
    """A service provider. `nodes` may be left out where there is only one.

    `timers` and `bfd` hold in the core, and on customers' PE-CE links that do not override them.
    """

    asn: AsNumber = Field(description="asn: the provider's AS number")
    core: Core = Core()
    timers: TimersChoice = Field(
        default=TimersIntent(base="quick"),
        description="quick, standard, or seconds by name; without it quick, and slower from 25 nodes on",
    )
    bfd: BfdChoice = Field(default=BfdSetting(None), description="BFD (RFC 5880): true, false or intervals")
    addressing: Addressing = Addressing()
    nodes: list[Text] | None = Field(
        default=None, description="the provider's PEs, P routers and route reflectors"
    )

    def timers_among(self, nodes: int) -> Timers:
        """The timers of a lab of so many nodes."""
        return self.timers.wanted if "timers" in self.model_fields_set else usual_timers(nodes)


class NodeIntent(StrictModel):
    """What overrides the derived values of a provider node."""

    loopback: Address | None = Field(default=None, description="the node's loopback, a router id too")
    sid: Annotated[int | None, whole("index of a prefix SID", 0, LARGEST_BLOCK - 1)] = Field(
        default=None, description="the index of its loopback's prefix SID, with segment routing"
    )
    srgb: Block | None = Field(
        default=None, description="its own block of global labels, with segment routing"
    )


class LinkIntent(StrictModel):
    """What overrides the derived values of a link of the core, or between two providers."""

    subnet: Prefix | None = Field(default=None, description="the addresses of both ends, a /31 or /30")
    cost: CostChoice = Field(
        default=LinkCost(),
        description="what the IGP counts for crossing it: a number, or one for each end's node; else 10",
    )


class SiteIntent(StrictModel):
    """A customer site in its long form."""

    prefixes: list[SitePrefix] = Field(default_factory=list, description="the site's LANs, IPv4 or IPv6")
    attachments: list[Annotated[AttachmentIntent, BeforeValidator(by_protocol)]] = Field(
        description="attachments: the site's CEs, each at its PE"
    )

    @property
    def ipv4(self) -> list[IPv4Network]:
        """Its IPv4 prefixes, in their order."""
        return [one for one in self.prefixes if isinstance(one, IPv4Network)]

    @property
    def ipv6(self) -> list[IPv6Network]:
        """Its IPv6 prefixes, in their order."""
        return [one for one in self.prefixes if isinstance(one, IPv6Network)]


class RouteTargets(StrictModel):
    """Which route targets are imported and exported; None where it is left to what stands around."""

    imports: list[Target] | None = Field(
        default=None, alias="import", description="the route targets whose routes are imported"
    )
    exports: list[Target] | None = Field(
        default=None, alias="export", description="the route targets that routes are exported with"
    )


class BackdoorIntent(StrictModel):
    """A link between two CEs; `cost` is for sites that speak OSPF, `bandwidth` and `delay` for EIGRP."""

    between: list[Text] = Field(description="between: the two CEs, like [ce1, ce2]")
    cost: Annotated[int, whole("OSPF cost", 1, 0xFFFF)] = 1000
    bandwidth: Bandwidth = 1544
    delay: Delay = 2000
    subnet: Prefix | None = Field(default=None, description="the addresses of both ends, a /31 or /30")


class ShamLinkIntent(StrictModel):
    """An OSPF adjacency between two PEs of the VPN, past all its customers' links (RFC 4577 4.2.7)."""

    between: list[Text] = Field(description="between: the two PEs, like [pe1, pe2]")
    cost: Annotated[int, whole("OSPF cost", 1, 0xFFFF)] = 1
    vrf: Text | None = Field(default=None, description="the VRF, where it is not called like the VPN")


class VpnIntent(RouteTargets):
    """A customer's VPN. Where `import` and `export` are left out both are `<provider AS>:<number>`.

    `vrfs` gives the VRFs of one name, on all PEs that have it, route targets of their own.
    """

    number: Annotated[int | None, BeforeValidator(_vpn_number, json_schema_input_type=_NUMBER)] = None
    vrfs: dict[Text, RouteTargets] = Field(
        default_factory=dict, description="route targets of single VRFs, by name"
    )
    rd: dict[Text, Distinguisher] = Field(default_factory=dict, description="route distinguishers, by PE")
    sites: dict[str, SiteIntent] = Field(default_factory=dict, description="its sites, by name")
    backdoors: list[BackdoorIntent] = Field(
        default_factory=list, description="links between its CEs, past the provider"
    )
    sham_links: list[ShamLinkIntent] = Field(
        default_factory=list,
        alias="sham-links",
        description="OSPF adjacencies between its PEs, across the core",
    )


class InterconnectIntent(StrictModel):
    """A link between ASBRs of two providers, and the VPNs whose routes cross it (RFC 4364 10)."""

    link: Text = Field(description="link: one of its ends, like asbr1:eth2")
    option: Annotated[str, choice("option", *Option)] = Field(
        description="option: a (back-to-back VRFs), b (VPNv4 between ASBRs) or c (labelled routes between "
        "ASBRs, VPNv4 between PEs or route reflectors), paragraphs of RFC 4364 10"
    )
    vpns: list[Text] = Field(description="vpns: the VPNs whose routes cross it; with option a one")


@dataclass(frozen=True, slots=True)
class PlacedAttachment:
    """An attachment and where it stands."""

    vpn: str
    site: str
    path: Path
    intent: AttachmentIntent


class Intent(StrictModel):
    """The whole file in its long form."""

    elsewhere: ClassVar[Mapping[str, str]] = {
        "provider": "there is 'providers' too: keep one of the two",
    }

    providers: dict[str, ProviderIntent] = Field(title="provider", description="provider: with its AS number")
    vpns: dict[str, VpnIntent] = Field(default_factory=dict, description="the customers' VPNs, by name")
    interconnects: list[InterconnectIntent] = Field(
        default_factory=list, description="links between two providers, and what crosses them"
    )
    nodes: dict[str, NodeIntent] = Field(
        default_factory=dict, description="what overrides derived values, by provider node"
    )
    links: dict[str, LinkIntent] = Field(
        default_factory=dict,
        description="what overrides derived values, by an end of a link between provider nodes: pe1:eth1",
    )

    def attachments(self) -> Iterator[PlacedAttachment]:
        """The attachments of all sites of all VPNs, in the order of the file."""
        for vpn, one in self.vpns.items():
            for site, intent in one.sites.items():
                for number, attachment in enumerate(intent.attachments):
                    path = ("vpns", vpn, "sites", site, "attachments", number)
                    yield PlacedAttachment(vpn, site, path, attachment)

    @classmethod
    def keys(cls) -> list[str]:
        """The short form is for people, so it is named too."""
        return ["provider", *super().keys()]


PLACES: Final[PathWords] = {
    ("vpns", "*"): "VPN {1}",
    ("vpns", "*", "rd", "*"): "rd of VPN {1} for {3}",
    ("vpns", "*", "vrfs", "*"): "VRF {3} of VPN {1}",
    ("vpns", "*", "backdoors", "*"): "backdoor {3} of VPN {1}",
    ("vpns", "*", "sham-links", "*"): "sham link {3} of VPN {1}",
    ("vpns", "*", "sites", "*"): "site {3}",
    ("vpns", "*", "sites", "*", "prefixes", "*"): "prefix {5} of site {3}",
    ("vpns", "*", "sites", "*", "attachments", 0): "site {3}",
    ("vpns", "*", "sites", "*", "attachments", "*"): "attachment {5} of site {3}",
    ("interconnects", "*"): "interconnect {1}",
    ("providers", "provider"): "the provider",
    ("providers", "*"): "provider {1}",
    ("nodes", "*"): "node {1}",
    ("links", "*"): "link {1}",
    ("links", "*", "cost", "*"): "cost of link {1} at {3}",
}
_SITE_KEYS: Final = ("prefixes", "attachments")


def read_intent(
    document: Document, schemas: Mapping[str, type[AttachmentIntent]]
) -> tuple[Document, Intent | None, tuple[Mistake, ...]]:
    """Read `vpn.yml`; its long form comes back too, for the lines of what is wrong later.

    Args:
        document: the file.
        schemas: what a site may say, by the PE-CE protocol that it names.
    """
    long = replace(document, tree=long_form(document.tree))
    intent, mistakes = validate(long, Intent, PLACES, context=schemas)
    return long, intent, mistakes


def long_form(tree: Tree) -> Tree:
    """`provider:` as `providers:`, and every site with its attachments."""
    if not isinstance(tree, Fields):
        return tree
    entries = dict(tree.entries)
    if "providers" not in entries and (only := entries.pop("provider", None)) is not None:
        entries["providers"] = Entry(only.key_line, Fields({"provider": only}, only.line))
    if (vpns := entries.get("vpns")) is not None:
        entries["vpns"] = _within(
            _mapping(vpns), lambda _, vpn: replace(vpn, tree=_vpn_in_long_form(vpn.tree))
        )
    return replace(tree, entries=entries)


def _vpn_in_long_form(tree: Tree) -> Tree:
    if not isinstance(tree, Fields) or (sites := tree.entries.get("sites")) is None:
        return tree
    return replace(tree, entries={**tree.entries, "sites": _within(_mapping(sites), _site_in_long_form)})


def _mapping(entry: Entry) -> Entry:
    """A key with nothing under it as a mapping with nothing in it."""
    nothing = isinstance(entry.tree, Scalar) and entry.tree.value is None
    return replace(entry, tree=Fields({}, entry.key_line)) if nothing else entry


def _within(entry: Entry, change: Callable[[str, Entry], Entry]) -> Entry:
    if not isinstance(entry.tree, Fields):
        return entry
    changed = {key: change(key, inner) for key, inner in entry.tree.entries.items()}
    return replace(entry, tree=replace(entry.tree, entries=changed))


def _site_in_long_form(name: str, site: Entry) -> Entry:
    tree = _mapping(site).tree
    if not isinstance(tree, Fields):
        return site
    own = {key: entry for key, entry in tree.entries.items() if key in _SITE_KEYS}
    common = {key: entry for key, entry in tree.entries.items() if key not in _SITE_KEYS}
    if (attachments := own.get("attachments")) is None:
        ce = Entry(site.key_line, Scalar(name, site.key_line))
        only = Fields({"ce": ce, **common}, site.key_line)
        own["attachments"] = Entry(site.key_line, Items((only,), site.key_line))
    elif isinstance(attachments.tree, Items):
        items = tuple(_with_defaults(item, common) for item in attachments.tree.items)
        own["attachments"] = replace(attachments, tree=replace(attachments.tree, items=items))
    return replace(site, tree=replace(tree, entries=own))


def _with_defaults(attachment: Tree, common: Mapping[str, Entry]) -> Tree:
    """What the site says for all its attachments; it does not fit one that speaks another protocol."""
    if not isinstance(attachment, Fields):
        return attachment
    named, usual = attachment.entries.get("protocol"), common.get("protocol")
    if named is not None and usual is not None and named.tree != replace(usual.tree, line=named.tree.line):
        return attachment
    return replace(attachment, entries={**common, **attachment.entries})
