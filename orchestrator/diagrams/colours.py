"""The colour of each VPN: that of its name, where it is called after one, else the next that is free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# On light paper: fill and rim; on dark paper: fill and rim.
PALETTE: Final = {
    "red": ("#fde4e1", "#c8372d", "#4a1f1d", "#f0776d"),
    "blue": ("#dfeafd", "#2563c9", "#1a2f55", "#78a6f5"),
    "green": ("#dff3e3", "#2a8545", "#183b24", "#69c584"),
    "orange": ("#fdebd4", "#b8660a", "#46301a", "#eba653"),
    "purple": ("#f0e4fb", "#8540bd", "#37224a", "#c396ec"),
    "teal": ("#d8f2f1", "#12807d", "#143b3a", "#5cc7c2"),
    "pink": ("#fce3f0", "#b9327d", "#481d35", "#ec85bd"),
    "yellow": ("#fbf3c8", "#8a7208", "#3c3410", "#d9c14d"),
}
_SAME: Final = {
    "violet": "purple",
    "cyan": "teal",
    "magenta": "pink",
    "rose": "pink",
    "amber": "orange",
    "gold": "yellow",
}


def colours(vpns: Sequence[str]) -> dict[str, str]:
    """The CSS class of each VPN's colour; more VPNs than colours share them."""
    found: dict[str, str] = {}
    for vpn in vpns:
        called = vpn.lower()
        name = _SAME.get(called, called)
        if name in PALETTE:
            found[vpn] = name
    free = [name for name in PALETTE if name not in found.values()] or list(PALETTE)
    rest = [vpn for vpn in vpns if vpn not in found]
    found |= {vpn: free[number % len(free)] for number, vpn in enumerate(rest)}
    return {vpn: f"vpn-{found[vpn]}" for vpn in vpns}


def _styles() -> str:
    light = "".join(
        f".l3vpn .vpn-{name} .shape{{fill:{fill};stroke:{rim}}}\n"
        for name, (fill, rim, _, _) in PALETTE.items()
    )
    dark = "".join(
        f".l3vpn .vpn-{name} .shape{{fill:{fill};stroke:{rim}}}"
        for name, (_, _, fill, rim) in PALETTE.items()
    )
    return f"{light}@media screen and (prefers-color-scheme:dark){{{dark}}}\n"


VPN_STYLES: Final = _styles()
