"""An orchestrator for MPLS Layer 3 VPN labs on FRRouting, with live verification."""

__version__ = "0.1.0"
