"""Static routes as they were agreed upon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from orchestrator.model.pece import PeCe


@dataclass(frozen=True, slots=True)
class Static(PeCe):
    """Static routes on both sides: the PE's for the site's prefixes, the CE's for the rest of the VPN.

    Attributes:
        default: the CE has one default route, rather than a route for each prefix of the VPN.
    """

    name: ClassVar[str] = "static"
    title: ClassVar[str] = "static routes"

    default: bool = True
