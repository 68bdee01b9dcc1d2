"""The configuration file: lines in blocks, as FRR writes them.

::

    router eigrp 100 vrf red           ! one block for each AS and VRF; no vrf: the default one
     router-id 10.0.0.1                ! else the highest address of the interfaces
     metric weights 1 0 1 0 0          ! K1 to K5; neighbours must agree
     distance eigrp 90 170             ! internal, external
     maximum-paths 4
     timers active-time 90             ! seconds until neighbours are asked why a route stays active
     redistribute connected            ! also static, kernel, ospf, bgp
     redistribute bgp internal         ! as internal routes; the metric is rebuilt from the MED
     redistribute static as 65001 tag 7 metric 100000 10 255 1 1500
     redistribute vpn                  ! what the VRF imports from other PEs; metric … tag … of others' routes
     vpn bmp port 11019                ! on 127.0.0.1, for `bmp connect` of two targets of bgpd; one a VRF
     vpn route-target import 65000:1   ! a line for each
     interface eth1
      bandwidth 100000                 ! kbit/s; with delay, what the link adds to metrics
      delay 10                         ! tens of microseconds
      hello-interval 5
      hold-time 15
      authentication md5 1 SECRET      ! key number and secret, up to 16 characters
      site-of-origin 65000:3           ! what is received here comes from this site, unless marked already
     exit
     interface lan1
      passive                          ! announce its subnets, meet nobody there
     exit
    exit

Everything after `!` is a comment. What is left out has the value shown, except that there is no
redistribution, no authentication and no VPN. What becomes of the VPN's routes is said in `eigrp.vpn`.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Final

from eigrp.authentication import Key
from eigrp.community import Community
from eigrp.errors import ConfigError
from eigrp.metric import KValues, VectorMetric, scaled_bandwidth, scaled_delay
from eigrp.netlink import DEFAULT_VRF
from eigrp.origins import SOURCES
from eigrp.settings import InterfaceSettings, ProcessSettings, Redistribution, VpnSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_Words = list[str]
_BYTE: Final = 255
_LONGEST_SECRET: Final = 16
_MOST_DELAY: Final = 0xFFFFFF
_MOST: Final = 0xFFFFFFFF
_MOST_SITE: Final = 0x7FFFFFFF


def parse(text: str) -> tuple[ProcessSettings, ...]:
    """The processes that a configuration asks for.

    Raises:
        ConfigError: a line is wrong; the text begins with its number.
    """
    processes: dict[str, ProcessSettings] = {}
    vrf: str | None = None
    interface: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("!")[0].split()
        try:
            if not words:
                continue
            if words == ["exit"]:
                if vrf is not None and interface is None:
                    _complete(processes, processes[vrf])
                vrf, interface = (None, None) if interface is None else (vrf, None)
            elif vrf is None:
                opened = _opening(words, processes)
                vrf, processes[opened.vrf] = opened.vrf, opened
            elif interface is None:
                processes[vrf], interface = _process_line(processes[vrf], words)
            else:
                known = processes[vrf].interfaces[interface]
                processes[vrf] = _with_interface(processes[vrf], interface, _interface_value(known, words))
        except ValueError as error:
            raise ConfigError(f"line {number}: {error}") from None
    if vrf is not None:
        raise ConfigError(f"the block of router eigrp {processes[vrf].asn} does not end with exit")
    return tuple(processes.values())


def _opening(words: _Words, processes: Mapping[str, ProcessSettings]) -> ProcessSettings:
    match words:
        case ["router", "eigrp", asn]:
            vrf = DEFAULT_VRF
        case ["router", "eigrp", asn, "vrf", vrf]:
            pass
        case _:
            raise ValueError(f"expected router eigrp AS [vrf NAME], found {' '.join(words)}")
    if vrf in processes:
        raise ValueError(f"a second router eigrp in VRF {vrf}")
    return ProcessSettings(_number(asn, 1, 0xFFFF, "AS"), vrf)


def _complete(processes: Mapping[str, ProcessSettings], process: ProcessSettings) -> None:
    """Whether a finished block makes sense as a whole, beside the others."""
    vpn = process.vpn
    if vpn.redistribute and not (vpn.port and vpn.imports):
        raise ValueError("redistribute vpn needs vpn bmp port PORT and vpn route-target import RT")
    numbers = [each.site.number for each in process.interfaces.values() if each.site is not None]
    if vpn.port and max(numbers, default=0) > _MOST_SITE:
        raise ValueError(f"on a PE a site of origin has a number up to {_MOST_SITE}, not {max(numbers)}")
    if vpn.port and vpn.port in {other.vpn.port for other in processes.values() if other is not process}:
        raise ValueError(f"vpn bmp port {vpn.port} a second time: each VRF needs one of its own")


def _process_line(process: ProcessSettings, words: _Words) -> tuple[ProcessSettings, str | None]:
    """The process after this line, and the interface whose block it opens."""
    match words:
        case ["interface", name]:
            if name in process.interfaces:
                raise ValueError(f"interface {name} a second time")
            return _with_interface(process, name, InterfaceSettings()), name
        case ["redistribute", source, *options] if source in SOURCES:
            rule = _redistribution(options)
            return replace(process, redistribute={**process.redistribute, source: rule}), None
        case ["redistribute", "vpn", *options]:
            rule = _redistribution(options)
            if rule != Redistribution(metric=rule.metric, tag=rule.tag):
                raise ValueError(f"not known after redistribute vpn: {' '.join(options)}")
            vpn = replace(process.vpn, redistribute=True, metric=rule.metric, tag=rule.tag or 0)
            return replace(process, vpn=vpn), None
        case ["vpn", *rest]:
            return replace(process, vpn=_vpn_value(process.vpn, rest)), None
        case _:
            return _process_value(process, words), None


def _process_value(process: ProcessSettings, words: _Words) -> ProcessSettings:
    match words:
        case ["router-id", address]:
            return replace(process, router_id=IPv4Address(address))
        case ["metric", "weights", k1, k2, k3, k4, k5]:
            weights = [_number(k, 0, _BYTE - 1, "K value") for k in (k1, k2, k3, k4, k5)]
            return replace(process, k=KValues(*weights))
        case ["distance", "eigrp", internal, external]:
            return replace(
                process,
                distance_internal=_number(internal, 1, _BYTE, "distance"),
                distance_external=_number(external, 1, _BYTE, "distance"),
            )
        case ["maximum-paths", paths]:
            return replace(process, maximum_paths=_number(paths, 1, 32, "paths"))
        case ["timers", "active-time", seconds]:
            return replace(process, active_time=_number(seconds, 1, 0xFFFF, "seconds"))
        case _:
            raise ValueError(f"not known in a router block: {' '.join(words)}")


def _vpn_value(vpn: VpnSettings, words: _Words) -> VpnSettings:
    match words:
        case ["bmp", "port", port]:
            return replace(vpn, port=_number(port, 1, 0xFFFF, "port"))
        case ["route-target", "import", target]:
            return replace(vpn, imports=vpn.imports | {Community.parse(target)})
        case _:
            raise ValueError(f"not known in a router block: vpn {' '.join(words)}")


def _interface_value(known: InterfaceSettings, words: _Words) -> InterfaceSettings:
    match words:
        case ["bandwidth", kbps]:
            return replace(known, bandwidth=_number(kbps, 1, 10_000_000, "kbit/s"))
        case ["delay", tens]:
            return replace(known, delay=_number(tens, 1, _MOST_DELAY, "delay"))
        case ["hello-interval", seconds]:
            return replace(known, hello=_number(seconds, 1, 0xFFFF, "seconds"))
        case ["hold-time", seconds]:
            return replace(known, hold=_number(seconds, 1, 0xFFFF, "seconds"))
        case _:
            return _neighborhood(known, words)


def _neighborhood(known: InterfaceSettings, words: _Words) -> InterfaceSettings:
    """Who is met on an interface, and what is believed of them."""
    match words:
        case ["passive"]:
            return replace(known, passive=True)
        case ["site-of-origin", site]:
            return replace(known, site=Community.parse(site))
        case ["authentication", "md5", number, secret]:
            if len(secret.encode()) > _LONGEST_SECRET:
                raise ValueError(f"a secret has at most {_LONGEST_SECRET} bytes")
            return replace(known, key=Key(_number(number, 0, _MOST, "key number"), secret.encode()))
        case _:
            raise ValueError(f"not known in an interface block: {' '.join(words)}")


def _redistribution(words: _Words) -> Redistribution:
    match words:
        case []:
            return Redistribution()
        case ["internal", *rest]:
            return replace(_redistribution(rest), internal=True)
        case ["as", asn, *rest]:
            return replace(_redistribution(rest), asn=_number(asn, 0, _MOST, "AS"))
        case ["tag", tag, *rest]:
            return replace(_redistribution(rest), tag=_number(tag, 0, _MOST, "tag"))
        case ["metric", kbps, delay, reliability, load, mtu, *rest]:
            metric = VectorMetric(
                scaled_delay(_number(delay, 1, _MOST_DELAY, "delay")),
                scaled_bandwidth(_number(kbps, 1, 10_000_000, "kbit/s")),
                _number(mtu, 1, 0xFFFFFF, "MTU"),
                reliability=_number(reliability, 0, _BYTE, "reliability"),
                load=_number(load, 1, _BYTE, "load"),
            )
            return replace(_redistribution(rest), metric=metric)
        case _:
            raise ValueError(f"not known after redistribute: {' '.join(words)}")


def _with_interface(process: ProcessSettings, name: str, value: InterfaceSettings) -> ProcessSettings:
    return replace(process, interfaces={**process.interfaces, name: value})


def _number(word: str, least: int, most: int, what: str) -> int:
    if not (word.isascii() and word.isdigit() and least <= int(word) <= most):
        raise ValueError(f"{what} is {least} to {most}, not {word}")
    return int(word)
