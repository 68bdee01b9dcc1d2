"""BGP between PE and CE (RFC 4364 7): an eBGP session inside the VRF, an ordinary one on the CE."""
