"""Where sites that speak BGP and their provider contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.check_sites import pe_of
from orchestrator.model.derive import homes
from orchestrator.model.intent import PLACES
from orchestrator.model.paths import in_words
from orchestrator.protocols.bgp.intent import BgpIntent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.mistakes import Mistake


def check_files(files: LabFiles) -> Iterator[Mistake]:
    """No site has the provider's AS number: PE and CE speak eBGP."""
    home = homes(files.topology, files.intent)
    for one in files.intent.attachments():
        name = home.get(pe_of(files, one))
        if name is None or not isinstance(one.intent, BgpIntent):
            continue
        if one.intent.asn == files.intent.providers[name].asn:
            provider = in_words(("providers", name), PLACES)
            what = f"site {one.site} has AS {one.intent.asn}, which is that of {provider}"
            right = "PE and CE speak eBGP: give the site another"
            yield files.intent_document.mistake((*one.path, "asn"), what, right)
