"""What `vpn.yml` says of a site with static routes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from orchestrator.model.pece_intent import AttachmentIntent
from orchestrator.model.schema import choice
from orchestrator.protocols.static.values import Static


class StaticIntent(AttachmentIntent):
    """Static routes on CE and PE."""

    at_several_providers: ClassVar[bool] = True

    routes: Annotated[str, choice("routes", "default", "specific")] = "default"

    def agreed(self, *, shared_as: bool) -> Static:  # noqa: ARG002 -- no AS number here
        """The routes on both sides."""
        return Static(default=self.routes == "default")
