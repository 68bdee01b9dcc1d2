"""Faults that keep the proof from looking."""

from __future__ import annotations

from tests.live.fault import Fault, started

LOOKING = (
    Fault(
        "a BGP daemon that has died",
        {"pe2": "pkill -9 bgpd"},
        {"mpbgp.session.pe1.pe2": "AS 65000 *"},
        blocks=("pece.session.*", "pece.no-other-prefix.pe2.*", "pece.announced.pe2.*", "vpn.*", "data.*"),
        errors={
            "mpbgp.session.pe2.pe1": "could not look:*bgpd*",
            "mpbgp.no-other-session.pe2": "could not look:*bgpd*",
            "pece.agree.pe2.*": "could not look:*bgpd*",
            "pece.no-other-session.pe2.*": "could not look:*bgpd*",
            "mpbgp.vrf.pe2.*": "could not look:*bgpd*",
        },
        mend_it={"pe2": started("bgpd")},
        daemons=True,
        first="mpbgp.session.pe2.pe1",
    ),
)
