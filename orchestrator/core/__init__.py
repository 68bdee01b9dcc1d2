"""The provider's inside: its IGP, its label protocol, MP-BGP between its edges; and BFD on its links."""
