"""The distance of imported VPN routes, where they compete with a PE-CE protocol's own in the VRF."""

from __future__ import annotations

from typing import Final

_NAME: Final = "vpn-import"
# FRR 8.4.4 gives imported routes BGP's 20 and so prefers them to an IGP's; from 8.5 on it is 200 by itself.
_DISTANCE: Final = 199

LINE: Final = f"  route-map vpn import {_NAME}"
"""In the VRF's address family."""
BLOCK: Final = (f"route-map {_NAME} permit 10", f" set distance {_DISTANCE}", "exit")
"""Beside it."""
