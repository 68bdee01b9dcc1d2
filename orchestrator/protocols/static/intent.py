"""What `vpn.yml` says of a site with static routes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from orchestrator.model.pece_intent import AttachmentIntent
from orchestrator.model.schema import choice
from orchestrator.protocols.static.values import Static


class StaticIntent(AttachmentIntent):
    """Static routes on CE and PE."""

    at_several_providers: ClassVar[bool] = True
    carries_ipv6: ClassVar[bool] = True

    routes: Annotated[str, choice("routes", "default", "specific")] = "default"

    @property
    def why_no_default(self) -> str:
        """A CE has one default route: to its PE, or out."""
        return "with a default route to its PE" if self.routes == "default" else ""

    def agreed(self, *, shared_as: bool) -> Static:  # noqa: ARG002 -- no AS number here
        """The routes on both sides."""
        return Static(default=self.routes == "default")
