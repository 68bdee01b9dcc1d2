"""OSPF between PE and CE (RFC 4577), as far as FRR goes.

FRR knows no superbackbone and no DN bit: what comes from BGP, or from another PE-CE protocol of the VRF, is
an AS-external route (type 5, E2, metric 20) with the VPN Route Tag of RFC 4577 4.2.5.2, and the tag alone
keeps it from coming back. A PE neither uses nor exports an OSPF route that carries it.

Nor does FRR know sham links (RFC 4577 4.2.7). Here a tunnel stands for one: an unnumbered OSPF interface on
GRE between two addresses that BGP alone carries. OSPF chooses over it, and zebra uses none of what it chooses
there, so BGP's VPN route for the same prefix forwards, as 4.2.7.4 wants.
"""
