"""Where sites that speak BGP and their provider contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.model.check_sites import pe_of
from orchestrator.model.derive import homes
from orchestrator.model.intent import PLACES
from orchestrator.model.lans import EVERYTHING
from orchestrator.model.paths import in_words
from orchestrator.protocols.bgp.intent import BgpIntent
from orchestrator.protocols.bgp.values import OwnAs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.model.files import LabFiles
    from orchestrator.model.intent import PlacedAttachment
    from orchestrator.model.mistakes import Mistake


def check_files(files: LabFiles) -> Iterator[Mistake]:
    """No site has the provider's AS number, as PE and CE speak eBGP; options fit what the site has."""
    home = homes(files.topology, files.intent)
    for one in files.intent.attachments():
        name = home.get(pe_of(files, one))
        if name is None or not isinstance(one.intent, BgpIntent):
            continue
        yield from _check_options(files, one, one.intent, name)
        if one.intent.asn == files.intent.providers[name].asn:
            provider = in_words(("providers", name), PLACES)
            what = f"site {one.site} has AS {one.intent.asn}, which is that of {provider}"
            right = "PE and CE speak eBGP: give the site another"
            yield files.intent_document.mistake((*one.path, "asn"), what, right)


def _check_options(
    files: LabFiles, one: PlacedAttachment, intent: BgpIntent, provider: str
) -> Iterator[Mistake]:
    """Options that contradict each other, or what the site has."""
    document = files.intent_document
    site = files.intent.vpns[one.vpn].sites[one.site]
    if intent.own_as_times > 1 and intent.own_as != OwnAs.ALLOWAS_IN:
        what = f"site {one.site} says own-as-times without own-as: allowas-in"
        yield document.mistake((*one.path, "own-as-times"), what, "as-override needs no number: leave it out")
    if intent.maximum_prefix is not None and len(site.prefixes) > intent.maximum_prefix:
        number, most = len(site.prefixes), intent.maximum_prefix
        what = f"site {one.site} has {number} prefixes and a maximum-prefix of {most}"
        right = f"the PE would end the session: give at least {number}"
        yield document.mistake((*one.path, "maximum-prefix"), what, right)
    if intent.default_originate and EVERYTHING in site.prefixes:
        what = f"site {one.site} has {EVERYTHING} itself and gets it from its PE"
        yield document.mistake((*one.path, "default-originate"), what, "leave one of the two out")
    if intent.local_as is not None and intent.local_as == intent.asn:
        what = f"local-as of site {one.site} is the site's own AS, {intent.asn}"
        yield document.mistake((*one.path, "local-as"), what, "PE and CE speak eBGP: give another local-as")
    if intent.local_as == files.intent.providers[provider].asn:
        what = f"local-as of site {one.site} is AS {intent.local_as}, which its provider has anyway"
        yield document.mistake((*one.path, "local-as"), what, "bgpd refuses that: leave local-as out")
