"""What faults of the default lab share: which checks they leave BLOCKED, and a port taken down meanwhile."""

from __future__ import annotations

from tests.live.fault import TABLES

# What stands on a core that forwards; sessions and prefixes between CE and PE do not.
ON_THE_CORE = ("mpbgp.session.*", "vpn.*", "data.*")
ON_THE_LSPS = ("ldp.*", *ON_THE_CORE)
ON_THE_IGP = ("igp.*", *ON_THE_LSPS)
ON_THE_LINKS = ("link.labelled.*", *ON_THE_IGP)
RED_ROUTES = ("vpn.*.red.*", "vpn.ce-route.red*", "data.probe.red*", "data.full-size.red*", *TABLES)
ON_THE_TARGETS = ("pece.announced.*.red.*", "pece.no-other-prefix.*.red", *RED_ROUTES)
# A customer who is cut off sends nothing, so that nothing of his arrives elsewhere means nothing.
RED_AND_DATA = ("mpbgp.vrf.*.red", "pece.*.red*", *RED_ROUTES, "data.isolation.*")

# While it changes its VRF, an interface that is up has its subnet in the main table for a moment, and zebra
# (FRR 10.3) may keep that route: another fault than the one that is meant.
DOWN, UP = "ip link set eth2 down", "ip link set eth2 up"
